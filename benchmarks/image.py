"""What the template's image weighs, layer by layer, and what other Dockerfiles would make of the same project.

    python -m benchmarks.image        # as root, with Debian's podman: see tests/template/engine.py

In:   the template's Dockerfile, .dockerignore and compose.yaml.
Out:  benchmarks/image.json, which notebooks/ch44.ipynb draws. Bytes are those of the unpacked layers; a registry keeps
      and sends them compressed. `FROM` is a stand-in, made from Debian's packages: the official image is another size.
How:  each Dockerfile is built for real, without a layer from before. A change is one comment at the end of app/main.py;
      what is new afterwards has to be sent. `start` is the processor time of `import app.main`, the median of 7 runs.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.beginning import begin
from tests.template.engine import Engine, NoContainers, engine
from workbook.mysql import free_port
from workbook.place import CLONE, TEMPLATE

INTO = CLONE / "benchmarks/image.json"
BASE = "docker.io/library/python:3.13-slim"
DELETE = "find /opt/venv -name '*.c' -delete"
ONE_STAGE = {"\nFROM python\n": "\n", "COPY --from=build /opt/venv /opt/venv\n": ""}
VARIANTS: dict[str, dict[str, str]] = {
    "as taught": {},
    "without bytecode": {" UV_COMPILE_BYTECODE=1": ""},
    "one stage": ONE_STAGE,
    "one stage, development packages": ONE_STAGE | {" --no-dev": ""},
    "your code before the packages": {"COPY pyproject.toml uv.lock ./\n": "COPY . .\n"},
    "C sources deleted in a step of their own": {"COPY migrations": f"RUN {DELETE}\nCOPY migrations"},
    "C sources deleted where they came": {" --no-dev\n": f" --no-dev && {DELETE}\n"},
}
START = "import time, app.main; print(time.process_time())"
CONTENTS = """
import json, sys
from collections import Counter
from importlib.metadata import distributions
from pathlib import Path
site = Path(next(each for each in sys.path if "site-packages" in each))
owners = {str(site / file): each.name for each in distributions() for file in each.files}
sizes = {}
for file in filter(Path.is_file, site.rglob("*")):
    compiled = file.suffix == ".pyc"
    source = file.parent.parent / f"{file.name.split('.')[0]}.py" if compiled else file
    kind = {".py": "source", ".pyc": "bytecode"}.get(file.suffix, "library" if ".so" in file.suffixes else "other")
    sizes.setdefault(owners.get(str(source), "uv"), Counter())[kind] += file.stat().st_size
print(json.dumps(sizes))
"""


def main() -> None:
    """Build, measure and write."""
    with tempfile.TemporaryDirectory() as folder, engine() as found:
        if found.name != "podman":
            raise NoContainers("This benchmark needs podman: Docker's history rounds its sizes.")
        project = Path(folder) / "when2meet"
        shutil.copytree(TEMPLATE, project, ignore=shutil.ignore_patterns("__pycache__", ".venv", ".env"))
        subprocess.run([Path(sys.executable).with_name("uv"), "lock", "--quiet"], cwd=project, check=True)
        measured = {"engine": found.run("podman", "--version").strip(), "variants": {}}
        for name, changes in VARIANTS.items():
            print(name, flush=True)
            measured["variants"][name] = variant(found, project, changes)
        taught = "localhost/as-taught"
        variant(found, project, {}, tag=taught)
        measured["layers"] = layers(found, taught, (project / "Dockerfile").read_text())
        inside = ["podman", "run", "--rm", "--interactive", "--network=none", "--no-healthcheck", taught, "python", "-"]
        measured["packages"] = json.loads(found.run(*inside, text=CONTENTS))
        measured["healthy"] = [round(healthy(found, project), 1) for _each in range(3)]
        found.run("podman", "image", "rm", "--force", taught, "localhost/variant")
    INTO.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    print(INTO.read_text())


def history(podman: Engine, image: str) -> list[dict[str, Any]]:
    """An image's steps, the first one first; `size` is in bytes."""
    said = podman.run("podman", "history", "--human=false", "--no-trunc", "--format=json", image)
    return list(reversed(json.loads(said)))


def layers(podman: Engine, image: str, dockerfile: str) -> list[tuple[str, int]]:
    """The steps of the Dockerfile's last stage with their bytes; its FROM has those of all layers below."""
    below = len(history(podman, BASE))
    steps = [line for line in dockerfile.replace("\\\n", "").splitlines() if line.strip() and not line.startswith("#")]
    stage = steps[max(at for at, step in enumerate(steps) if step.startswith("FROM")) + 1 :]
    sizes = [each["size"] for each in history(podman, image)]
    return [(f"FROM {BASE}", sum(sizes[:below])), *zip(stage, sizes[below:], strict=True)]


def variant(podman: Engine, project: Path, changes: dict[str, str], tag: str = "localhost/variant") -> dict[str, float]:
    """What a Dockerfile with these changes makes: bytes above FROM, seconds to import, and bytes after a change."""
    text = (project / "Dockerfile").read_text()
    for right, wrong in changes.items():
        assert right in text, right
        text = text.replace(right, wrong, 1)
    podman.run("podman", "image", "prune", "--force")
    build = partial(podman.run, "podman", "build", "--layers", "--tag", tag, "--file", "-", str(project), text=text)
    main, before = project / "app/main.py", (project / "app/main.py").read_text()
    build()
    old = history(podman, tag)
    run = ["podman", "run", "--rm", "--network=none", "--no-healthcheck", tag, "python", "-c", START]
    start = median(float(podman.run(*run)) for _each in range(7))
    try:
        main.write_text(f"{before}# changed\n")
        build()
    finally:
        main.write_text(before)
    known = {(each["Created"], each["CreatedBy"]) for each in old}
    new = [each["size"] for each in history(podman, tag) if (each["Created"], each["CreatedBy"]) not in known]
    return {
        "bytes": sum(each["size"] for each in old[len(history(podman, BASE)) :]),
        "start": round(start, 2),
        "bytes after a change": sum(new),
    }


def healthy(podman: Engine, project: Path) -> float:
    """Seconds from `docker compose up --wait`, with images that are built and no data yet, until it says healthy."""
    ports = {"PORT": f"{free_port()}", "MYSQL_PORT": f"{free_port()}"}
    compose = partial(replace(podman, environment=podman.environment | ports).run, *podman.compose, cwd=project)
    try:
        compose("build")
        begun = time.monotonic()
        compose("up", "--wait")
        return time.monotonic() - begun
    finally:
        compose("down", "--volumes")


if __name__ == "__main__":
    begin(main)
