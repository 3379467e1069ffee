"""More of what growth.py measures: manifests and pipelines, scripts, files of a deployment, formats of models, images of many layers."""
import io
import json
import os
import pathlib
import pickle
import struct
import tarfile
import zipfile
import zlib


# What `check` reads.

def workflow_runs(count):
    return ".github/workflows/w.yml", "on: push\njobs:\n  a:\n    runs-on: ubuntu-22.04\n    steps:\n" + "".join(f"    - run: pip install p{i}\n" for i in range(max(count, 1)))


def workflow_jobs(count):
    return ".github/workflows/w.yml", "on: push\njobs:\n" + "".join(
        f"  j{i}:\n    needs: [j{max(i - 1, 0)}]\n    runs-on: ubuntu-22.04\n    container: a:{i}\n    steps:\n    - uses: a/b@v{i}\n" for i in range(max(count, 1)))


def action(count):
    return "action.yml", "name: x\ndescription: x\nruns:\n  using: composite\n  steps:\n" + "".join(f"  - uses: a/b@v{i}\n" for i in range(max(count, 1)))


def gitlab(count):
    return ".gitlab-ci.yml", "".join(f"j{i}:\n  image: a:{i}\n  extends: .j{max(i - 1, 0)}\n  script:\n  - pip install p{i}\n" for i in range(max(count, 1)))


def gitlab_chain(count):
    return ".gitlab-ci.yml", "j0:\n  image: a:1\n  script: [x]\n" + "".join(f"j{i}:\n  extends: j{i - 1}\n" for i in range(1, count))


def azure_pipeline(count):
    return "azure-pipelines.yml", "steps:\n" + "".join(f"- script: pip install p{i}\n" for i in range(max(count, 1)))


def azure_variables(count):
    return "azure-pipelines.yml", "variables:\n" + "".join(f"  v{i}: {i}\n" for i in range(max(count, 1))) + "steps:\n- script: pip install a==$(v1)\n"


def circleci(count):
    return ".circleci/config.yml", "version: 2.1\njobs:\n" + "".join(
        f"  j{i}:\n    docker:\n    - image: a:{i}\n    steps:\n    - run: pip install p{i}\n" for i in range(max(count, 1)))


def circleci_orbs(count):
    return ".circleci/config.yml", "version: 2.1\norbs:\n" + "".join(f"  o{i}: a/b@1.{i}\n" for i in range(max(count, 1)))


def jenkins(count):
    return "Jenkinsfile", "pipeline {\n  agent any\n  stages {\n" + "".join(
        f"    stage('s{i}') {{ agent {{ docker 'a:{i}' }} steps {{ sh 'pip install p{i}' }} }}\n" for i in range(count)) + "  }\n}\n"


def jenkins_variables(count):
    return "Jenkinsfile", "".join(f"def v{i} = 'x{i}'\n" for i in range(count)) + "node { sh \"pip install ${v1}\" }\n"


def bake(count):
    return "docker-bake.hcl", "".join(f'target "t{i}" {{\n  contexts = {{ base = "docker-image://a:{i}" }}\n  inherits = ["t{max(i - 1, 0)}"]\n}}\n' for i in range(count))


def bake_variables(count):
    return "docker-bake.hcl", "".join(f'variable "v{i}" {{\n  default = "{i}"\n}}\n' for i in range(count)) + 'target "t" {\n  contexts = { base = "docker-image://a:${v1}" }\n}\n'


def bake_groups(count):
    return "docker-bake.hcl", 'group "default" {\n  targets = [' + ", ".join(f'"t{i}"' for i in range(count)) + "]\n}\n" + "".join(f'target "t{i}" {{}}\n' for i in range(count))


def bake_json(count):
    return "docker-bake.json", json.dumps({"target": {f"t{i}": {"contexts": {"b": f"docker-image://a:{i}"}} for i in range(count)}})


def kubernetes(count):
    return "deploy.yaml", "---\n".join(
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d{i}}}\nspec:\n  template:\n    spec:\n      containers:\n      - name: c\n        image: a:{i}\n" for i in range(max(count, 1)))


