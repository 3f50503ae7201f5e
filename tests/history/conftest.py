"""What the tests of the history share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lesson.course import write_course
from workbook.history.build import History, build

Built = Callable[..., History]


@pytest.fixture
def built(tmp_path: Path) -> Built:
    """Build lessons, the fixture's two when none is given, from `chapters` into `repository`."""
    return lambda *lessons: build(write_course(tmp_path / "chapters", *lessons), tmp_path / "repository")


@pytest.fixture
def history(built: Built) -> History:
    """What the fixture's two lessons build."""
    return built()
