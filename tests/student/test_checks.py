"""Each chapter's checks against the tag before, mistake pages, faults that are planted, and other solutions.

All of it is found in the chapters' folders, whole solutions in `solutions/`; a sentence that nothing earns is refused.
"""

import shutil
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.student.conftest import ProjectAt
from tests.student.judging import checks, missing, plant, planted, play, said, verdicts
from tests.test_pages import require_python
from workbook.clinic.clinic import Page, read_clinic
from workbook.history.git import persons_git
from workbook.lesson.reader import read_mistake
from workbook.mysql.server import Server
from workbook.place import CHAPTERS
from workbook.student import checking, project
from workbook.student.check import checks_of
from workbook.student.start import commit_all

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

TAGS = [each.id for each in project.chapters() if checks_of(each.id, each.folder)]
PAGES = {page.name: page for page in read_clinic(CHAPTERS) if page.check}
RED_TESTS = {check.name for each in TAGS for check in checks(each) if "fails" in check.sentences}
"""What says that the student's own tests are red; that is true whenever they notice the mistake themselves."""


STOPS = [(tag, number) for tag in TAGS for number in range(len(checking.stops_of(tag)))]
WITHOUT_STOPS = [(tag, chapter) for tag, chapter in pairwise(["empty", *TAGS]) if not checking.stops_of(chapter)]


@pytest.mark.parametrize(("tag", "chapter"), WITHOUT_STOPS)
def test_a_tag_lacks_what_the_next_chapter_asks(tag: str, chapter: str, project_at: ProjectAt, mysql: Server) -> None:
    assert missing(verdicts(project_at(tag), checks(chapter), mysql))


@pytest.mark.parametrize(("chapter", "number"), STOPS)
def test_a_rest_stop_has_what_is_asked_up_to_it_and_nothing_after_is_blamed(
    chapter: str, number: int, project_at: ProjectAt, mysql: Server
) -> None:
    """What is asked next does not hold yet: nobody could tell who rests from who has gone on, or is done."""
    stop, asked = checking.stops_of(chapter)[number], checks(chapter)
    last = [each.name for each in asked].index(stop.last)

    found = [*verdicts(project_at(stop.tag), asked[: last + 2], mysql).values()]

    assert checking.rest_stop(chapter, found) == stop, {each.check.name: each.sentences for each in found}