def kubernetes_containers(count):
    return "pod.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n" + "".join(
        f"  - name: c{i}\n    image: a:{i}\n    command: [sh, -c, pip install p{i}]\n" for i in range(max(count, 1)))


def helm(count):
    return "values.yaml", "".join(f"c{i}:\n  image:\n    repository: a\n    tag: v{i}\n" for i in range(max(count, 1)))


def skaffold(count):
    return "skaffold.yaml", "apiVersion: skaffold/v4beta1\nkind: Config\nbuild:\n  artifacts:\n" + "".join(
        f"  - image: a{i}\n    buildpacks:\n      builder: b:{i}\n" for i in range(max(count, 1)))


def devcontainer(count):
    return ".devcontainer/devcontainer.json", '{\n// c\n"image": "a:1",\n"features": {\n' + ",\n".join(f'"ghcr.io/a/b{i}:{i}": {{}}' for i in range(count)) + "\n}}\n"


def cog(count):
    return "cog.yaml", "build:\n  python_packages:\n" + "".join(f"  - p{i}==1.{i}\n" for i in range(max(count, 1)))


def bento(count):
    return "bentofile.yaml", "service: s\npython:\n  packages:\n" + "".join(f"  - p{i}\n" for i in range(max(count, 1)))


def mlproject(count):
    return "MLproject", "name: x\ndocker_env:\n  image: a:1\nentry_points:\n" + "".join(f"  e{i}:\n    command: pip install p{i}\n" for i in range(max(count, 1)))


def azureml(count):
    return "job.yml", "$schema: https://azuremlschemas.azureedge.net/latest/pipelineJob.schema.json\ntype: pipeline\njobs:\n" + "".join(
        f"  j{i}:\n    type: command\n    command: pip install p{i}\n    environment: azureml:e@latest\n" for i in range(max(count, 1)))


def scripted(lines):
    """A here-document of RUN is a script of its own."""
    return "Dockerfile", "FROM a:1\nRUN <<SCRIPT\n" + lines + "SCRIPT\n"


def script(count):
    return scripted("".join(f"pip install p{i}\n" for i in range(count)))


def script_functions(count):
    return scripted("".join(f"f{i}() {{ pip install p{i}; }}\nf{i}\n" for i in range(count)))


def script_variables(count):
    return scripted("".join(f"a{i}=1\nexport b{i}=$a{i}\n" for i in range(count)) + "pip install x\n")


def script_heredoc(count):
    return scripted("cat > requirements.txt <<E\n" + "".join(f"p{i}==1\n" for i in range(count)) + "E\npip install -r requirements.txt\n")


def script_pipeline(count):
    return scripted("true" + "".join(f" | cat{i}" for i in range(count)) + "\n")


def script_cases(count):
    return scripted("case $1 in\n" + "".join(f"a{i}) pip install p{i};;\n" for i in range(count)) + "esac\n")


def script_positional(count):
    return scripted("set -- " + " ".join(f"p{i}" for i in range(count)) + "\npip install \"$@\"\n")


def copies(count):
    return "Dockerfile", "FROM a:1\n" + "".join(f"COPY f{i} /srv/f{i}\nADD https://host.example/f{i} /srv/\n" for i in range(count))


def python_inline(count):
    return "Dockerfile", "FROM a:1\nRUN python3 <<E\n" + "".join(f"import subprocess\nsubprocess.run(['pip', 'install', 'p{i}'])\n" for i in range(count)) + "E\n"


def words(count):
    return "Dockerfile", "FROM a:1\nRUN pip install " + " ".join(f"p{i}" for i in range(count)) + "\n"


def apt_words(count):
    return "Dockerfile", "FROM debian:12\nRUN apt-get install -y " + " \\\n  ".join(f"p{i}" for i in range(count)) + "\n"


def npm_words(count):
    return "Dockerfile", "FROM a:1\nRUN npm install " + " ".join(f"p{i}" for i in range(count)) + "\n"


