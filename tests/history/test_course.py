"""The course itself: what can be said of the real lessons without running them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbook.course import CHAPTERS, max_skips
from workbook.history.build import History, build
from workbook.history.files import Files
from workbook.history.lock import check_lock
from workbook.history.template import check_template
from workbook.history.trace import lesson_files, mistake_files
from workbook.history.versions import check_versions
from workbook.lesson.count import count, require_budget
from workbook.lesson.model import Diff, WholeFile
from workbook.lesson.reader import read_lesson, read_mistake
from workbook.place import TEMPLATE
from workbook.runner.start import starting_point

pytestmark = pytest.mark.skipif(not list(CHAPTERS.glob("ch*/lesson.md")), reason="no lesson is written yet")


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    return build(CHAPTERS, tmp_path_factory.mktemp("course") / "history")


def test_the_template_is_what_the_lessons_build(history: History) -> None:
    check_lock(history, CHAPTERS)
    check_template(history, TEMPLATE)


def test_every_pin_is_the_tables(history: History) -> None:
    check_versions([chapter.lesson for chapter in history.chapters.values()], CHAPTERS)


def test_skips_are_within_the_budget() -> None:
    lessons = lesson_files(CHAPTERS)
    pages = [read_lesson(file) for file in lessons] + [
        read_mistake(page) for file in lessons for page in mistake_files(file)
    ]
    require_budget([skip for page in pages for skip in count(page.blocks).skips], max_skips())


def test_every_mistake_applies_to_its_tag(history: History) -> None:
    for page in [page for lesson in lesson_files(CHAPTERS) for page in mistake_files(lesson)]:
        mistake = read_mistake(page)
        _, tree = starting_point(mistake, history)
        files = Files(mistake, tree)
        for block in mistake.blocks:
            if isinstance(block, WholeFile | Diff):
                files.take(block)


BUILD = """
import os, sys
from pathlib import Path
os.umask(int(sys.argv[3], 8))
from workbook.history.build import build
print([commit.sha for commit in build(Path(sys.argv[1]), Path(sys.argv[2])).commits])
"""


def test_the_shas_are_the_same_under_another_home_umask_and_time_zone(history: History, tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text(
        "[user]\n\tname = Somebody\n\temail = a@example.com\n[core]\n\tautocrlf = true\n"
    )
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TZ": "Asia/Seoul", "LANG": "C"}
    command = [sys.executable, "-c", BUILD, str(CHAPTERS), str(tmp_path / "history"), "077"]
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    assert said.strip() == str([commit.sha for commit in history.commits])
