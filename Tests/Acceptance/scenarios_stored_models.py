"""Models in registries, layouts and archives of images."""

import shutil

import stored_models
from runner import Skipped, check, check_status, scenario
from scenarios_verify import report


@scenario
def models_are_read_where_they_live(shop):
    """a model in a registry, as an image, ModelKit, ModelPack or files of ORAS, is the model of its directory"""
    for tool in ["docker-registry", "umoci", "skopeo"]:
        if shutil.which(tool) is None:
            raise Skipped(f"{tool} is not installed")
    work = shop.work / "stored-models"
    work.mkdir(exist_ok=True)
    want = report(check_status(shop.pinproof("inspect", shop.model, "--format", "json"), 0))["subject"]["identity"]
    image = f"oci:{shop.layout}:iris"
    direct = report(shop.pinproof("verify", shop.model, image, "--format", "json"))
    with stored_models.Registry(work / "registry") as registry:
        for title, name in stored_models.put_all(shop.model, work, registry).items():
            subject = report(check_status(shop.pinproof("inspect", name, "--format", "json"), 0))["subject"]
            check(subject["kind"] == "model" and subject["identity"] == want, f"{title}: {subject}")
            found = report(shop.pinproof("verify", name, image, "--format", "json"))
            check(found["verdict"] == direct["verdict"], f"{title}: {found['verdict']}, not {direct['verdict']}")
            check_status(shop.pinproof("diff", shop.model, name), 0)
