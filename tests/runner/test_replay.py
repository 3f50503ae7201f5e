"""Every kind of rot in a lesson is found by replaying it, with the line where it stands."""

from collections.abc import Callable

import pytest

from tests.lesson.course import SECOND, lesson, line_of
from tests.runner.conftest import Run
from workbook.lesson.errors import LessonError

COMMIT = '\n```console\n$ git add -A\n$ git commit -m "More"\n```\n'


def refused(run: Callable[[], None]) -> LessonError:
    with pytest.raises(LessonError) as error:
        run()
    return error.value


def test_a_lesson_that_tells_the_truth_passes(run: Run) -> None:
    run(second=SECOND)


def test_the_first_chapter_starts_in_an_empty_directory(run: Run) -> None:
    run(first=lesson("```console\n$ ls -A\n```\n"), second=lesson(""), chapter="ch01")


def test_a_later_chapter_starts_on_a_branch_with_the_ignored_files(run: Run) -> None:
    run("```console\n$ git branch --show-current\nmy-work\n$ cat .env\nNAME=world\n$ git status --short\n```\n")


def test_a_changed_output_is_named_with_its_line_and_both_sides(run: Run) -> None:
    text = SECOND.replace("2 passed in 0.01s", "3 passed in 0.01s")
    error = refused(lambda: run(second=text))
    assert error.line == line_of(text, "3 passed")
    assert "`python -m pytest -q -p no:asyncio` does not print what is shown." in error.what
    assert "expected: 3 passed in 0.01s\n     got: 2 passed in " in error.why


def test_an_output_that_is_not_shown_is_an_error(run: Run) -> None:
    error = refused(lambda: run("```console\n$ true\n$ echo hi\n```\n"))
    assert (error.line, "got: hi" in error.why) == (10, True)


def test_a_changed_listing_is_found_by_what_it_does(run: Run) -> None:
    text = SECOND.replace('+    return f"hello {name}"', '+    return f"hello  {name}"')
    error = refused(lambda: run(second=text))
    assert error.line == line_of(text, "2 passed") - 2
    assert "exits with 1, and the lesson does not announce it" in error.what


def test_a_command_that_exits_non_zero_unannounced_is_an_error(run: Run) -> None:
    error = refused(lambda: run("```console\n$ true\n$ echo why; exit 3\n```\n"))
    assert error.line == 9
    assert "`echo why; exit 3` exits with 3, and the lesson does not announce it." in error.what
    assert "    why" in error.why
    assert "<!-- exit: 3 -->" in error.ways[0]


def test_a_command_that_exits_with_zero_against_the_announcement_is_an_error(run: Run) -> None:
    error = refused(lambda: run("<!-- exit: 1 -->\n```console\n$ true\n```\n"))
    assert "exits with 0, and the lesson announces 1" in error.what


def test_a_command_that_does_not_end_is_killed(run: Run) -> None:
    error = refused(lambda: run("```console\n$ cat /dev/zero >/dev/null\n```\n", timeout=0.3))
    assert "is not done after 0.3 seconds" in error.what


def test_directory_and_exported_variables_last(run: Run) -> None:
    run(
        "```console\n$ export A='x y' && B=2\n$ mkdir -p /tmp/nowhere; cd ..\n$ pwd\n/home/student\n"
        '$ echo "$A|$B"\nx y|\n$ cd when2meet && cat <<END\n> $A\n> END\nx y\n```\n'
    )


def test_the_environment_is_the_students_own(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "x")
    run(
        '```console\n$ echo "$HOME|$NO_COLOR|$TERM|$COLUMNS|$LANG|$SECRET|$MYSQL_PORT"\n'
        "/home/student|1|dumb|80|C.UTF-8||\n"
        "$ git config user.name\nStudent\n```\n"
    )


