"""Compiled packages, kept from one replay to the next.

Each replay has a fresh `.venv`, and Python would compile FastAPI, Tortoise and pytest anew in each: three seconds of
every page. Bytecode names the size and second of its source, and uv links the same sources into every `.venv`, so what
was compiled once is right in the next one. Where it is not, Python notices and compiles.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path


def seed(project: Path, store: Path | None) -> None:
    """Put the store's bytecode beside the sources of the project's `.venv`."""
    if store is None:
        return
    for packages in _packages(project):
        for kept in _compiled(store):
            source = packages / kept.relative_to(store)
            if source.parent.is_dir() and not source.exists():
                _link(kept, source)


def keep(project: Path, store: Path | None) -> None:
    """Put the bytecode of the project's `.venv` into the store."""
    if store is None:
        return
    for packages in _packages(project):
        for compiled in _compiled(packages):
            _link(compiled, store / compiled.relative_to(packages))


def _packages(project: Path) -> Iterator[Path]:
    yield from project.glob(".venv/lib/python*/site-packages")


def _compiled(top: Path) -> Iterator[Path]:
    """The `__pycache__` folders below a folder."""
    for folder, names, _ in os.walk(top):
        if "__pycache__" in names:
            names.remove("__pycache__")
            yield Path(folder) / "__pycache__"


def _link(source: Path, target: Path) -> None:
    """Link a folder's files into another; bytecode is replaced, never rewritten, so a link cannot change the other."""
    with contextlib.suppress(FileNotFoundError):
        # Two processes may be at it; whoever comes second finds it done.
        target.mkdir(parents=True, exist_ok=True)
        for file in source.iterdir():
            if file.suffix != ".pyc":
                continue
            there = target / file.name
            if there.exists() and there.samefile(file):
                continue
            there.unlink(missing_ok=True)
            try:
                os.link(file, there)
            except FileExistsError:
                continue
            except OSError:
                shutil.copy2(file, there)
