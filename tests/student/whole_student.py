"""A whole student: start, type each lesson, check, go on, to the end of the course, in a terminal.

    python -m tests.student.whole_student        writes docs/a-students-screen.md and docs/ko/a-students-screen.md

The lessons' own fences are typed by the runner, in the student's one project, which nothing but the student's commands
has made. Each of the workbook's commands runs twice: for the student, and in Korean on a copy of the project.
"""

import difflib
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable
from itertools import takewhile
from pathlib import Path

from tests.student import terminal
from workbook.history.build import History, build
from workbook.history.files import Files
from workbook.lesson.model import Diff, Mistake
from workbook.lesson.reader import read_mistake
from workbook.mysql import ladder
from workbook.mysql.server import Server
from workbook.place import CHAPTERS, CLONE, TEMPLATE
from workbook.replay.compare import normalise
from workbook.replay.ground import Settings, prepare
from workbook.replay.replay import run_blocks
from workbook.replay.shell import Shell
from workbook.replay.worktree import Worktree
from workbook.student import project, start
from workbook.student.check import PROSE

PAGES = {"en": CLONE / "docs/a-students-screen.md", "ko": CLONE / "docs/ko/a-students-screen.md"}
WAITED = "Another command is preparing MySQL|다른 명령이 이 클론에서 MySQL을"
"""What is said when other tests start a server at the same time."""

WORKBOOK = "/home/student/workbook"
"""Where the clone lies on the page."""


class Student:
    """One student with one project: the `pages`' lines by language, exit codes, and lines that are too `wide`."""

    def __init__(self, root: Path, server: Server) -> None:
        self.ground = prepare(root, Settings(server=server, own_server=True))
        self.shell = Shell(self.ground)
        self.history: History = build(CHAPTERS, root / "history")
        start.history()  # so that no screen shows that it is built, on a fresh clone neither
        self.made: dict[str, tuple[str, str]] = {}
        self.where = self.ground.home
        self.pages: dict[str, list[str]] = {"en": [], "ko": []}
        self.wide: list[str] = []
        self.codes: list[tuple[str, int]] = []

    def says(self, en: str, ko: str) -> None:
        """Sentences between the screens."""
        self.pages["en"] += [*en.split("\n"), ""]
        self.pages["ko"] += [*ko.split("\n"), ""]

    def screen(self, *commands: str) -> None:
        """Commands of the workbook's, and git's, as the student types them, one screen."""
        for lines in self.pages.values():
            lines.append("```text")
        for command in commands:
            # In Korean first, on a copy, so that the student's own project sees it once.
            copy = Path(tempfile.mkdtemp(dir=self.ground.root)) / "student"
            shutil.copytree(self.ground.home, copy, symlinks=True, ignore=shutil.ignore_patterns(".venv", ".cache"))
            where = copy / self.where.relative_to(self.ground.home)
            korean = self._run(command.replace(str(self.ground.home), str(copy)), where, copy, "ko")[1]
            shutil.rmtree(copy.parent)
            code, english = self._run(command, self.where, self.ground.home, "en")
            self.codes.append((command, code))
            self.pages["ko"] += [f"$ {command}", *korean]
            self.pages["en"] += [f"$ {command}", *english]
            if command.startswith("cd "):
                self.where = self.ground.project
        for lines in self.pages.values():
            lines += ["```", ""]

    def _run(self, command: str, where: Path, home: Path, language: str) -> tuple[int, list[str]]:
        env = self.ground.environment() | {"WORKBOOK_LANG": language, "HOME": str(home)}
        code, lines = terminal.run(command, where, env)
        lines = [self.ground.to_show(line.replace(str(home), "/home/student")) for line in lines]
        lines = [line.replace(str(CLONE), WORKBOOK).rstrip() for line in lines]
        self.wide += terminal.too_wide(lines)
        return code, lines

    def types(self, chapter: str) -> None:
        """Everything in a lesson: its files, its diffs, its commands; each commit must hold what history's does."""
        traced = self.history.chapters[chapter]
        worktree = Worktree(self.ground, Files(traced.lesson, dict(traced.start)), traced.left_out, made=self.made)
        # The lessons' own tests compare.
        run_blocks(traced.lesson, self.shell, worktree, self.history, compare=lambda file, exchange, actual: None)
        self.made = worktree.made
        self.says(f"*(The student types chapter {chapter[2:]}.)*", f"*({chapter[2:]}장을 따라 입력해요.)*")

    def slips(self, page: str) -> None:
        """Make the mistake that a page of the clinic plants with its first block."""
        chapter, _, stem = page.partition("/")
        [file] = CHAPTERS.glob(f"{chapter}_*/mistakes/{stem}.md")
        mistake: Mistake = read_mistake(file)
        block = next(block for block in mistake.blocks if isinstance(block, Diff))
        target = self.ground.project / block.title
        target.write_text(Files(mistake, {block.title: target.read_text()}).take(block).after)


def play(server: Server) -> Student:
    """Play the course on a MySQL that nobody else uses."""
    with tempfile.TemporaryDirectory(prefix="workbook-student-") as root:
        os.chmod(root, 0o755)
        student = Student(Path(root), server)
        _play(student, student.screen, student.says)
        return student


