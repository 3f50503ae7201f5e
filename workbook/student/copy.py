"""A copy of the project for a probe: what it writes, and what goes wrong in it, stays away from the student's files."""

import shutil
from pathlib import Path

from workbook.student import gitrepo

_NEVER = shutil.ignore_patterns(".git", ".venv", "venv", "__pycache__", "node_modules", "*.pyc", ".*_cache")


def copy(project: Path, target: Path, *, dotenv: str | None = None) -> Path:
    """Copy the files that git knows or would take up, and `.env`.

    Args:
        target: where to; it must not be there yet.
        dotenv: what `.env` holds in the copy; the student's own when None.

    Returns:
        the target.
    """
    if (project / ".git").exists():
        listed = gitrepo.run(project, "ls-files", "-z", "-c", "-o", "--exclude-standard").split("\0")
        for path in sorted({*listed, ".env"} - {""}):
            source = project / path
            if source.is_file():
                (target / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target / path)
        target.mkdir(exist_ok=True)
    else:
        shutil.copytree(project, target, ignore=_NEVER)
    if dotenv is not None:
        (target / ".env").write_text(dotenv, encoding="utf-8")
    return target
