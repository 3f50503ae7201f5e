"""The project's own Python: synchronised by uv, or whatever environment the project has."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from workbook.runner.machine import uv
from workbook.say import Problem, _

SYNC_SECONDS = 300
"""How long uv may take: the first time it downloads the packages."""


def python(project: Path) -> Path:
    """The interpreter in the project's environment, after `uv sync`.

    Raises:
        Problem: there is no `pyproject.toml`, or uv refuses it; the sentence holds what uv said.
    """
    if not (project / "pyproject.toml").exists():
        raise Problem(
            _("{project} has no pyproject.toml yet.", project=project),
            ways=(_("Chapter 33 makes it with `uv init`."),),
        )
    program = uv()
    if program is None:
        raise Problem(
            _("uv is not installed."),
            ways=(_("Run make setup."),),
        )
    values = environment()
    try:
        done = subprocess.run(
            [program, "sync", "--quiet", "--no-progress"],
            cwd=project,
            env=values,
            capture_output=True,
            text=True,
            timeout=SYNC_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Problem(_("`uv sync` takes too long.")) from None
    folder = Path(values.get("UV_PROJECT_ENVIRONMENT", ".venv"))
    found = project / folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if done.returncode == 0 and found.exists():
        return found
    if done.returncode and not _poetry(project):
        said = done.stderr.strip().splitlines() or ["it gave no reason"]
        raise Problem(
            _("`uv sync` fails in {project}: {said}", project=project, said=said[0].removeprefix("error: ")),
            why="\n".join(said[1:6]),
            ways=(_("Mend pyproject.toml until `uv sync` is content."),),
        )
    if found.exists():
        return found
    raise Problem(
        _("{project} has no environment in .venv.", project=project),
        ways=(_("With Poetry: poetry config virtualenvs.in-project true, then poetry install."),),
    )


def environment() -> dict[str, str]:
    """The person's environment without what belongs to the workbook's own Python and database."""
    dropped = ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME", "PYTEST_ADDOPTS", "UV_RUN_RECURSION_DEPTH")
    values = {
        name: value
        for name, value in os.environ.items()
        if name not in dropped and not name.startswith(("PYTEST_", "COV_", "WORKBOOK_"))
    }
    return values | {"NO_COLOR": "1", "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


def _poetry(project: Path) -> bool:
    """Whether the project is one of Poetry's before 2.0, which uv cannot read."""
    content = (project / "pyproject.toml").read_text(encoding="utf-8", errors="replace")
    return "[tool.poetry]" in content and "[project]" not in content and shutil.which("poetry") is not None
