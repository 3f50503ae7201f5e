"""Every notebook, run from top to bottom on the real MySQL; a bad one is noticed; and what cells import."""

import os
import socket
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from workbook import notebook
from workbook.mysql.login import create_database, cursor, databases
from workbook.mysql.server import Server
from workbook.pages import notebooks as book
from workbook.place import CHAPTERS, CLONE, TEMPLATE
from workbook.say import Problem

PLANTED = Path("planted.ipynb")


@pytest.fixture
def given(mysql: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server of this run, named in the environment as a student names one."""
    for name, value in mysql.environment().items():
        monkeypatch.setenv(name, value)
    return mysql


def planted(*code: str) -> NotebookNode:
    return new_notebook(cells=[new_markdown_cell("# Planted", id="title"), *map(new_code_cell, code)])


def test_there_is_a_notebook_for_every_chapter() -> None:
    chapters = [folder.name.partition("_")[0] for folder in sorted(CHAPTERS.glob("ch*_*"))]
    assert [pair.english.stem for pair in book.both()] == chapters


def kinds(notebook: NotebookNode) -> list[tuple[str, list[object]]]:
    """What kinds of outputs each cell has: a stream with its name, or the formats that are shown. They may say more."""
    outputs = [(cell.id, cell.get("outputs", [])) for cell in notebook.cells]
    return [(name, [each.get("name", sorted(each.get("data", {}))) for each in own]) for name, own in outputs]


@pytest.mark.parametrize("path", [pair.english for pair in book.both()], ids=lambda path: path.stem)
def test_a_notebook_runs_and_its_outputs_are_of_the_kinds_in_the_file(path: Path, mysql: Server, once) -> None:
    style = path.with_name("plots.mplstyle")
    with once("notebooks", path.stem, [path, style, TEMPLATE / "app", TEMPLATE / ".github", mysql.version]):
        committed, fresh = book.read(path), book.read(path)
        book.execute(path, fresh, mysql)
        assert list(book.broken(fresh)) == []
        assert kinds(fresh) == kinds(committed)


def test_another_kind_of_output_is_noticed_and_another_text_is_not() -> None:
    old, new, other = planted("1"), planted("1"), planted("1")
    old.cells[1].outputs, new.cells[1].outputs = ([new_output("stream", text=text)] for text in "ab")
    other.cells[1].outputs = [new_output("display_data", {"image/png": "aGk="})]
    new.cells[1].id = other.cells[1].id = old.cells[1].id
    assert kinds(old) == kinds(new) != kinds(other)


def test_a_failing_cell_is_shown_with_its_error(mysql: Server) -> None:
    with pytest.raises(Problem, match=r"planted\.ipynb: a cell failed") as raised:
        book.execute(PLANTED, planted("few, many = 2, 1", "assert few < many, 'there are more now'"), mysql)
    assert "AssertionError: there are more now" in raised.value.why
    assert "\x1b" not in raised.value.why


def test_a_database_and_a_user_left_behind_are_named(given: Server) -> None:
    leave = (
        "from workbook import notebook",
        "from pymysql import connect",
        'notebook.fresh_database("nb_planted_1")',
        'connect(**notebook.login()).cursor().execute("CREATE USER nb_planted")',
    )
    try:
        with pytest.raises(Problem, match=r"left something behind: database nb_planted_1, user nb_planted\."):
            book.execute(PLANTED, planted(*leave), given)
    finally:
        notebook.drop_database("nb_planted_1")
        with cursor(given) as ask:
            ask.execute("DROP USER nb_planted")


@pytest.mark.usefixtures("given")
def test_a_run_writes_the_outputs_into_both_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder := tmp_path / "notebooks").mkdir()
    for path in (CLONE / "notebooks").glob("ch37*.ipynb"):
        shortened = book.read(path)
        shortened.cells = shortened.cells[:2]  # the title, and the cell that connects
        shortened.cells[1].execution_count = None
        book.write(folder / path.name, shortened)
    monkeypatch.setenv("WORKBOOK_MYSQL", "given")  # this run's own throwaway server
    book.notebooks("run", root=tmp_path)
    assert [book.read(each).cells[1].execution_count for each in folder.iterdir()] == [1, 1]


def test_a_notebooks_database_is_made_anew_and_somebodys_is_left_alone(given: Server) -> None:
    assert notebook.login() == {name: getattr(given, name) for name in ("host", "port", "user", "password")}
    name, mine = f"nb_{os.getpid()}", f"mine_{os.getpid()}"
    for each in (name, mine):
        create_database(given, each)
    try:
        with cursor(given, name) as ask:
            ask.execute("CREATE TABLE left_behind (id INT)")
        assert notebook.fresh_database(name) == name
        with cursor(given, name) as ask:
            assert ask.execute("SHOW TABLES") == 0
        notebook.drop_database(name)
        notebook.drop_database(name)  # nothing there, nothing said
        with pytest.raises(ValueError, match=f"begin with nb_; {mine} is left alone"):
            notebook.fresh_database(mine)
        assert {name, mine} & {*databases(given)} == {mine}
    finally:
        notebook.drop_database(name)
        with cursor(given) as ask:
            ask.execute(f"DROP DATABASE {mine}")


def test_jupyter_shows_the_sentence_and_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_HOME", str(tmp_path))
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        gone = Server("127.0.0.1", port, "root", "1234", "9.7.4", "gone")
        cells = ("from workbook import notebook", "notebook.login()")
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(Problem) as raised:
            book.execute(PLANTED, planted(*cells), gone)
    assert f"Nothing listens on 127.0.0.1:{port}." in raised.value.why
    assert "workbook db up" in raised.value.why
    assert "Traceback" not in raised.value.why
