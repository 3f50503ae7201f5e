"""Every kind of rot in a lesson is found by replaying it, with its line; a normaliser hides no more than its kind."""

import re
from pathlib import Path

import pytest

from benchmarks import mutate_lessons as mutate
from tests.lesson.course import SECOND, lesson, line_of, write_course
from tests.replay.conftest import BIN, Run
from workbook.history.build import build
from workbook.history.lock import write_lock
from workbook.lesson.errors import LessonError
from workbook.place import CLONE
from workbook.replay.compare import TABLE, Normaliser, normalise, same_file
from workbook.replay.ground import Settings
from workbook.replay.replay import refresh

COMMIT = '\n```console\n$ git add -A\n$ git commit -m "More"\n```\n'
MAKE = "```console\n$ printf 'one\\ntwo\\n' > made.txt\n```\n\n"
CHANGE = "```console\n$ echo '# more' >> greet.py\n```\n\n"
DIFF = '```diff title="greet.py"\n@@\n     return "hello"\n+# more\n```\n'
LISTING = '```text title="{0}"\n```\n\n'
WRONG = MAKE + '```text title="made.txt"\none\n2\n```\n' + COMMIT
SERVE = (
    "python -u -c \"import http.server, os; print('port', os.environ['UVICORN_PORT']); "
    "http.server.test(http.server.SimpleHTTPRequestHandler, port=int(os.environ['UVICORN_PORT']), bind='127.0.0.1')\""
)
SERVING = "port 8000\nServing HTTP on 127.0.0.1 port 8000 (http://127.0.0.1:8000/) ...\n"
BACKGROUND = "<!-- background -->\n```console\n$ {0}\n{1}```\n\n"
STOP = "<!-- stop -->\n"
NEVER = BACKGROUND.format(SERVE, "ready\n") + STOP
PRINTS = "```console\n$ printf '{0}'\n{1}```\n"
WHY = "```console\n$ true\n$ echo why; exit 3\n```\n"
CACHE = LISTING.format("x") + MAKE + "```console\n$ mkdir __pycache__ && echo 1 > __pycache__/x\n```\n" + COMMIT


def refuse(run: Run, line: int, said: str, *body: str, **values: object) -> None:
    with pytest.raises(LessonError) as error:
        run(*body, **values)
    assert said in str(error.value)
    assert error.value.line == line


TRUE: dict[str, dict[str, str]] = {
    "the first chapter in an empty directory": {"first": lesson("```console\n$ ls -A\n```\n"), "second": lesson("")},
    "files that are left out or ignored": {"body": CACHE, "more": "left_out: [made.txt]\n"},
    "a branch, an environment of its own, directory and variables last": {
        "body": "```console\n$ git branch --show-current\nmy-work\n$ cat .env\nNAME=world\n$ git status --short\n"
        '$ echo "$HOME|$NO_COLOR|$TERM|$COLUMNS|$LANG|$SECRET|$MYSQL_PORT"\n/home/student|1|dumb|80|C.UTF-8||\n'
        "$ git config user.name\nStudent\n$ export A='x y' && B=2\n$ mkdir -p /tmp/x; cd ..\n$ pwd\n/home/student\n"
        '$ echo "$A|$B"\nx y|\n$ cd when2meet && cat <<END\n> $A\n> END\nx y\n```\n'
    },
    "a diff of what a command changed": {"body": CHANGE + DIFF + COMMIT},
    "moved and removed files": {
        "body": '```console\n$ git mv greet.py hello.py\n$ cp .env .old && rm .old\n$ git commit -m "Move"\n```\n'
    },
    "a server in the background": {
        "body": BACKGROUND.format(SERVE, SERVING)
        + f"```console\n$ curl -s http://localhost:8000/.env\nNAME=world\n```\n\n{STOP}\n"
        "<!-- exit: 7 -->\n```console\n$ curl -s http://localhost:8000/.env\n```\n"
    },
    "a change that leaves size and second as they were": {
        "body": "```console\n$ python -B -c 'import compileall; compileall.compile_file(\"greet.py\", quiet=1)'\n"
        "$ perl -pi -e 's/hello/howdy/' greet.py\n$ python -c 'import greet; print(greet.greet(None))'\nhowdy\n"
        "$ git checkout -q greet.py\n$ python -c 'import greet; print(greet.greet(None))'\nhello\n```\n"
    },
    "a Python session": {
        "body": "```pycon\n>>> import greet\n>>> async def one():\n...     return 1\n"
        "...\n>>> await one()\n1\n>>> asyncio.get_running_loop().is_running()\nTrue\n>>> 1 / 0\n"
        "Traceback (most recent call last):\n...\nZeroDivisionError: division by zero\n```\n"
    },
}


