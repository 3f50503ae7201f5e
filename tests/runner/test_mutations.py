"""The measurement of mutations judges rightly: a listing by the record, an output by the run, a duration not at all."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from tests.lesson.course import SECOND, write_course
from tests.runner.conftest import settings
from workbook.history.build import build
from workbook.history.lock import write_lock


@pytest.fixture(scope="module")
def mutate() -> Iterator[ModuleType]:
    path = Path(__file__).parents[2] / "benchmarks" / "mutate_lessons.py"
    spec = importlib.util.spec_from_file_location("mutate_lessons", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_every_kind_of_change_is_judged(mutate: ModuleType, tmp_path: Path) -> None:
    chapters = write_course(tmp_path / "chapters")
    write_lock(build(chapters, tmp_path / "repository"), chapters)
    file = chapters / "ch02_fixture" / "lesson.md"
    page = mutate.read(file)
    printed = mutate.printed_by(page, chapters, settings(), tmp_path)
    spots = list(mutate.spots(page))

    def judged(old: str, new: str) -> str:
        at = SECOND.index(old)
        line = SECOND.count("\n", 0, at)
        spot = next(spot for spot in spots if spot.line == line)
        return mutate.judge(spot, SECOND.replace(old, new, 1), chapters, printed, tmp_path)

    assert judged('return f"hello', 'return f"hallo') == "static"
    assert judged('startswith("hello")', 'startswith("hallo")') == "static"
    assert judged("2 passed in", "3 passed in") == "replay"
    assert judged("E       AssertionError", "F       AssertionError") == "replay"
    assert judged("2 passed in 0.01s", "2 passed in 0.02s") == "missed"
    assert file.read_text() == SECOND