def conda_words(count):
    return "Dockerfile", "FROM a:1\nRUN conda install " + " ".join(f"p{i}" for i in range(count)) + "\n"


def labels(count):
    return "Dockerfile", "FROM a:1\n" + "".join(f"LABEL l{i}=${{X{i}:-d}}\n" for i in range(count))


def continued(count):
    return "Dockerfile", "FROM a:1\nRUN echo \\\n" + "".join("# c\n  x \\\n" for i in range(count)) + "  end\n"


CHECKED = [
    workflow_runs, workflow_jobs, action, gitlab, gitlab_chain, azure_pipeline, azure_variables, circleci, circleci_orbs, jenkins,
    jenkins_variables, bake, bake_variables, bake_groups, bake_json, kubernetes, kubernetes_containers, helm, skaffold, devcontainer, cog,
    bento, mlproject, azureml, script, script_functions, script_variables, script_heredoc, script_pipeline, script_cases,
    script_positional, copies, python_inline, words, apt_words, npm_words, conda_words, labels, continued]


# What `preflight --deploy` reads.

def codeowners(count):
    return "CODEOWNERS", "".join(f"/d{i}/ @o{i}\n" for i in range(count)) + "* @all\n"


def prometheus(count):
    return "rules.yml", "groups:\n- name: g\n  rules:\n" + "".join(
        f"  - alert: A{i}\n    expr: up{{model=\"m\"}} == {i}\n    labels: {{severity: page}}\n" for i in range(max(count, 1)))


def deployments(count):
    return "deploy.yaml", kubernetes(count)[1]


def services(count):
    return "all.yaml", "---\n".join(
        f"apiVersion: v1\nkind: Service\nmetadata: {{name: s{i}}}\nspec:\n  selector: {{app: a{i}}}\n"
        f"---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d{i}}}\nspec:\n  selector: {{matchLabels: {{app: a{i}}}}}\n"
        f"  template:\n    metadata: {{labels: {{app: a{i}}}}}\n    spec:\n      containers:\n      - name: c\n        image: a:{i}\n" for i in range(max(count, 1)))


def monitors(count):
    return "all.yaml", "---\n".join(
        f"apiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata: {{name: s{i}}}\nspec:\n  selector: {{matchLabels: {{app: a{i}}}}}\n"
        f"---\napiVersion: v1\nkind: Service\nmetadata: {{name: s{i}, labels: {{app: a{i}}}}}\nspec:\n  selector: {{app: a{i}}}\n" for i in range(max(count, 1)))


def backstage(count):
    return "catalog-info.yaml", "---\n".join(
        f"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: c{i}}}\nspec: {{type: service, owner: o{i}, lifecycle: production}}\n" for i in range(max(count, 1)))


def mlflow_store(directory, count):
    """Versions of one model in the file store of MLflow."""
    root = pathlib.Path(directory) / "mlruns"
    (root / "models/m").mkdir(parents=True)
    (root / "0").mkdir()
    (root / "0/meta.yaml").write_text("artifact_location: file:///x\nexperiment_id: '0'\nlifecycle_stage: active\nname: Default\n")
    (root / "models/m/meta.yaml").write_text("name: m\ncreation_timestamp: 1\nlast_updated_timestamp: 1\n")
    for i in range(1, count + 1):
        version = root / f"models/m/version-{i}"
        version.mkdir()
        (version / "meta.yaml").write_text(
            f"name: m\nversion: {i}\ncreation_timestamp: {i}\nlast_updated_timestamp: {i}\ncurrent_stage: None\nsource: /x/{i}\nstatus: READY\n")
    return str(root)


DEPLOYED = [codeowners, prometheus, deployments, services, monitors, backstage]


# Rows of data, which `profile` and `preflight --requests` read.

def csv_rows(count):
    return "rows.csv", "a,b,c\n" + "".join(f"{i},x{i},{i / 7}\n" for i in range(max(count, 1)))


def csv_columns(count):
    return "rows.csv", ",".join(f"c{i}" for i in range(max(count, 1))) + "\n" + ",".join("1" for _ in range(max(count, 1))) + "\n"


