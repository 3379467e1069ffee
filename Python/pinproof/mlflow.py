"""Puts a capture of the training environment into a model that MLflow logged.

    >>> import mlflow, pinproof.mlflow
    >>> with mlflow.start_run():
    ...     info = mlflow.sklearn.log_model(model, name="model")
    ...     pinproof.mlflow.log_capture(info)

After that ``pinproof verify MODEL IMAGE --evidence trained`` proves the packages of an image without a lock or a wheel.
MLflow has no plug-in point that runs after ``log_model``, so the call is yours to write.
"""

from __future__ import annotations

import os
import tempfile
from importlib import import_module
from typing import Any, Optional, Sequence

from ._commands import capture
from ._program import PathLike, PinproofError

#: The name that ``pinproof`` looks for in the directory of a model (docs/capture.md).
CAPTURE_FILE = "pylock.pinproof.toml"


def log_capture(
    model_info: Any,
    *,
    environment: Optional[PathLike] = None,
    lock: Optional[PathLike] = None,
    reports: Sequence[PathLike] = (),
) -> str:
    """Captures the running environment and stores the capture in the logged model, beside its ``MLmodel`` file.

    Args:
        model_info: the ``mlflow.models.model.ModelInfo`` that ``mlflow.<flavor>.log_model`` returned. It has no type here, so that
            a type checker needs no MLflow, and none of its versions.
        environment: the environment that trained; None for the one that runs this function.
        lock: the lock that it was installed from.
        reports: what ``pip install --report`` wrote.

    Returns:
        The text of the capture.

    Raises:
        UndecidedError: when the environment could not be read completely.
        PinproofError: when the model belongs to no run and is not a logged model.
    """
    text = capture(environment, lock=lock, reports=reports)
    client: Any = import_module("mlflow").MlflowClient()
    with tempfile.TemporaryDirectory(prefix="pinproof-") as directory:
        file = os.path.join(directory, CAPTURE_FILE)
        with open(file, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        model_id = getattr(model_info, "model_id", None)
        if model_id and hasattr(client, "log_model_artifact"):
            # MLflow 3: a logged model has artifacts of its own.
            client.log_model_artifact(model_id, file)
        elif model_info.run_id:
            # MLflow 2: a model is a directory among the artifacts of its run.
            client.log_artifact(model_info.run_id, file, artifact_path=model_info.artifact_path)
        else:
            raise PinproofError("the model belongs to no run: log_capture takes what mlflow.<flavor>.log_model returned")
    return text