@pytest.mark.parametrize("name", TRUE)
def test_what_happens_as_shown_is_right(run: Run, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("SECRET", "x")
    run(**TRUE[name])


@pytest.mark.parametrize(
    ("body", "line", "said"),
    [
        ("```console\n$ true\n$ echo hi\n```\n", 10, "(nothing: the output ends here)\n     got: hi"),
        (WHY, 9, "`echo why; exit 3` exits with 3, and the lesson announces 0.\n\nIt printed:\n\n    why\n\nWhat"),
        ("<!-- exit: 1 -->\n```console\n$ true\n```\n", 9, "exits with 0, and the lesson announces 1"),
        ("```console\n$ sleep 60\n```\n", 8, "`sleep 60` is not done after 1 seconds"),
        (WRONG, 13, "leaves made.txt otherwise than shown here.\n\nexpected: 2\n     got: two"),
        (CHANGE + DIFF.replace("more", "less") + COMMIT, 11, "leaves greet.py otherwise than shown here"),
        (MAKE + LISTING.format("x") + COMMIT, 8, "makes made.txt, and the lesson never shows it"),
        ("```console\n$ echo 1 > greet.py\n```\n", 8, "`echo 1 > greet.py` changes greet.py, and the lesson never"),
        (LISTING.format("x") + LISTING.format("y") + COMMIT.replace("-A", "x"), 16, "y is not in this commit, but in"),
        (BACKGROUND.format(SERVE, ""), 8, "the server in the background is never stopped"),
        (BACKGROUND.format("echo no; exit 2", "ready\n") + STOP, 9, "ends with 2 instead of going on"),
        (NEVER, 10, "does not print what is shown"),
        (STOP, 7, "nothing runs in the background"),
        ("```pycon\n>>> 1 + 1\n3\n```\n", 9, "expected: 3\n     got: 2"),
        ("```pycon\n>>> import os\n>>> os._exit(3)\n```\n", 7, "this Python session does not come to its end"),
    ],
)
def test_what_happens_otherwise_is_named_with_its_line(run: Run, body: str, line: int, said: str) -> None:
    refuse(run, line, said, body, timeout=1 if "sleep" in body else 300, patience=2 if body == NEVER else 60)


def test_a_changed_listing_is_named_by_what_it_does(run: Run) -> None:
    listing = SECOND.replace('+    return f"hello {name}"', '+    return f"hello  {name}"')
    refuse(run, line_of(SECOND, "2 passed in") - 2, "exits with 1, and the lesson announces 0", second=listing)


def test_nothing_of_an_earlier_replay_is_left_but_its_packages(run: Run, tmp_path: Path) -> None:
    run("```console\n$ mkdir .venv && touch .venv/pyvenv.cfg ../x $TMPDIR/y\n$ export A=1 && cd ..\n```\n")
    run("```console\n$ ls -A .. $TMPDIR\n..:\nwhen2meet\n\n/tmp:\n$ ls -A\n.env\n.git\n.gitignore\ngreet.py\n```\n")
    assert (tmp_path / "ground/packages/pyvenv.cfg").exists()


# The same state, compressed at two levels: other bytes, the same meaning.
FAST, SMALL = "eAGrVkpUslIw1FFQSgLSRrUAH2EDpw==", "eNqrVkpUslIw1FFQSgLSRrUAH2EDpw=="
OTHER = "eJyrVkpUslIw0lFQSgLSxrUAH20DqQ=="
NAME = "migrations/models/0_20260105093000_init.py"
AERICH = (
    "```console\n$ mkdir -p migrations/models\n$ cat > migrations/models/0_20261231235959_init.py <<END\n"
    f'> SQL = "CREATE"\n> MODELS_STATE = (\n>     "{SMALL}"\n> )\n> END\n```\n\n'
)


@pytest.mark.parametrize(
    ("make", "sql", "state", "said"),
    [
        (AERICH, "CREATE", FAST, ""),
        (AERICH, "CREATE TABLE", FAST, 'expected: SQL = "CREATE TABLE"\n     got: SQL = "CREATE"'),
        (AERICH, "CREATE", OTHER, 'expected:  "a": 2,\n     got:  "a": 1,'),
        ("", "CREATE", FAST, "no command has made"),
    ],
)
def test_a_made_file_means_what_it_did(run: Run, tmp_path: Path, make: str, sql: str, state: str, said: str) -> None:
    made = tmp_path / "chapters/ch02_fixture/made" / NAME
    made.parent.mkdir(parents=True)
    made.write_text(f'SQL = "{sql}"\nMODELS_STATE = (\n    "{state}"\n)\n')
    body = f'{make}```python title="{NAME}"\nSQL = "{sql}"\n...\n```\n{COMMIT}'
    if said:
        refuse(run, 17 if make else 7, said, body)
    else:
        run(body)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (["ADD `a` DATE", "ADD `b` INT"], ["ADD `b` INT", "ADD `a` DATE"], True),
        (["DROP COLUMN `a`", "DROP COLUMN `b`"], ["DROP COLUMN `b`", "DROP COLUMN `a`"], True),
        (["ADD `a` DATE", "ADD `b` INT"], ["ADD `b` INT", "ADD `a` INT"], False),
        (["MODIFY COLUMN `a` INT", "ADD `b` INT"], ["ADD `b` INT", "MODIFY COLUMN `a` INT"], False),
    ],
)
def test_columns_are_added_and_dropped_in_any_order(one: list[str], other: list[str], same: bool) -> None:
    files = [
        'async def upgrade(db: Db) -> str:\n    return """\n        '
        + "\n        ".join(f"ALTER TABLE `meetings` {change};" for change in changes)
        + '"""\n'
        for changes in (one, other)
    ]

    assert same_file(*files) == same


