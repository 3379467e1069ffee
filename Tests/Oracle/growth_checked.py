"""Documents of `check` for growth.py in which each part looks at what stands before it."""


def workflow_environment(count):
    """Variables of a workflow times its steps."""
    return ".github/workflows/ci.yml", "on: push\nenv:\n" + "".join(f"  A{i}: b\n" for i in range(count)) + (
        "jobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n" + "".join(f"    - run: pip install a==$A{i}\n" for i in range(count)))


def gitlab_environment(count):
    return ".gitlab-ci.yml", "variables:\n" + "".join(f'  V{i}: "b"\n' for i in range(count)) + (
        "".join(f'j{i}: {{image: "python:$V{i}", script: [pip install x]}}\n' for i in range(count)))


def azure_environment(count):
    return "azure-pipelines.yml", "variables:\n" + "".join(f"  V{i}: b\n" for i in range(count)) + (
        "steps:\n" + "".join(f"- script: pip install a==$(V{i})\n" for i in range(count)))


def circleci_environment(count):
    return ".circleci/config.yml", 'version: 2.1\njobs:\n  a:\n    docker: [{image: "python:3"}]\n    environment:\n' + (
        "".join(f"      A{i}: b\n" for i in range(count)) + "    steps:\n" + "".join(f"    - run: pip install a{i}\n" for i in range(count)))


CHECKED = [workflow_environment, gitlab_environment, azure_environment, circleci_environment]
