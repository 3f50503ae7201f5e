"""Where things are: the course, the folder for what is made from it."""

import os
from pathlib import Path

CLONE = Path(__file__).resolve().parents[1]
"""The folder that the workbook was cloned into; for one that was installed from a wheel, where packages are."""

COURSE = CLONE if (CLONE / "chapters").is_dir() else Path(__file__).resolve().parent / "course"
"""Where the chapters, the template and copier.yml are; a wheel brings them inside the package."""

CHAPTERS = COURSE / "chapters"

TEMPLATE = COURSE / "template_app"
"""The template, as the last chapter leaves it."""

PROGRESS = ".workbook-progress"
"""The file by which a student's project is known: where they are."""


def private() -> Path:
    """The folder for everything that is made and not committed: `.workbook/` in the clone.

    `WORKBOOK_HOME` names another place, for a clone on a disk that is full or read-only. Installed from a wheel, it is
    the account's own data folder (XDG Base Directory Specification).
    """
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share")
    usual = CLONE / ".workbook" if COURSE == CLONE else data / "workbook"
    return Path(os.environ.get("WORKBOOK_HOME") or usual).absolute()
