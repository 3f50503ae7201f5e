"""Where things are: the clone, its private folder, the template."""

import os
from pathlib import Path

CLONE = Path(__file__).resolve().parents[1]
"""The folder that the workbook was cloned into."""

CHAPTERS = CLONE / "chapters"
"""The lessons, a folder a chapter."""

TEMPLATE = CLONE / "template_app"
"""The template application, as the last chapter leaves it."""


def private() -> Path:
    """The folder for everything that is made and not committed: `.workbook/` in the clone.

    `WORKBOOK_HOME` names another place, for a clone on a disk that is full or read-only.
    """
    return Path(os.environ.get("WORKBOOK_HOME") or CLONE / ".workbook").absolute()
