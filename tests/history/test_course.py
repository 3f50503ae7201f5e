"""The course itself: what can be said of the real lessons without running them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbook.history.build import History, build
from workbook.history.files import Files
from workbook.history.lock import check_lock, check_template
from workbook.lesson.chapters import mistake_files, require_budget, skips
from workbook.lesson.model import Diff, WholeFile
from workbook.lesson.reader import read_mistake
from workbook.place import CHAPTERS, TEMPLATE
from workbook.runner.start import starting_point

BUILD = """
import os, sys
from pathlib import Path
os.umask(0o077)
from workbook.history.build import build
print([commit.sha for commit in build(Path(sys.argv[1]), Path(sys.argv[2])).commits])
"""
CONFIG = "[user]\nname = Somebody\nemail = a@example.com\n[commit]\ngpgSign = true\n[init]\ndefaultBranch = x\n"
CONFIG += "[core]\nautocrlf = true\nfileMode = true\nhooksPath = /nowhere\n"


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> History:
    return build(CHAPTERS, tmp_path_factory.mktemp("course") / "history")


def test_the_template_is_built_skips_are_within_the_budget_and_mistakes_apply(history: History) -> None:
    check_lock(history, CHAPTERS)
    check_template(history, TEMPLATE)
    require_budget(skips(CHAPTERS))
    pages = [page for chapter in history.chapters.values() for page in mistake_files(chapter.lesson.file)]
    for mistake in map(read_mistake, pages):
        files = Files(mistake, starting_point(mistake, history)[1])
        for block in mistake.blocks:
            if isinstance(block, WholeFile | Diff):
                files.take(block)


def test_the_shas_are_the_same_under_another_home_umask_and_time_zone(history: History, tmp_path: Path) -> None:
    (tmp_path / ".config" / "git").mkdir(parents=True)
    (tmp_path / ".config" / "git" / "ignore").write_text("*.py\n")
    (tmp_path / ".gitconfig").write_text(CONFIG)
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TZ": "Asia/Seoul", "GIT_AUTHOR_NAME": "Me"}
    command = [sys.executable, "-c", BUILD, str(CHAPTERS), str(tmp_path / "history")]
    said = subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout
    assert said.strip() == str([commit.sha for commit in history.commits])
