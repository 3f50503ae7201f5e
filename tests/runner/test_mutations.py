"""The measurement of mutations judges rightly: a listing by the record, an output by the run, a duration not at all."""

from pathlib import Path

from benchmarks import mutate_lessons as mutate
from tests.lesson.course import SECOND, write_course
from tests.runner.conftest import settings
from workbook.history.build import build
from workbook.history.lock import write_lock


def test_every_kind_of_change_is_judged(tmp_path: Path) -> None:
    chapters = write_course(tmp_path / "chapters")
    write_lock(build(chapters, tmp_path / "repository"), chapters)
    page = mutate.read(chapters / "ch02_fixture" / "lesson.md")
    printed = mutate.printed_by(page, chapters, settings(), tmp_path)
    spots = list(mutate.spots(page))

    def judged(old: str, new: str) -> str:
        line = SECOND.count("\n", 0, SECOND.index(old))
        spot = next(spot for spot in spots if spot.line == line)
        return mutate.judge(spot, SECOND.replace(old, new, 1), chapters, printed, tmp_path)

    assert judged('return f"hello', 'return f"hallo') == "static"
    assert judged('startswith("hello")', 'startswith("hallo")') == "static"
    assert judged("2 passed in", "3 passed in") == "replay"
    assert judged("E       AssertionError", "F       AssertionError") == "replay"
    assert judged("2 passed in 0.01s", "2 passed in 0.02s") == "missed"
    assert page.file.read_text() == SECOND