SWAP = '```diff title="greet.py"\n@@\n-    return "{}"\n+    return "{}"\n```\n\n'
SEEN = "```console\n$ python -c \"import greet; print(greet.greet(''))\" | tee seen.txt\n{}\n```\n\n"
MISTAKE = '---\ntitle: The greeting is misspelt\ntag: ch01\nerror: "hullo"\n---\n\n' + SWAP.format("hello", "{planted}")
MISTAKE += SEEN.format("hullo") + SWAP.format("{planted}", "hello") + SEEN.format("hello")


def test_a_mistake_is_planted_seen_and_cured(run: Run) -> None:
    run(mistake=MISTAKE.format(planted="hullo"))
    refuse(run, 15, "", mistake=MISTAKE.format(planted="hallo"))
    refuse(run, 1, "history has no tag `ch09`", mistake=MISTAKE.replace("ch01", "ch09"))


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        ("```console\n$ echo one\nuno\n$ echo in 0.31s\nin 9.99s\n```\n", {"uno": "one"}),
        ("```pycon\n>>> 1 + 1\n3\n>>> 2\n2\n```\n", {"\n3\n": "\n2\n"}),
        ("```console\n$ echo a; echo b\n$ true\ngone\n```\n", {"echo b\n": "echo b\na\nb\n", "gone\n": ""}),
        ('```console\n$ echo 1 > x\n```\n\n```text title="x"\n2\n```\n' + COMMIT, {"\n2\n": "\n1\n"}),
        ("```console\n$ echo one\nuno\n$ false\n```\n", {"uno": "one"}),
        # Elisions stay where they were.
        (PRINTS.format("x\\n1 == 3\\ny\\nz\\n", "...\n2 == 3\n...\n"), {"\n2 == 3": "\n1 == 3"}),
        (PRINTS.format("x\\ny\\n", "...\ngone\n"), {"gone\n": ""}),
        (PRINTS.format("1 == 3\\na\\nb\\nin 0.99s\\n", "2 == 3\n...\nin 0.31s\n"), {"\n2 == 3": "\n1 == 3"}),
        (PRINTS.format("in 2.00s\\nb\\nc\\n", "in 1.00s\nb\n"), {"\nb\n": "\nb\nc\n"}),
    ],
)
def test_what_differs_is_rewritten_and_no_more(run: Run, tmp_path: Path, body: str, changes: dict[str, str]) -> None:
    if "false" in body:
        refuse(run, 10, "exits with 1", body, do=refresh)
    else:
        run(body, do=refresh)
    for old, new in changes.items():
        body = body.replace(old, new)
    assert (tmp_path / "chapters/ch02_fixture/lesson.md").read_text() == lesson(body)