class TestFilesThatCommandsChange:
    MAKE = "```console\n$ printf 'one\\ntwo\\n' > made.txt\n```\n\n"

    def test_shown_as_they_are_they_are_right(self, run: Run) -> None:
        run(self.MAKE + '```text title="made.txt"\none\ntwo\n```\n' + COMMIT)

    def test_shown_otherwise_the_first_difference_is_named(self, run: Run) -> None:
        error = refused(lambda: run(self.MAKE + '```text title="made.txt"\none\n2\n```\n' + COMMIT))
        assert error.line == 13
        assert "leaves made.txt otherwise than shown here" in error.what
        assert "expected: 2\n     got: two" in error.why

    def test_a_diff_shows_them_too(self, run: Run) -> None:
        change = "```console\n$ echo '# more' >> greet.py\n```\n\n"
        diff = '```diff title="greet.py"\n@@\n     return "hello"\n+# more\n```\n'
        run(change + diff + COMMIT)
        error = refused(lambda: run(change + diff.replace("more", "less") + COMMIT))
        assert error.line == 11

    def test_never_shown_they_are_an_error(self, run: Run) -> None:
        error = refused(lambda: run(self.MAKE + '```text title="x"\n```\n' + COMMIT))
        assert error.line == 8
        assert "makes made.txt, and the lesson never shows it" in error.what

    def test_changed_and_never_shown_they_are_an_error_at_the_end_too(self, run: Run) -> None:
        error = refused(lambda: run("```console\n$ echo 1 > greet.py\n```\n"))
        assert "`echo 1 > greet.py` changes greet.py, and the lesson never shows it" in error.what

    def test_left_out_or_ignored_they_are_nobodys(self, run: Run) -> None:
        run(
            '```text title="x"\n```\n\n'
            + self.MAKE
            + "```console\n$ mkdir __pycache__ && echo 1 > __pycache__/x\n```\n"
            + COMMIT,
            more="left_out: [made.txt]\n",
        )


def test_a_commit_that_holds_less_than_historys_is_an_error(run: Run) -> None:
    body = '```text title="x"\n```\n\n```text title="y"\n```\n\n```console\n$ git add x\n$ git commit -m "Half"\n```\n'
    error = refused(lambda: run(body))
    assert error.line == 15
    assert "y is not in this commit, but in history's" in error.what


def test_moved_and_removed_files_are_where_history_has_them(run: Run) -> None:
    run('```console\n$ git mv greet.py hello.py\n$ cp .env .env.old && rm .env.old\n$ git commit -m "Move"\n```\n')


# The same state, compressed at two levels: other bytes, the same meaning.
FAST, SMALL = "eAGrVkpUslIw1FFQSgLSRrUAH2EDpw==", "eNqrVkpUslIw1FFQSgLSRrUAH2EDpw=="
OTHER = "eJyrVkpUslIw0lFQSgLSxrUAH20DqQ=="


class TestMadeFiles:
    NAME = "migrations/models/0_20260105093000_init.py"

    def lesson(self, shown: str) -> str:
        make = (
            "```console\n$ mkdir -p migrations/models\n$ cat > migrations/models/0_20261231235959_init.py <<END\n"
            f'> SQL = "CREATE"\n> MODELS_STATE = (\n>     "{SMALL}"\n> )\n> END\n```\n\n'
        )
        return make + f'```python title="{self.NAME}"\n{shown}\n```\n' + COMMIT

    def made(self, tmp_path, text: str) -> None:
        path = tmp_path / "chapters" / "ch02_fixture" / "made" / self.NAME
        path.parent.mkdir(parents=True)
        path.write_text(text)

    def test_date_and_blob_may_differ(self, run: Run, tmp_path) -> None:
        self.made(tmp_path, f'SQL = "CREATE"\nMODELS_STATE = (\n    "{FAST}"\n)\n')
        run(self.lesson('SQL = "CREATE"\n...'))

    def test_the_text_may_not(self, run: Run, tmp_path) -> None:
        self.made(tmp_path, f'SQL = "CREATE TABLE"\nMODELS_STATE = (\n    "{FAST}"\n)\n')
        error = refused(lambda: run(self.lesson('SQL = "CREATE TABLE"\n...')))
        assert error.line == 17
        assert 'expected: SQL = "CREATE TABLE"\n     got: SQL = "CREATE"' in error.why

    def test_nor_the_state(self, run: Run, tmp_path) -> None:
        self.made(tmp_path, f'SQL = "CREATE"\nMODELS_STATE = (\n    "{OTHER}"\n)\n')
        error = refused(lambda: run(self.lesson('SQL = "CREATE"\n...')))
        assert "does not make what made/" in error.what

    def test_shown_before_it_is_made_it_is_an_error(self, run: Run, tmp_path) -> None:
        self.made(tmp_path, "x\n")
        error = refused(lambda: run(f'```python title="{self.NAME}"\nx\n```\n' + COMMIT))
        assert "no command has made" in error.what


