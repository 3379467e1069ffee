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


def stages_in_chain(count):
    return "Dockerfile", "FROM python:3 AS s0\n" + "".join(f"FROM s{i} AS s{i + 1}\nRUN pip install a\n" for i in range(count))


def copied_requirements(count):
    return "Dockerfile", "FROM python:3 AS s0\n" + "".join(f"COPY requirements{i}.txt /b{i}\nRUN pip install -r /b{i}\n" for i in range(count))


def directories(count):
    return "Dockerfile", "FROM python:3\n" + "".join(f"WORKDIR a{i}\n" for i in range(count)) + "RUN pip install a\n"


def script_lines(command):
    """A RUN of commands, each on a line of its own."""
    return lambda count: ("Dockerfile", "FROM python:3\nRUN " + " && \\\n ".join(command(i) for i in range(max(count, 1))) + "\n")


def compose_inline(count):
    return "docker-compose.yml", "services:\n" + "".join(
        f"  s{i}:\n    build:\n      dockerfile_inline: |\n        FROM python:3\n        RUN pip install a\n" for i in range(max(count, 1)))


def copied_folders(count):
    """Files that none of many folders holds, which are copied to one place."""
    return "Dockerfile", "FROM python:3\n" + "".join(f"COPY a{i} /app/\n" for i in range(count)) + (
        "".join(f"RUN pip install -r /app/r{i}.txt\n" for i in range(count)))


def stages_with_files(count):
    """What each stage of a chain installs is in all stages behind it."""
    return "Dockerfile", "FROM python:3 AS s0\nCOPY r.txt /r.txt\n" + "".join(
        f"FROM s{i} AS s{i + 1}\nCOPY r.txt r{i}.txt\nRUN pip install -r r{i}.txt\n" for i in range(count))


def make_additions(count):
    return "Dockerfile", "FROM python:3\nCOPY . .\nRUN make all\n"


def additions(count):
    """A variable that grows line by line, and targets by patterns."""
    lines = [f"A += b{i}" for i in range(count)] + ["all: $(A)"] + [f"%.o{i}: x\n\tpip install a" for i in range(count)]
    return "Makefile", "\n".join(lines) + "\n"


def downloads_before_checks(count):
    lines = [f"curl -o /t/a{i} http://x.example/{i}" for i in range(count)] + [f'echo "{"1" * 64}  /t/a{i}" | sha256sum -c -' for i in range(count)]
    return "Dockerfile", "FROM python:3\nRUN " + " && \\\n ".join(lines or ["true"]) + "\n"


SCRIPTS = {
    "checked_downloads": lambda i: f'curl -o /t/a{i} http://x.example/{i} && echo "{"1" * 64}  /t/a{i}" | sha256sum -c -',
    "downloads": lambda i: f"curl -o /t/a{i} http://x.example/{i}",
    "checkouts": lambda i: f"git clone http://x.example/{i} d{i} && cd d{i} && git checkout main && cd ..",
    "written_requirements": lambda i: f"echo a > r{i}.txt && pip install -r r{i}.txt",
    "changed_directories": lambda i: f"cd a{i}",
    "fetched_scripts": lambda i: f"curl -o s{i}.sh http://x.example/{i} && sh s{i}.sh",
    "bundles": lambda i: f"bundle config set --local path v{i} && bundle install",
}
CHECKED = [workflow_environment, gitlab_environment, azure_environment, circleci_environment, stages_in_chain, copied_requirements, directories,
           compose_inline, copied_folders, stages_with_files, make_additions, downloads_before_checks]
for name, command in SCRIPTS.items():
    CHECKED.append(script_lines(command))
    CHECKED[-1].__name__ = name
