"""What uv's, Poetry's or pip's files ask for, installed in an environment of our own: the student's is not touched."""

import hashlib
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from filelock import FileLock

from workbook.place import private
from workbook.replay.ground import uv
from workbook.say import Problem, _
from workbook.student.check import Unjudged
from workbook.student.shape import read_toml

DONE = "workbook-done"
"""In an environment that was made to the end."""
DECLARING = ("pyproject.toml", "uv.lock", "poetry.lock", "requirements*.txt", ".python-version", "uv.toml")
"""The files that may say which packages a project needs."""
_ITSELF = re.compile(rb"^\s*(-e|--editable|\.)(\s.*)?$", re.MULTILINE)
"""The project itself in a requirements.txt, which is not installed, nor what `pip freeze` says of it."""


def python(project: Path) -> Path:
    """The interpreter that has the project's packages; they are installed when they were not yet.

    Raises Problem: nothing says what the packages are, or it is no TOML; the sentence holds what uv said.
    Raises Unjudged: the packages, or the Python that they want, cannot be installed here; then an environment of the
    person's own serves, if there is one.
    """
    paths = sorted(path for pattern in DECLARING for path in project.glob(pattern) if path.is_file())
    files = {path.name: path.read_bytes() for path in paths}
    declared = _declared(project)
    if not {"project", "poetry"} & declared.keys() and not any(name.startswith("requirements") for name in files):
        if existing := _existing(project):
            return existing
        if "pyproject.toml" not in files:
            what = _("{project} has no pyproject.toml yet.", project=project)
            raise Problem(what, ways=(_("Chapter 33 makes it with `uv init`."),))
    content = files | ({"pyproject.toml": repr(declared).encode()} if declared else {})
    key = repr([Path(__file__).read_bytes(), *sorted(content.items())]).encode()  # and how we install it
    made = private() / "environments" / hashlib.sha256(key).hexdigest()[:16]
    made.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{made}.lock"):
        if not (made / DONE).exists() or not (made / "bin/python").exists():
            shutil.rmtree(made, ignore_errors=True)
            with tempfile.TemporaryDirectory(prefix="workbook-packages-") as scratch:
                for name, written in files.items():
                    (Path(scratch) / name).write_bytes(_ITSELF.sub(b"", written) if name.endswith(".txt") else written)
                try:
                    _install(made, Path(scratch), project, declared)
                except Unjudged:
                    if existing := _existing(project):
                        return existing
                    raise
            (made / DONE).touch()
    return made / "bin/python"


def environment() -> dict[str, str]:
    """The person's environment without what belongs to the workbook's own Python and database."""
    dropped = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "PYTEST_ADDOPTS", "UV_RUN_RECURSION_DEPTH")
    kept = [
        name for name in os.environ if name not in dropped and not name.startswith(("PYTEST_", "COV_", "WORKBOOK_"))
    ]
    return {name: os.environ[name] for name in kept} | {"NO_COLOR": "1", "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


def running(program: Path) -> dict[str, str]:
    """As `environment`, for that interpreter: in an environment that is not ours it compiles nothing."""
    return environment() | ({} if program.is_relative_to(private()) else {"PYTHONDONTWRITEBYTECODE": "1"})


def _declared(project: Path) -> dict[str, Any]:
    """What pyproject.toml says of packages, and none of the other tools' settings; nothing when it is no TOML."""
    content = read_toml(project / "pyproject.toml")
    said = {name: content.get(name) for name in ("project", "dependency-groups", "build-system")}
    said |= {name: content.get("tool", {}).get(name) for name in ("poetry", "uv")}
    return {name: value for name, value in said.items() if value is not None}


def _existing(project: Path) -> Path | None:
    """The person's own environment: in the project, or the activated one unless that is the workbook's."""
    active = os.environ.get("VIRTUAL_ENV", "")
    folders = [project / ".venv", project / "venv", *([Path(active)] if active and active != sys.prefix else [])]
    return next((folder / "bin/python" for folder in folders if (folder / "bin/python").exists()), None)


def _install(made: Path, scratch: Path, project: Path, declared: dict[str, Any]) -> None:
    """Install what was `declared` into the folder `made`, for a `project`, in a `scratch` folder with its files.

    uv would link to the Python as PATH names it; such a link may be gone tomorrow, and what it leads to is not.
    """
    listed = sorted(file.name for file in scratch.glob("requirements*.txt"))
    sources, wanted_python = [word for name in listed for word in ("--requirements", name)], list[str]()
    locked_by_uv = "project" in declared and (scratch / "uv.lock").exists()
    if (scratch / "poetry.lock").exists() or ("poetry" in declared and not locked_by_uv):
        wanted, versions = _requirements(project)
        (scratch / "wanted").write_text("\n".join(wanted), encoding="utf-8")
        (scratch / "pins").write_text("\n".join(_pins(scratch / "poetry.lock")), encoding="utf-8")
        sources, wanted_python = ["--requirements", "wanted", "--constraints", "pins"], [versions]
    elif "project" in declared or not listed:
        sources = []
    found = _uv(scratch, project, "python", "find", "--system", "--resolve-links", *wanted_python)
    if sources:
        _uv(scratch, project, "venv", "--python", found, str(made))
        _uv(scratch, project, "pip", "install", "--python", str(made), *sources)
    else:
        groups = ("--no-install-project", "--all-groups")
        _uv(scratch, project, "sync", "--python", found, *groups, UV_PROJECT_ENVIRONMENT=str(made))


def _requirements(project: Path) -> tuple[list[str], str]:
    """What a pyproject.toml of Poetry's asks for, of any version, in all groups; and the Pythons that it is for."""
    from poetry.core.factory import Factory

    logging.getLogger("poetry.core").setLevel(logging.ERROR)
    try:
        package = Factory().create_poetry(project).package
        return [each.to_pep_508() for each in package.all_requires], str(package.python_constraint)
    except (RuntimeError, ValueError, TypeError) as error:
        raise Problem(_("Poetry would not take your pyproject.toml: {error}", error=error)) from None


def _pins(lock: Path) -> list[str]:
    """Poetry's lock as constraints: uv knows which packages this machine needs, which an old lock does not say."""
    locked = {each["name"]: each["version"] for each in read_toml(lock).get("package", [])}
    return [f"{name}=={version}" for name, version in locked.items()]


def _uv(scratch: Path, project: Path, *arguments: str, **values: str) -> str:
    # Quiet, `uv python find` would not say what it has found.
    command = [uv() or "uv", *arguments, "--no-progress", *(["--quiet"] if arguments[0] != "python" else [])]
    env = environment() | {"UV_PYTHON_DOWNLOADS": "never"} | values
    done = subprocess.run(command, cwd=scratch, env=env, capture_output=True, text=True)
    if done.returncode:
        # What uv says of the Pythons that it passed over comes first.
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()] or ["it gave no reason"]
        said = next((line for line in lines if "No interpreter" in line), lines[0]).removeprefix("error: ")
        what = _("`{command}` fails in {project}: {said}", command=f"uv {arguments[0]}", project=project, said=said)
        if "TOML" in done.stderr:
            raise Problem(what, ways=(_("Mend pyproject.toml."),))
        if "interpreter" in said:
            mend = _("Install the Python that your project wants (uv python install), and check again.")
            raise Unjudged(f"{what}. {mend}")
        raise Unjudged(f"{what}. " + _("Its own versions cannot be installed here, so nothing is said of it."))
    return done.stdout.strip()