SERVE = (
    "python -u -c \"import http.server, os; print('port', os.environ['UVICORN_PORT']); "
    "http.server.test(http.server.SimpleHTTPRequestHandler, port=int(os.environ['UVICORN_PORT']), bind='127.0.0.1')\""
)


class TestBackground:
    def test_a_server_is_waited_for_and_stopped(self, run: Run) -> None:
        run(
            f"<!-- background -->\n```console\n$ {SERVE}\nport 8000\n"
            "Serving HTTP on 127.0.0.1 port 8000 (http://127.0.0.1:8000/) ...\n```\n\n"
            "```console\n$ curl -s http://localhost:8000/.env\nNAME=world\n```\n\n<!-- stop -->\n\n"
            "<!-- exit: 7 -->\n```console\n$ curl -s http://localhost:8000/.env\n```\n"
        )

    def test_a_server_that_is_never_stopped_is_an_error(self, run: Run) -> None:
        error = refused(lambda: run(f"<!-- background -->\n```console\n$ {SERVE}\n```\n"))
        assert "never stopped" in error.what

    def test_a_server_that_ends_is_an_error(self, run: Run) -> None:
        error = refused(
            lambda: run("<!-- background -->\n```console\n$ echo no; exit 2\nready\n```\n\n<!-- stop -->\n")
        )
        assert error.line == 9
        assert "ends with 2 instead of going on" in error.what

    def test_a_server_that_never_shows_its_lines_is_an_error(self, run: Run) -> None:
        error = refused(
            lambda: run(f"<!-- background -->\n```console\n$ {SERVE}\nready\n```\n\n<!-- stop -->\n", patience=0.4)
        )
        assert error.line == 10

    def test_stop_without_a_server_is_an_error(self, run: Run) -> None:
        assert "nothing runs in the background" in refused(lambda: run("<!-- stop -->\n")).what


class TestPythonSessions:
    def test_a_session_awaits_keeps_names_and_shows_errors(self, run: Run) -> None:
        run(
            "```pycon\n>>> from greet import greet\n>>> greet('you')\n'hello'\n"
            ">>> async def one():\n...     return 1\n...\n"
            ">>> await one()\n1\n>>> asyncio.get_running_loop().is_running()\nTrue\n>>> 1 / 0\n"
            "Traceback (most recent call last):\n...\nZeroDivisionError: division by zero\n```\n"
        )

    def test_a_changed_answer_is_named_with_its_line(self, run: Run) -> None:
        error = refused(lambda: run("```pycon\n>>> 1 + 1\n3\n```\n"))
        assert (error.line, "got: 2" in error.why) == (9, True)


MISTAKE = """---
title: The greeting is misspelt
tag: ch01
error: "hullo"
---

```diff title="greet.py"
@@
-    return "hello"
+    return "{planted}"
```

```console
$ python -c "import greet; print(greet.greet(''))" | tee seen.txt
hullo
```

```diff title="greet.py"
@@
-    return "{planted}"
+    return "hello"
```

```console
$ python -c "import greet; print(greet.greet(''))"
hello
```
"""


def test_a_mistake_is_planted_seen_and_cured(err: Callable[[str], None]) -> None:
    err(MISTAKE.format(planted="hullo"))
    assert refused(lambda: err(MISTAKE.format(planted="hallo"))).line == 15
    assert (
        "history has no tag `ch09`"
        in refused(lambda: err(MISTAKE.format(planted="hullo").replace("ch01", "ch09"))).what
    )
