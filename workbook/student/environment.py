"""The packages that a check needs, in an environment of the workbook's own: the student's is never touched."""

import hashlib
import os
import shutil
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from filelock import FileLock

from workbook.place import private
from workbook.say import Problem, _
from workbook.student import packages

DONE = "workbook-done"
"""In an environment that was made to the end."""

DECLARING = ("pyproject.toml", "uv.lock", "poetry.lock", "requirements*.txt", ".python-version", "uv.toml")
"""The files that may say which packages a project needs."""


def python(project: Path) -> Path:
    """The interpreter that has the project's packages; they are installed when they were not yet.

    Raises:
        Problem: nothing says what the packages are, or uv refuses it; the sentence holds what uv said.
    """
    files = _files(project)
    declared = _declared(files)
    existing = _existing(project)
    if not _packages_are_named(files, declared):
        if existing is not None:
            return existing
        if "pyproject.toml" not in files:
            raise Problem(
                _("{project} has no pyproject.toml yet.", project=project),
                ways=(_("Chapter 33 makes it with `uv init`."),),
            )
    made = _place(files, declared)
    made.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{made}.lock"):
        if not _is_made(made):
            shutil.rmtree(made, ignore_errors=True)
            with tempfile.TemporaryDirectory(prefix="workbook-packages-") as scratch:
                for name, content in files.items():
                    (Path(scratch) / name).write_bytes(content)
                packages.install(made, Path(scratch), project, declared, environment())
            (made / DONE).touch()
    return made / "bin/python"


def known(project: Path) -> Path | None:
    """The interpreter that `python` answers with; None when it would first have to install the packages."""
    files = _files(project)
    declared = _declared(files)
    if not _packages_are_named(files, declared):
        return _existing(project)
    made = _place(files, declared)
    return made / "bin/python" if _is_made(made) else None


def environment() -> dict[str, str]:
    """The person's environment without what belongs to the workbook's own Python and database."""
    dropped = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "PYTEST_ADDOPTS", "UV_RUN_RECURSION_DEPTH")
    values = {
        name: value
        for name, value in os.environ.items()
        if name not in dropped and not name.startswith(("PYTEST_", "COV_", "WORKBOOK_"))
    }
    return values | {"NO_COLOR": "1", "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


def running(program: Path) -> dict[str, str]:
    """As `environment`, for that interpreter: in an environment that is not ours it compiles nothing."""
    ours = program.is_relative_to(private())
    return environment() | ({} if ours else {"PYTHONDONTWRITEBYTECODE": "1"})


def _files(project: Path) -> dict[str, bytes]:
    found = sorted(path for pattern in DECLARING for path in project.glob(pattern) if path.is_file())
    return {path.name: path.read_bytes() for path in found}


def _declared(files: dict[str, bytes]) -> dict[str, Any]:
    """What pyproject.toml says of packages, and none of the other tools' settings; nothing when it is no TOML."""
    try:
        content = tomllib.loads(files.get("pyproject.toml", b"").decode())
    except ValueError:
        return {}
    tools = content.get("tool", {})
    said = {name: content.get(name) for name in ("project", "dependency-groups", "build-system")}
    said |= {name: tools.get(name) for name in ("poetry", "uv")}
    return {name: value for name, value in said.items() if value is not None}


def _packages_are_named(files: dict[str, bytes], declared: dict[str, Any]) -> bool:
    return "project" in declared or "poetry" in declared or any(name.startswith("requirements") for name in files)


def _existing(project: Path) -> Path | None:
    """The person's own environment: in the project, or the activated one unless that is the workbook's."""
    active = os.environ.get("VIRTUAL_ENV", "")
    folders = [project / ".venv", project / "venv", *([Path(active)] if active and active != sys.prefix else [])]
    return next((folder / "bin/python" for folder in folders if (folder / "bin/python").exists()), None)


def _place(files: dict[str, bytes], declared: dict[str, Any]) -> Path:
    """Where the environment lies that has these packages."""
    content = files | ({"pyproject.toml": repr(declared).encode()} if declared else {})
    return private() / "environments" / hashlib.sha256(repr(sorted(content.items())).encode()).hexdigest()[:16]


def _is_made(made: Path) -> bool:
    return (made / DONE).exists() and (made / "bin/python").exists()
