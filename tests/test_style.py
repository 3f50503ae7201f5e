"""Style and types, checked by the tools that `make lint` runs."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import PICTURE, draw
from workbook.place import CLONE

pytestmark = pytest.mark.slow

BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"], ["lint-imports", "--no-cache"]],
    ids=["ruff check", "ruff format", "mypy", "floors"],
)
def test_the_code_is_as_the_house_wants_it(command: list[str]) -> None:
    done = subprocess.run([str(BIN / command[0]), *command[1:]], cwd=CLONE, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_room_that_imports_a_higher_one_is_named(tmp_path: Path) -> None:
    shutil.copytree(CLONE / "workbook", tmp_path / "workbook", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CLONE / "pyproject.toml", tmp_path)
    with (tmp_path / "workbook" / "lesson" / "model.py").open("a") as file:
        file.write("\nimport workbook.cli\n")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}

    command = [str(BIN / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)

    assert done.returncode == 1
    assert "workbook.lesson.model -> workbook.cli" in done.stdout


def test_the_picture_of_the_house_is_drawn_from_the_imports() -> None:
    """Sizes may lag behind; rooms and arrows may not."""
    arrows = re.compile(r'<path marker.*|class="name .*')
    assert arrows.findall(PICTURE.read_text(encoding="utf-8")) == arrows.findall(draw())
