"""The notebooks are whole, in step and run on the real MySQL; each kind of rot is planted and noticed."""

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from workbook import notebook
from workbook.mysql import programs
from workbook.mysql.login import create_database, cursor, databases
from workbook.mysql.server import Server
from workbook.pages import notebooks as book
from workbook.pages.translation import Pair
from workbook.pages.translation.page import ran
from workbook.pages.translation.sync import accept, sync
from workbook.place import CHAPTERS, CLONE, TEMPLATE
from workbook.say import Problem

LARGEST = 300_000
"""Bytes of a notebook; a clone downloads every version of it."""
PLANTED = Path("planted.ipynb")


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    """Copies of a committed notebook in both languages."""
    (tmp_path / "notebooks").mkdir()
    for path in (CLONE / "notebooks").glob("ch37*.ipynb"):
        shutil.copy(path, tmp_path / "notebooks")
    (pair,) = book.both(tmp_path)
    return pair


@pytest.fixture
def given(mysql: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server of this run, named in the environment as a student names one."""
    for name, value in mysql.environment().items():
        monkeypatch.setenv(name, value)
    return mysql


def faults(pair: Pair) -> list[str]:
    return book.faults(pair, pair.english.parents[1])


def change(path: Path, cell: str, plant: Callable[[NotebookNode], object]) -> None:
    notebook = book.read(path)
    plant(next(each for each in notebook.cells if each.id == cell))
    book.write(path, notebook)


def put(key: str, value: object) -> Callable[[NotebookNode], None]:
    return lambda cell: cell.update({key: value})


def planted(*code: str) -> NotebookNode:
    return new_notebook(cells=[*map(new_code_cell, code)])


def describe(cell: NotebookNode) -> None:
    cell.metadata["alt"] = "A drawing of the workflow's boxes."


def lead_elsewhere(cell: NotebookNode) -> None:
    cell.source = cell.source.replace("exit-code-swallowed.ko", "exit-code-lost.ko")


def printed(kind: str, **output: object) -> Callable[[NotebookNode], None]:
    return put("outputs", [new_output(kind, **output)])


# The language, the cell, what is done to it, and what is said.
FAULTS = {
    "never run": ("english", "setup", put("execution_count", None), "was executed as number None; from top to bottom"),
    "an error": ("english", "setup", printed("error", ename="ValueError", evalue="no"), "ended with ValueError: no"),
    "a warning": ("english", "setup", printed("stream", name="stderr", text="old"), "wrote to standard error"),
    "a path": ("english", "setup", printed("stream", text="in /home/min/x.py\n"), "place of the machine: /home/min"),
    "no description": ("english", "graph", put("metadata", {}), "draws 1 pictures, and each needs one text"),
    "two pictures": ("english", "graph", lambda cell: put("outputs", cell.outputs * 2)(cell), "draws 2 pictures, and"),
    "a description of nothing": ("english", "setup", describe, "draws 0 pictures, and each needs one text"),
    "other code": ("korean", "setup", put("source", "print(2)"), "here is the fence `print(2)`"),
    "other outputs": ("korean", "graph", printed("display_data", data={"text/plain": "1"}), "here is the fence"),
    "no Korean text": ("korean", "question", put("source", "# What a green tick hangs on"), "has no Korean text"),
    "an English description": ("korean", "graph", describe, "has no Korean text"),
    "no stamp": ("korean", "ready-meaning", put("metadata", {}), "was not written from the text that"),
    "a Korean word that nobody put there": ("korean", "ready", put("metadata", {}), "here is the fence"),
    "no Korean description": ("korean", "graph", lambda cell: cell.metadata.pop("alt"), "here is the end `no more`"),
    "another link": ("korean", "exit-codes-meaning", lead_elsewhere, "the links of `exit-codes-meaning` are not those"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named(fault: str, pair: Pair) -> None:
    language, cell, plant, sentence = FAULTS[fault]
    assert faults(pair) == []
    change(getattr(pair, language), cell, plant)
    found = faults(pair)
    assert any(sentence in each and (language == "korean" or f"cell {cell} " in each) for each in found), found


def test_a_cell_too_few_and_a_missing_notebook_are_named(pair: Pair) -> None:
    notebook = book.read(pair.korean)
    del notebook.cells[2]
    book.write(pair.korean, notebook)
    assert "here is the heading `code graph`" in faults(pair)[0]
    pair.korean.unlink()
    assert faults(pair) == ["ch37.ko.ipynb is missing"]
    sync(pair)
    assert pair.korean.read_text() == pair.english.read_text(), "it comes over in English"


def test_code_and_outputs_come_over_and_korean_texts_stay_until_the_english_ones_change(pair: Pair) -> None:
    def words() -> list[str]:
        return [each.source for each in book.read(pair.korean).cells if each.cell_type == "markdown"]

    before = words()
    change(pair.english, "setup", put("source", "import os"))
    assert (sync(pair), sync(pair)) == (True, False)
    assert faults(pair) == []
    change(pair.english, "question", lambda cell: cell.update(source=f"{cell.source}\n\nOne sentence more."))
    sync(pair)
    assert words() == before
    (stale,) = faults(pair)
    assert "`question` was not written from the text" in stale
    assert accept(f"{pair.korean}#question", pair.english.parents[1])[1] == 1
    assert faults(pair) == []


def test_a_charts_words_stay_korean_when_the_code_changes_and_outputs_are_each_ones_own(pair: Pair) -> None:
    def cell(path: Path, name: str) -> NotebookNode:
        return next(each for each in book.read(path).cells if each.id == name)

    code = cell(pair.english, "graph").source
    change(pair.english, "graph", put("source", code.replace("fontsize=8.5", "fontsize=9")))
    drawn = cell(pair.korean, "graph").outputs
    sync(pair)
    assert faults(pair) == []
    korean = cell(pair.korean, "graph")
    assert "fontsize=9" in korean.source
    assert "서비스 {service_name}" in korean.source
    assert korean.outputs == drawn != cell(pair.english, "graph").outputs


def test_there_is_a_notebook_for_every_chapter() -> None:
    chapters = [folder.name.partition("_")[0] for folder in sorted(CHAPTERS.glob("ch*_*"))]
    assert sorted(pair.english.stem for pair in book.both()) == chapters


@pytest.mark.parametrize("pair", book.both(), ids=lambda pair: pair.english.stem)
def test_a_committed_notebook_is_whole_small_and_as_our_own_tool_writes_it(pair: Pair, tmp_path: Path) -> None:
    assert book.faults(pair) == []
    for each in (pair.english, pair.korean):
        book.write(tmp_path / each.name, book.read(each))
        assert (tmp_path / each.name).read_bytes() == each.read_bytes()
        assert each.stat().st_size < LARGEST
    charts = [each for each in book.read(pair.korean).cells if "words" in each.metadata]
    assert charts
    assert [word for each in charts for word in each.metadata.words.values() if word not in each.source] == []


RUNS = [pair.english for pair in book.both()]
RUNS += [pytest.param(pair.korean, marks=pytest.mark.slow) for pair in book.both()]


@pytest.mark.parametrize("path", RUNS, ids=lambda path: path.stem)
def test_a_notebook_runs_and_its_outputs_are_of_the_kinds_in_the_file(path: Path, mysql: Server, once) -> None:
    style, figures = path.with_name("plots.mplstyle"), CLONE / "benchmarks/image.json"
    with once("notebooks", path.stem, [path, style, figures, TEMPLATE / "app", TEMPLATE / ".github", mysql.version]):
        committed, fresh = book.read(path), book.read(path)
        book.execute(path, fresh, mysql)
        # A letter that the chart's font lacks would be a warning on standard error.
        assert list(book.broken(fresh)) == []
        assert [*map(ran, fresh.cells)] == [*map(ran, committed.cells)]


def test_a_failing_cell_is_shown_with_its_error(mysql: Server) -> None:
    with pytest.raises(Problem, match=r"planted\.ipynb: a cell failed") as raised:
        book.execute(PLANTED, planted("few, many = 2, 1", "assert few < many, 'there are more now'"), mysql)
    assert "AssertionError: there are more now" in raised.value.why
    assert "\x1b" not in raised.value.why


def test_a_database_and_a_user_left_behind_are_named(given: Server) -> None:
    connect = "from workbook import notebook\nfrom pymysql import connect\nnotebook.fresh_database('nb_planted_1')"
    leave = "connect(**notebook.login()).cursor().execute('CREATE USER nb_planted')"
    try:
        with pytest.raises(Problem, match=r"left something behind: database nb_planted_1, user nb_planted\."):
            book.execute(PLANTED, planted(connect, leave), given)
    finally:
        notebook.drop_database("nb_planted_1")
        with cursor(given) as ask:
            ask.execute("DROP USER nb_planted")


@pytest.mark.usefixtures("given")
def test_a_run_writes_the_outputs_into_both_languages(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (pair.english, pair.korean):
        shortened = book.read(path)
        shortened.cells = shortened.cells[:2]  # the title, and the cell that connects
        shortened.cells[1].execution_count = None
        book.write(path, shortened)
    monkeypatch.setenv("WORKBOOK_MYSQL", "given")  # this run's own throwaway server
    book.notebooks("run", root=pair.english.parents[1])
    assert [book.read(each).cells[1].execution_count for each in (pair.english, pair.korean)] == [1, 1]


def test_a_notebooks_database_is_made_anew_and_somebodys_is_left_alone(given: Server) -> None:
    name, mine = f"nb_{os.getpid()}", f"mine_{os.getpid()}"
    create_database(given, name)
    try:
        with cursor(given, name) as ask:
            ask.execute("CREATE TABLE left_behind (id INT)")
        assert notebook.fresh_database(name) == name
        with cursor(given, name) as ask:
            assert ask.execute("SHOW TABLES") == 0
        with pytest.raises(ValueError, match=f"begin with nb_; {mine} is left alone"):
            notebook.fresh_database(mine)
    finally:
        notebook.drop_database(name)
    assert name not in databases(given)


def test_jupyter_shows_the_sentence_and_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        gone = Server("127.0.0.1", nobody.getsockname()[1], "root", "1234", "9.7.4", "gone")
        with pytest.raises(Problem) as raised:
            book.execute(PLANTED, planted("from workbook import notebook", "notebook.login()"), gone)
    assert f"Nothing listens on 127.0.0.1:{gone.port}." in raised.value.why
    assert "Traceback" not in raised.value.why


def test_a_notebooks_own_mysql_keeps_what_it_has_when_it_is_killed_and_leaves_nothing(home: Path) -> None:
    own = notebook.Mysqld()
    try:
        create_database(own.server, "own")
        with cursor(own.server, "own") as ask:
            ask.execute("CREATE TABLE kept AS SELECT 7 AS number")
        address = own.login()
        own.kill()
        own.start()
        assert own.login() == address
        with cursor(own.server, "own") as ask:
            ask.execute("SELECT number FROM kept")
            assert ask.fetchall() == ((7,),)
    finally:
        own.stop()
        own.stop()
    assert list(home.glob("notebook-*")) == []


def test_where_no_mysql_can_start_the_sentence_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "ALSO_LOOK_IN", ())
    monkeypatch.setenv("WORKBOOK_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(notebook.NoServer, match="needs a MySQL of its own, and none can start") as raised:
        notebook.Mysqld()
    assert "there is no `mysqld` on PATH" in raised.value.why
