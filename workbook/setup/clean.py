"""Removes what was made, and never a person's data unless that was asked for by name."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from workbook.place import CLONE, private
from workbook.say import Problem, _
from workbook.setup.paths import NOTES, VENV
from workbook.setup.turn import taken

CACHES = (".pytest_cache", ".mypy_cache", ".ruff_cache", ".coverage", "build", "dist", "site")

DATABASE = ("data", "port")
"""What belongs to the data in `.workbook/mysql`: the rest of that folder can be made again."""


def clean(*, data: bool) -> None:
    """Remove `.venv`, caches and downloads.

    Args:
        data: the local MySQL's data as well. Databases in Docker or on a given server are not touched either way.

    Raises:
        Problem: a MySQL runs on that data.
    """
    mysql = NOTES / "mysql"
    _require_stopped(mysql)
    with taken():
        kept = {mysql / name for name in DATABASE} if not data and (mysql / "data").exists() else set()
        if data and (mysql / "data").exists():
            removed = f"{mysql / 'data'} ({_megabytes(mysql / 'data')} MB)"
            print(_("Removing your local MySQL's data: {removed}", removed=removed))
        for path in [VENV, *(CLONE / name for name in CACHES), *_bytecode(CLONE)]:
            _remove(path)
        _remove_except(NOTES, kept)
    if private() != NOTES:
        # Only its owner knows what else is in a folder outside the clone.
        print(_("Left alone: {private}, which WORKBOOK_HOME names.", private=private()))
    if kept:
        print(_("Kept: your local MySQL's data in {mysql}. `make clean-data` removes that too.", mysql=mysql / "data"))
    print(_("Clean."))


def _require_stopped(mysql: Path) -> None:
    data = mysql / "data"
    try:
        process = int((data / "mysqld.pid").read_text(encoding="utf-8"))
        os.kill(process, 0)
    except (FileNotFoundError, ValueError, ProcessLookupError):
        return
    except PermissionError:
        pass  # it runs, as somebody else
    works_in = Path(f"/proc/{process}/cwd")
    with suppress(OSError):
        # After a crash the number may be another program's; where the system tells, only a server on this data counts.
        if works_in.parent.parent.is_dir() and not works_in.samefile(data):
            return
    raise Problem(
        _("A MySQL is running on {data} (process {process}).", data=data, process=process),
        ways=(
            _("end `make up` with Ctrl-C, or type .venv/bin/workbook db down"),
            _("then repeat this command"),
        ),
    )


def _bytecode(folder: Path) -> Iterator[Path]:
    """Every `__pycache__` below a folder, without going into `.git`, `.venv` and `.workbook`."""
    for where, folders, _files in os.walk(folder):
        if "__pycache__" in folders:
            yield Path(where) / "__pycache__"
        folders[:] = [name for name in folders if name not in {".git", ".venv", ".workbook", "__pycache__"}]


def _remove_except(folder: Path, kept: set[Path]) -> None:
    """Empty a folder down to what is kept and the folders that lead there; without any, remove the folder itself."""
    if not kept:
        _remove(folder)
        return
    for path in folder.iterdir():
        if any(keep.is_relative_to(path) and keep != path for keep in kept):
            _remove_except(path, kept)
        elif path not in kept:
            _remove(path)


def _remove(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def _megabytes(folder: Path) -> int:
    return sum(file.lstat().st_size for file in folder.rglob("*")) // 1_000_000