@pytest.mark.parametrize("git", [True, False])
def test_others_packages_in_a_project_are_not_judged_with_git_or_without(
    git: bool, project_at: ProjectAt, mysql: Server
) -> None:
    root = project_at("ch33")
    (root / "node_modules").mkdir()
    silent = "from fastapi import FastAPI\n\napp = FastAPI(openapi_url=None)\napp.get('/')(lambda: None)\n"
    (root / "node_modules/silent.py").write_text(silent)
    if not git:
        shutil.rmtree(root / ".git")

    assert missing(verdicts(root, checks("ch33"), mysql)) == {}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_mistake_is_found_and_blamed_on_nothing_else(
    page: Page, project_at: ProjectAt, mysql: Server, own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mistake, (chapter, _, name) = read_mistake(page.file), page.name.partition("/")
    require_python(mistake)
    root = project_at("ch32" if mistake.tag == "empty" else mistake.tag)
    play(mistake, root, mysql, own_database)
    plant(mistake.besides, root, mysql, own_database, monkeypatch)

    found = verdicts(root, checks(chapter, mistake.check or ""), mysql)

    assert mistake.check in missing(found)
    assert missing(found).keys() <= {mistake.check} | RED_TESTS
    assert set(planted(chapter)["mistakes"][name]) <= said(found)


@pytest.mark.parametrize(
    ("tag", "fault"),
    [
        pytest.param(tag, each, id=f"{tag}-{each.get('name', kind)}")
        for tag in TAGS
        for kind in ("fault", "right")
        for each in planted(tag).get(kind, ())
    ],
)
def test_a_planted_fault_is_said_and_of_a_right_solution_nothing(
    tag: str,
    fault: dict[str, Any],
    project_at: ProjectAt,
    mysql: Server,
    own_database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = project_at(tag)
    plant(fault, root, mysql, own_database, monkeypatch)
    earns, moot = (set(fault.get(key, ())) for key in ("earns", "moot"))
    names = {each.partition(".")[0] for each in earns | moot} or set(fault.get("check", ()))

    found = verdicts(root, [each for each in checks(tag) if each.name in names or not names], mysql)

    blind = {name: verdict.sentences for name, verdict in found.items() if verdict.state in ("unseen", "moot")}
    assert said(found) == earns, found
    assert blind == {name: (found[name].check.sentences[each],) for name, each in (each.split(".") for each in moot)}


SOLUTIONS = [
    pytest.param(each, id=f"{file.stem}: {each['name']}")
    for file in sorted(Path(__file__).parent.glob("solutions/*.toml"))
    for each in tomllib.loads(file.read_text(encoding="utf-8"))["solution"]
]
"""Right ones that look different from the chapter's, and wrong ones. All is asked of them, or what `check` names."""


@pytest.mark.parametrize("solution", SOLUTIONS)
def test_a_solution_is_judged_as_it_deserves(
    solution: dict[str, Any],
    project_at: ProjectAt,
    mysql: Server,
    own_database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = project_at(solution["tag"])
    plant(solution, root, mysql, own_database, monkeypatch)
    if solution.get("track"):
        persons_git(root, "add", "--force", *solution["track"])
        commit_all(root, "A solution")
    asked = [each for each in checking.asked(solution["tag"]) if each.name in solution.get("check", [each.name])]

    found = verdicts(root, asked, mysql)

    assert missing(found).keys() == set(solution.get("refused", ())), missing(found)
    unseen = {name: each.sentences for name, each in found.items() if each.state == "unseen"}
    assert "refused" in solution or not unseen, unseen
    moot = {name for name, each in found.items() if each.state == "moot"}
    assert moot == set(solution.get("moot", ())), found


LOGINS = """
import asyncio, os, socket, subprocess, sys
import asyncmy, pytest

LISTENS = "import socket; it = socket.create_server(('127.0.0.1', 0)); print(it.getsockname()[1], flush=True); input()"


async def test_nobody_is_there():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(asyncmy.errors.OperationalError, match="Can't connect"):
            await asyncmy.connect(host="127.0.0.1", port=port)
    # As one that is written down for a MySQL that does not run now.
    connection = await asyncmy.connect(host="127.0.0.1", port=port)
    assert connection._port == int(os.environ["MYSQL_PORT"])
    await connection.ensure_closed()


async def test_a_double_of_its_own():
    came = asyncio.Event()

    async def double(reader, writer):
        came.set()
        writer.close()

    async with await asyncio.start_server(double, "127.0.0.1") as server:
        with pytest.raises(Exception):
            await asyncmy.connect(host="127.0.0.1", port=server.sockets[0].getsockname()[1])
    assert came.is_set()


async def test_somebody_elses():
    with subprocess.Popen([sys.executable, "-c", LISTENS], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        connection = await asyncmy.connect(host="127.0.0.1", port=int(other.stdout.readline()))
        assert connection._port == int(os.environ["MYSQL_PORT"])
        await connection.ensure_closed()
        other.communicate(b"\\n")
"""


def test_a_login_of_the_students_tests_reaches_nobody_elses_server(project_at: ProjectAt, mysql: Server) -> None:
    root = project_at("ch35")
    (root / "app/tests/test_logins.py").write_text(LOGINS)

    found = verdicts(root, checks("ch35"), mysql)

    assert said(found) == set(), [each.sentences for each in found.values()]


CONFIGS = "app/configs/__init__.py"
LOOP = "import threading\n\n\ndef test_loop() -> None:\n    threading.Event().wait()\n"


@pytest.mark.parametrize(
    ("tag", "path", "content", "expected"),
    [
        ("ch33", "app/configs/base_config.py", "class Config(:\n", "app/configs/base_config.py:1: SyntaxError"),
        ("ch33", CONFIGS, "raise SystemExit(3)\n", f"{CONFIGS}:1: SystemExit: 3"),
        ("ch33", CONFIGS, "import threading\n\nwhile True:\n    threading.Event().wait()\n", f"{CONFIGS}:"),
        ("ch33", CONFIGS, "import os\nos._exit(0)\n", "Importing it ended Python"),
        ("ch33", "pyproject.toml", "[project\n", "`uv sync` fails"),
        ("ch32", "README.md", "", "has no pyproject.toml yet"),
        ("ch35", "app/tests/test_loop.py", LOOP, "app/tests/test_loop.py:5:"),
    ],
)
def test_what_cannot_be_imported_is_one_sentence(
    tag: str,
    path: str,
    content: str,
    expected: str,
    project_at: ProjectAt,
    mysql: Server,
    no_database_is_left: None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Never a crash, and never an endless wait: a loop is let run for as long as an import may take when it is busy."""
    monkeypatch.setattr("workbook.student.suite.TIMES", 0.3)
    root = project_at(tag)
    (root / path).write_text(content)
    asked = "tests_run" if tag == "ch35" else "settings_import"

    found = verdicts(
        root, checks("ch35" if tag == "ch35" else "ch33"), mysql, seconds=20 if "while" in content else 120
    )

    (sentence,) = missing(found)[asked]
    assert expected in sentence
    assert missing(found).keys() == {asked}
    assert "Traceback" not in "".join(said for verdict in found.values() for said in verdict.sentences)