def json_rows(count):
    return "rows.jsonl", "".join(json.dumps({"a": i, "b": f"x{i}"}) + "\n" for i in range(max(count, 1)))


PROFILED = [csv_rows, csv_columns, json_rows]


# Models.

def model(directory, name, data):
    path = os.path.join(directory, name)
    pathlib.Path(path).write_bytes(data)
    return f"model:{path}"


def varint(value):
    out = b""
    while True:
        out += bytes([value & 127 | (128 if value > 127 else 0)])
        value >>= 7
        if not value:
            return out


def field(number, data):
    if isinstance(data, int):
        return varint(number << 3) + varint(data)
    return varint(number << 3 | 2) + varint(len(data)) + data


def onnx(directory, count):
    """Nodes and weights in one chain."""
    graph = b"".join(field(1, field(1, b"x%d" % i) + field(2, b"x%d" % (i + 1)) + field(3, b"n%d" % i) + field(4, b"Relu")) for i in range(count))
    graph += b"".join(field(5, field(1, 1) + field(2, 1) + field(8, b"w%d" % i) + field(9, b"\0\0\0\0")) for i in range(count))
    tensor = field(1, field(1, 1) + field(2, field(1, field(1, 1))))
    graph += field(2, b"g") + field(11, field(1, b"x0") + field(2, tensor)) + field(12, field(1, b"x%d" % count) + field(2, tensor))
    return model(directory, "m.onnx", field(1, 8) + field(2, b"x") + field(7, graph) + field(8, field(1, b"") + field(2, 17)))


def onnx_metadata(directory, count):
    graph = field(2, b"g")
    data = field(1, 8) + field(2, b"x") + field(7, graph) + field(8, field(1, b"") + field(2, 17))
    return model(directory, "m.onnx", data + b"".join(field(14, field(1, b"k%d" % i) + field(2, b"v")) for i in range(count)))


def pickle_memo(directory, count):
    """Objects that refer to each other by the memo."""
    rows, last = [], None
    for i in range(count):
        last = [f"r{i}"]
        rows.append((last, last))
    return model(directory, "m.pkl", pickle.dumps(rows, 2))


def pickle_modules(directory, count):
    data = b"\x80\x02(" + b"".join(b"cmod%d\nName\n" % i for i in range(count)) + b"l."
    return model(directory, "m.pkl", data)


def pickle_calls(directory, count):
    """Calls, each with the result of the one before."""
    return model(directory, "m.pkl", b"\x80\x02N" + b"q\x000cbuiltins\nlist\nh\x00\x85R" * count + b".")


def joblib(directory, count):
    return model(directory, "m.joblib", zlib.compress(pickle.dumps([f"s{i}" for i in range(count)], 4)))


def torch(directory, count):
    path = os.path.join(directory, "m.pt")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("m/data.pkl", pickle.dumps({f"w{i}": i for i in range(count)}, 2))
        archive.writestr("m/version", "3\n")
        for i in range(count):
            archive.writestr(f"m/data/{i}", b"1234")
    return f"model:{path}"


def lightgbm(directory, count):
    names = " ".join(f"f{i}" for i in range(max(count, 1)))
    trees = [f"Tree={i}\nnum_leaves=1\nleaf_value=1\n\n\n" for i in range(count)]
    head = (f"tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx={max(count, 1) - 1}\nobjective=regression\n"
            f"feature_names={names}\nfeature_infos={names}\ntree_sizes={' '.join(str(len(tree)) for tree in trees)}\n\n")
    return model(directory, "m.txt", (head + "".join(trees) + "end of trees\n\nparameters:\nend of parameters\n\npandas_categorical:null\n").encode())


def xgboost(directory, count):
    trees = [{"id": i, "split_indices": [0], "base_weights": [0.5], "tree_param": {"num_nodes": "1"}} for i in range(count)]
    data = {"learner": {"feature_names": [f"f{i}" for i in range(count)], "feature_types": ["float"] * count,
            "learner_model_param": {"num_feature": str(count), "num_class": "0", "base_score": "0"}, "objective": {"name": "reg:squarederror"},
            "gradient_booster": {"name": "gbtree", "model": {"trees": trees, "gbtree_model_param": {"num_trees": str(count)}}}}, "version": [2, 0, 3]}
    return model(directory, "m.json", json.dumps(data).encode())


