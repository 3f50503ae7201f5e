"""Put bytecode beside the packages that a job has installed, where the person's project has compiled the same ones.

A job's environment is new, and Python would compile every package anew: most of the time of its first steps. Bytecode
names the size and second of its source, so what does not fit is compiled as ever.
"""

import contextlib
import os
import shutil
import sys
from pathlib import Path


def main(stores: list[str]) -> None:
    """Do it for the environment in the current directory.

    Args:
        stores: folders like `site-packages` that hold bytecode; of one that is not there, nothing is said.
    """
    for store in map(Path, stores):
        if store.is_dir():
            seed(Path.cwd(), store)


def seed(project: Path, store: Path) -> None:
    """Put the store's bytecode beside the sources of the project's `.venv`."""
    for packages in project.glob(".venv/lib/python*/site-packages"):
        for kept in store.rglob("__pycache__"):
            source = packages / kept.relative_to(store)
            if source.parent.is_dir() and not source.exists():
                source.mkdir()
                for file in kept.glob("*.pyc"):
                    with contextlib.suppress(OSError):
                        os.link(file, source / file.name)
                    if not (source / file.name).exists():
                        shutil.copy2(file, source / file.name)


if __name__ == "__main__":
    main(sys.argv[1:])
