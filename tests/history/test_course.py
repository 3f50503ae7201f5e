"""The course itself: what can be said of the real lessons without running them."""

import os
import subprocess
import sys
from pathlib import Path

from workbook.history.lock import check_lock
from workbook.lesson.chapters import require_budget, skips
from workbook.pages.course import changes_of, read_course
from workbook.place import CHAPTERS, CLONE

CONFIG = "[user]\nname = Somebody\nemail = a@example.com\n[commit]\ngpgSign = true\n[init]\ndefaultBranch = x\n"
CONFIG += "[core]\nautocrlf = true\nfileMode = true\nhooksPath = /nowhere\n"


def test_record_and_template_are_what_the_lessons_build_under_another_home_umask_and_time_zone(tmp_path: Path) -> None:
    (tmp_path / ".config" / "git").mkdir(parents=True)
    (tmp_path / ".config" / "git" / "ignore").write_text("*.py\n")
    (tmp_path / ".gitconfig").write_text(CONFIG)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TZ": "Asia/Seoul", "GIT_AUTHOR_NAME": "Me"}
    command = [sys.executable, "-m", "workbook", "build", "--check"]
    done = subprocess.run(command, cwd=CLONE, env=environment, umask=0o077, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_they_build_it_here_too_with_skips_in_the_budget_and_every_mistake_applies_to_its_tag() -> None:
    require_budget(skips(CHAPTERS))
    before = os.umask(0o022)
    try:
        course = read_course()
    finally:
        os.umask(before)
    check_lock(course.history, CHAPTERS)
    for mistakes in course.mistakes.values():
        for mistake in mistakes:
            changes_of(mistake, course.history)
