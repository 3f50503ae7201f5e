"""The programs of other people that this room stands on: act runs a workflow, actionlint reads one."""

import shutil
import sys
from pathlib import Path

from workbook.say import Problem, _


def tool(name: str) -> str:
    """The path of a pinned program: beside our own Python, else on PATH.

    Raises:
        Problem: it is not installed.
    """
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        raise Problem(
            _("The program {name} is not installed, and the workbook needs it to run workflows.", name=name),
            ways=(_("Install what requirements.lock pins: make setup"),),
        )
    return found
