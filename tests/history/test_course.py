"""The course itself: what can be said of the real lessons without running them."""

import os
import subprocess
import sys
from pathlib import Path

from workbook.history.build import history_until
from workbook.history.files import Files
from workbook.lesson.chapters import mistake_files, require_budget, skips
from workbook.lesson.model import Diff, WholeFile
from workbook.lesson.reader import read_mistake
from workbook.place import CHAPTERS, CLONE
from workbook.replay.start import starting_point

CONFIG = "[user]\nname = Somebody\nemail = a@example.com\n[commit]\ngpgSign = true\n[init]\ndefaultBranch = x\n"
CONFIG += "[core]\nautocrlf = true\nfileMode = true\nhooksPath = /nowhere\n"


def test_record_and_template_are_what_the_lessons_build_under_another_home_umask_and_time_zone(tmp_path: Path) -> None:
    (tmp_path / ".config" / "git").mkdir(parents=True)
    (tmp_path / ".config" / "git" / "ignore").write_text("*.py\n")
    (tmp_path / ".gitconfig").write_text(CONFIG)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TZ": "Asia/Seoul", "GIT_AUTHOR_NAME": "Me"}
    for umask in (0o077, 0o022):
        command = [sys.executable, "-m", "workbook", "build", "--check"]
        done = subprocess.run(command, cwd=CLONE, env=environment, umask=umask, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_skips_are_within_the_budget_and_every_mistake_applies_to_its_tag() -> None:
    require_budget(skips(CHAPTERS))
    with history_until(CHAPTERS, None) as history:
        pages = [page for chapter in history.chapters.values() for page in mistake_files(chapter.lesson.file)]
        for mistake in map(read_mistake, pages):
            files = Files(mistake, starting_point(mistake, history)[1])
            for block in mistake.blocks:
                if isinstance(block, WholeFile | Diff):
                    files.take(block)
