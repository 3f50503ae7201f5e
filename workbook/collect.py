"""A pytest plugin: `chapters/*/lesson.md` and `chapters/*/mistakes/*.md` are tests.

The root `conftest.py` loads it with `pytest_plugins`. An item replays one page and fails with the page's file and line.
"""

import re
from collections.abc import Callable, Iterator
from getpass import getuser
from pathlib import Path
from tempfile import gettempdir
from typing import TypeVar

import pytest
from _pytest.fixtures import TopRequest
from filelock import FileLock

from workbook.history.build import History, build
from workbook.lesson.model import Lesson, Mistake
from workbook.lesson.reader import read_lesson, read_mistake
from workbook.mysql.server import Server
from workbook.place import private
from workbook.runner.ground import Settings
from workbook.runner.replay import replay
from workbook.say import Problem

T = TypeVar("T")

LESSON_TIMEOUT = 600
"""How long a page may take, in seconds; a cold cache of packages downloads for minutes."""


@pytest.fixture(scope="session")
def lesson_mysql() -> Iterator[Server]:
    """A throwaway server of this process's own: lessons create and drop databases under the notes' own names."""
    from workbook.mysql import ladder
    from workbook.place import TEMPLATE

    with ladder.climb(TEMPLATE, use="test") as server:
        yield server


@pytest.fixture(scope="session")
def lesson_settings(lesson_mysql: Server) -> Settings:
    """How lessons are run: on a server that may be emptied. Override it to run fixture lessons."""
    return Settings(server=lesson_mysql, own_server=True, bytecode=private() / "bytecode")


@pytest.fixture(scope="session")
def lesson_histories(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, History]:
    """The histories built in this process, each up to the chapter whose folder it is kept under."""
    return {}


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "PageFile | None":
    """Take a lesson or a mistake page that lies in a chapter's folder."""
    chapter = file_path.parent.parent if file_path.parent.name == "mistakes" else file_path.parent
    if not (chapter.name.startswith("ch") and chapter.name[2:4].isdecimal()):
        return None
    if file_path.name == "lesson.md" and file_path.parent == chapter:
        return LessonFile.from_parent(parent, path=file_path)
    if file_path.parent.name == "mistakes" and file_path.suffix == ".md" and not file_path.stem.endswith(".ko"):
        return MistakeFile.from_parent(parent, path=file_path)
    return None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the pages first, and spread long ones.

    A lesson of a minute that starts last keeps one worker busy and the others idle; so do two behind each other.
    """
    pages = [item for item in items if isinstance(item, Replay)]
    workers: int = getattr(config, "workerinput", {}).get("workercount", 1)
    if len(pages) == len(items):
        # xdist gives each worker a run of neighbours to begin with.
        items[:] = [page for share in shares(pages, workers, _commands) for page in share]
        return
    left = sorted(pages, key=_commands, reverse=True)
    pages = []
    while left:
        pages.append(left.pop(0))
        if left:
            pages.append(left.pop())
    items[:] = [*pages, *(item for item in items if not isinstance(item, Replay))]


def shares(things: list[T], count: int, weight: Callable[[T], int]) -> list[list[T]]:
    """Divide things into shares of about the same weight, whose sizes are those that xdist's worksteal gives out."""
    sizes = [len(things) // count + (place >= count - len(things) % count) for place in range(count)]
    divided: list[list[T]] = [[] for _ in sizes]
    for thing in sorted(things, key=weight, reverse=True):
        open_ones = [share for share, size in zip(divided, sizes, strict=True) if len(share) < size]
        min(open_ones, key=lambda share: sum(map(weight, share))).append(thing)
    return divided


def _commands(page: "Replay") -> int:
    """How many commands a page runs, and Python sessions: each starts a process, and that is what takes the time."""
    return len(re.findall(r"^(?:\$ |```pycon$)", page.path.read_text(encoding="utf-8"), re.MULTILINE))


class PageFile(pytest.File):
    """A page; its one test is its replay."""

    def read(self) -> Lesson | Mistake:
        """Parse the page. Raises LessonError."""
        raise NotImplementedError

    @property
    def chapter(self) -> Path:
        """The chapter's folder."""
        raise NotImplementedError

    def collect(self) -> Iterator[pytest.Item]:
        """The replay. A page that does not parse fails as a test: an error of collection would end the run."""
        yield Replay.from_parent(self, name="replay")


class LessonFile(PageFile):
    """A chapter's lesson."""

    def read(self) -> Lesson:
        """Parse the lesson."""
        return read_lesson(self.path)

    @property
    def chapter(self) -> Path:
        """The lesson's folder."""
        return self.path.parent


class MistakeFile(PageFile):
    """A page of a chapter's mistakes."""

    def read(self) -> Mistake:
        """Parse the page."""
        return read_mistake(self.path)

    @property
    def chapter(self) -> Path:
        """The folder above the page's."""
        return self.path.parents[1]


class Replay(pytest.Item):
    """Replays a page in a scratch project."""

    def __init__(self, **kwargs: object) -> None:
        """Ask for fixtures as doctest's items do: pytest has no public way for items that are no functions."""
        super().__init__(**kwargs)  # type: ignore[arg-type]
        manager = self.session._fixturemanager
        self.fixturenames: list[str] = []
        self._fixtureinfo = manager.getfixtureinfo(node=self, func=None, cls=None)
        self.funcargs: dict[str, object] = {}
        self._request = TopRequest(self, _ispytest=True)  # type: ignore[arg-type]
        self.add_marker(pytest.mark.timeout(LESSON_TIMEOUT))

    def runtest(self) -> None:
        """Build the history once a process, then replay the page on it."""
        page_file = self.parent
        assert isinstance(page_file, PageFile)
        page = page_file.read()
        factory: pytest.TempPathFactory = self._request.getfixturevalue("tmp_path_factory")
        histories: dict[Path, History] = self._request.getfixturevalue("lesson_histories")
        folder = page_file.chapter
        if folder not in histories:
            # Up to this chapter only: a mistake in a later one fails there, not here.
            until = folder.name.partition("_")[0]
            histories[folder] = build(folder.parent, factory.mktemp("history") / "repository", until=until)
        settings: Settings = self._request.getfixturevalue("lesson_settings")
        server = settings.server
        # Only a server that several processes were given is waited for; throwaway ones have ports of their own.
        lock = Path(gettempdir()) / f"workbook-lessons-{getuser()}-{server.port if server else 0}.lock"
        if server is None:
            replay(page, histories[folder], settings, factory.mktemp("lesson"))
            return
        with FileLock(lock):
            replay(page, histories[folder], settings, factory.mktemp("lesson"))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None) -> str:
        """A problem as its screen; a bug of ours as a traceback."""
        if isinstance(excinfo.value, Problem):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo))

    def reportinfo(self) -> tuple[Path, int, str]:
        """The page and its name in reports."""
        return self.path, 0, f"{self.path.parent.name}/{self.path.name}"