def test_the_measurement_of_mutations_judges_rightly(tmp_path: Path) -> None:
    chapters = write_course(tmp_path / "chapters")
    write_lock(build(chapters, tmp_path / "repository"), chapters)
    page = mutate.read(chapters / "ch02_fixture" / "lesson.md")
    printed = mutate.printed_by(page, chapters, Settings(path=BIN), tmp_path)
    slips = ('f"hello', 'f"hallo', "static"), ("2 passed in", "3 passed in", "replay"), ("0.01s", "0.02s", "missed")
    for old, new, found_by in slips:
        line = SECOND.count("\n", 0, SECOND.index(old))
        spot = next(spot for spot in mutate.spots(page) if spot.line == line)
        assert mutate.judge(spot, SECOND.replace(old, new, 1), chapters, printed, tmp_path) == found_by
    assert page.file.read_text() == SECOND


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.name}-{row.example[:20]}")
def test_each_row_does_what_its_example_says(row: Normaliser) -> None:
    assert re.sub(row.pattern, row.becomes, row.example) == row.hidden
    assert re.sub(row.pattern, row.becomes, row.hidden) == row.hidden, "a placeholder is not normalised again"


MEANT = """
{"start_date":"2026-01-05"}
MYSQL_CONNECT_TIMEOUT: 5s
tortoise-orm==1.1.9
1 failed, 12 passed
| 8.5 |
Duplicate entry 'aB3' for key
| CreateMeetingResponse |
""".splitlines()


def test_what_a_lesson_means_is_compared_as_it_is_and_a_table_laid_out_anew_when_a_value_was_hidden() -> None:
    assert normalise(MEANT) == MEANT
    short = ["+----+", "| url_code              |", "+-----------------------+", "| 7MIHUeqyp51SlIbp60aod |"]
    long = ["+----+", "| url_code               |", "+------------------------+", "| 7MIHUeqyp51SlIbp60aods |"]
    assert normalise(short) == normalise(long) == ["+-+", "|url_code|", "+-+", "|<url-code>|"]


def test_the_page_for_authors_lists_every_normaliser() -> None:
    section = (CLONE / "docs/lesson-format.md").read_text(encoding="utf-8").partition("## Normalisers")[2]
    listed = re.findall(r"^\| ([a-z-]+) \|", section.partition("\n## ")[0], re.MULTILINE)
    assert set(listed) - {"name"} == {row.name for row in TABLE}
