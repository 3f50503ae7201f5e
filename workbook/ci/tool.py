"""The programs of other people that this room stands on: act runs a workflow, actionlint reads one."""

import shutil
import sys
from pathlib import Path

from workbook.language import text
from workbook.problem import Problem


def tool(name: str) -> str:
    """The path of a pinned program: beside our own Python, else on PATH.

    Raises:
        Problem: it is not installed.
    """
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        raise Problem(
            text(
                f"The program {name} is not installed, and the workbook needs it to run workflows.",
                f"워크플로를 실행하는 데 필요한 {name} 프로그램이 없어요.",
            ),
            ways=(
                text(
                    "Install what requirements.lock pins: make setup",
                    "requirements.lock에 있는 것을 설치하세요: make setup",
                ),
            ),
        )
    return found