def _play(student: Student, screen: Callable[..., None], says: Callable[..., None]) -> None:
    says(*INTRO)
    # As far as the chapters have checks: what comes after the first without any is not asked about yet.
    first, *others = [each.id for each in takewhile(lambda each: (each.folder / PROSE).exists(), project.chapters())]
    says(*head(first))
    screen("workbook", f"workbook start {first} ~/when2meet", "cd ~/when2meet")
    screen("workbook check", "workbook hint")
    student.types(first)
    screen("workbook check")
    for number, chapter in enumerate(others):
        if chapter == BACK_BEFORE:
            says(*BACK)
            screen(f"workbook start {others[0]}", "workbook")
            before = others[number - 1]
            screen(f"workbook start {before}", f"git reset --quiet --hard work-before-{others[0]}-1")
        says(*head(chapter))
        screen("workbook start")
        student.types(chapter)
        if SLIP_IN.startswith(chapter):
            says(*SLIP)
            student.slips(SLIP_IN)
            screen("workbook check")
            screen("workbook hint", "workbook diff", "workbook explain")
            screen("workbook solution", "workbook solution")
            screen("git checkout --quiet app", "workbook check")
        else:
            screen(*("workbook check", "workbook") if chapter == others[-1] else ("workbook check",))


def head(chapter: str) -> tuple[str, str]:
    """A chapter's heading, and what there is to say of its screens."""
    en, ko = SAID.get(chapter, ("", ""))
    number = chapter.removeprefix("ch")
    return f"## Chapter {number}\n\n{en}".rstrip(), f"## {number}장\n\n{ko}".rstrip()


BACK_BEFORE = "ch36"
SLIP_IN = "ch36/nothing-saved"
INTRO = (
    """# A student's screen

What a student sees who follows the course, on a terminal of 80 columns: every command of the workbook's, from the
first to the last chapter's. A test plays it on a real MySQL. It types each lesson, runs each command below, and
compares this page with what it saw. `python -m tests.student.whole_student` writes the page.""",
    """# 수강생의 화면

과정을 따라가는 수강생이 80칸 터미널에서 보는 화면이에요. 첫 명령부터 마지막 장까지, 워크북의 모든 명령을 담았어요.
테스트가 실제 MySQL에서 레슨을 하나씩 입력하고 아래 명령을 실행한 다음, 이 페이지와 비교해요.
`python -m tests.student.whole_student`가 이 페이지를 써요.""",
)
SAID = {
    "ch32": (
        "The first command says what to do. Then a check before anything is there: "
        "sentences say what is missing, and why.",
        "첫 명령이 무엇을 할지 알려 줘요. 아직 아무것도 없을 때 확인하면 무엇이 왜 부족한지 문장으로 나와요.",
    ),
    "ch33": (
        "`workbook start` alone goes on to the next chapter, with the student's own code.",
        "`workbook start`만 입력하면 지금 코드 그대로 다음 장으로 가요.",
    ),
    "ch34": ("What earlier chapters asked is asked again.", "앞 장의 항목도 다시 확인해요."),
    "ch35": (
        "From here on the check also runs the student's tests against wrong applications.",
        "여기부터는 수강생의 테스트를 틀린 앱에도 돌려 봐요.",
    ),
    "ch36": ("On with the student's own work.", "내 코드로 계속해요."),
    "ch37": (
        "The check runs the student's workflow, as it is and with faults planted in a copy.",
        "수강생의 워크플로를 그대로, 그리고 복사본에 잘못을 심어서도 실행해 봐요.",
    ),
}
BACK = (
    """Going back to an earlier chapter keeps the work on a branch, and says so. One git command brings it back.""",
    """앞 장으로 돌아가도 작업은 브랜치에 남고, 그렇다고 알려 줘요. git 명령 하나로 다시 가져올 수 있어요.""",
)
SLIP = (
    """A slip: the service makes a meeting, and forgets to save it. The check says what is wrong, the hint nudges,
`diff` shows where the code differs, `explain` knows the error, and the solution wants to be asked for twice.""",
    """실수 하나. 서비스가 모임을 만들고 저장하는 것을 잊었어요. `check`는 무엇이 틀렸는지 말하고,
`hint`는 실마리를 주고, `diff`는 다른 곳을 보여 주고, `explain`은 에러를 설명해요. 정답은 두 번 물어야 나와요.""",
)


def pages(student: Student) -> dict[Path, str]:
    """The pages as they lie in docs."""
    return {PAGES[language]: "\n".join(lines).rstrip() + "\n" for language, lines in student.pages.items()}


def difference(one: str, other: str) -> list[str]:
    """The lines in which two recordings differ, as a diff."""
    return list(difflib.unified_diff(_normal(one), _normal(other), "the site", "the terminal", lineterm="", n=1))


def _normal(page: str) -> list[str]:
    page = re.sub(r" \(without Docker\)| \(Docker 없이\)", "", page)  # as this machine has it
    # A Korean particle stands at the code without a space, and so the code does not end as a word does.
    lines = normalise(re.sub(r"url_code [0-9A-Za-z]{19,22}", "url_code <url-code>", page).splitlines())
    # pytest cuts the middle out of a long value, and the end of a url_code is left.
    lines = [re.sub(r"\.\.\.\w+'\}", "...'}", line) for line in lines]
    return [line for line in lines if not re.search(WAITED, line)]


def main() -> None:
    """Play, and write the pages."""
    with ladder.climb(TEMPLATE, use="test") as server:
        played = play(server)
    for path, text in pages(played).items():
        if not path.exists() or difference(path.read_text(encoding="utf-8"), text):
            path.write_text(text, encoding="utf-8")
            print(f"Written: {path}", file=sys.stderr)
    print(*played.codes, "Too wide:", *played.wide, sep="\n")


if __name__ == "__main__":
    main()