def ubjson_value(value):
    if isinstance(value, dict):
        return b"{" + b"".join(b"L" + struct.pack(">q", len(k)) + k.encode() + ubjson_value(v) for k, v in value.items()) + b"}"
    if isinstance(value, list):
        return b"[" + b"".join(ubjson_value(v) for v in value) + b"]"
    if isinstance(value, int):
        return b"l" + struct.pack(">i", value)
    return b"SL" + struct.pack(">q", len(value)) + value.encode()


def ubjson(directory, count):
    data = {"learner": {"feature_names": [f"f{i}" for i in range(count)], "feature_types": [], "learner_model_param": {"num_feature": str(count)},
                        "gradient_booster": {"name": "gbtree", "model": {"trees": [{"id": i} for i in range(count)]}}}, "version": [2, 0, 3]}
    return model(directory, "m.ubj", ubjson_value(data))


def keras(directory, count):
    layers = [{"class_name": "Dense", "config": {"name": f"l{i}", "units": 1}} for i in range(count)]
    path = os.path.join(directory, "m.keras")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.4.1"}))
        archive.writestr("config.json", json.dumps({"class_name": "Sequential", "module": "keras", "config": {"name": "s", "layers": layers}}))
        archive.writestr("model.weights.h5", b"\x89HDF\r\n\x1a\n")
    return f"model:{path}"


def signature(directory, count):
    """An MLmodel whose signature has many columns."""
    columns = json.dumps([{"type": "double", "name": f"c{i}", "required": True} for i in range(count)])
    path = pathlib.Path(directory) / "m"
    path.mkdir()
    (path / "MLmodel").write_text("flavors:\n  sklearn:\n    a: b\nsignature:\n  inputs: " + json.dumps(columns) + "\n  outputs: '[]'\n")
    return f"model:{path}"


def model_requirements(directory, count):
    path = pathlib.Path(directory) / "m"
    path.mkdir()
    (path / "MLmodel").write_text("flavors:\n  sklearn:\n    a: b\n  python_function:\n    loader_module: mlflow.sklearn\n    env: {conda: conda.yaml, virtualenv: python_env.yaml}\n")
    (path / "requirements.txt").write_text("".join(f"p{i}==1.{i}\n" for i in range(count)))
    (path / "conda.yaml").write_text("dependencies:\n- python=3.11\n- pip:\n" + "".join(f"  - p{i}==1.{i}\n" for i in range(max(count, 1))))
    return f"model:{path}"


def model_links(directory, count):
    path = os.path.join(directory, "m.tar")
    with tarfile.open(path, "w") as archive:
        def add(name, data=b"", kind=tarfile.REGTYPE, target=""):
            info = tarfile.TarInfo(name)
            info.size, info.type, info.linkname = len(data), kind, target
            archive.addfile(info, io.BytesIO(data))
        add("MLmodel", b"flavors:\n  sklearn:\n    a: b\n")
        for i in range(0, count, 2):
            add(f"d/h{i}", kind=tarfile.LNKTYPE, target="MLmodel")
            add(f"d/l{i}", kind=tarfile.SYMTYPE, target=f"l{i - 2}" if i % 32 else "../MLmodel")
    return f"model:{path}"


def nested_zips(directory, count):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        for i in range(count):
            archive.writestr(f"f{i}", b"x")
    path = os.path.join(directory, "m.zip")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("MLmodel", "flavors:\n  sklearn:\n    a: b\n")
        archive.writestr("inner.zip", inner.getvalue())
    return f"model:{path}"


MODELS = [onnx, onnx_metadata, pickle_memo, pickle_modules, pickle_calls, joblib, torch, lightgbm, xgboost, ubjson, keras, signature, model_requirements,
          model_links, nested_zips]
