"""What cells import: it finds the MySQL, says in a sentence when there is none, and drops only its own databases."""

import os
import socket
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from workbook import notebook
from workbook.login import create_database, cursor, databases
from workbook.mysql.server import Server
from workbook.notebooks import execute
from workbook.say import Problem


@pytest.fixture
def given(mysql: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server of this run, named in the environment as a student names one."""
    for name, value in mysql.environment().items():
        monkeypatch.setenv(name, value)
    return mysql


def test_the_login_is_what_drivers_take(given: Server) -> None:
    login = {"host": given.host, "port": given.port, "user": given.user, "password": given.password}
    assert notebook.login() == login


def test_a_database_left_behind_by_an_interrupted_run_is_made_anew(given: Server) -> None:
    name = f"nb_{os.getpid()}"
    try:
        create_database(given, name)
        with cursor(given, name) as ask:
            ask.execute("CREATE TABLE left_behind (id INT)")
        assert notebook.fresh_database(name) == name
        with cursor(given, name) as ask:
            assert ask.execute("SHOW TABLES") == 0
    finally:
        notebook.drop_database(name)
    assert name not in databases(given)
    notebook.drop_database(name)  # nothing there, nothing said


def test_a_database_that_may_be_somebodys_is_left_alone(given: Server) -> None:
    name = f"mine_{os.getpid()}"
    create_database(given, name)
    try:
        with pytest.raises(ValueError, match=f"begin with nb_; {name} is left alone"):
            notebook.fresh_database(name)
        assert name in databases(given)
    finally:
        with cursor(given) as ask:
            ask.execute(f"DROP DATABASE {name}")


def test_jupyter_shows_the_sentence_and_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_HOME", str(tmp_path))
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        gone = Server("127.0.0.1", port, "root", "1234", "9.7.4", "gone")
        cells = [new_code_cell("from workbook import notebook"), new_code_cell("notebook.login()")]
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(Problem) as raised:
            execute(Path("planted.ipynb"), new_notebook(cells=cells), gone)
    assert f"Nothing listens on 127.0.0.1:{port}." in raised.value.why
    assert "workbook db up" in raised.value.why
    assert "Traceback" not in raised.value.why
