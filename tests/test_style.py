"""Style and types, checked by the tools that `make lint` runs."""

import subprocess
import sys
from pathlib import Path

import pytest

from workbook.place import CLONE

pytestmark = pytest.mark.slow

BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]],
    ids=["ruff check", "ruff format", "mypy"],
)
def test_the_code_is_as_the_house_wants_it(command: list[str]) -> None:
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=CLONE, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
