"""The rung that uses the server that a person named."""

import socket
from pathlib import Path

import pytest

from workbook.login import cursor
from workbook.mysql import given
from workbook.mysql.probe import Unanswered
from workbook.mysql.server import Server
from workbook.say import Problem

NOBODY = "MYSQL_HOST=no-such-host.invalid"


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


@pytest.fixture
def values(mysql: Server) -> dict[str, str]:
    return mysql.environment()


def lines(values: dict[str, str]) -> str:
    return "".join(f"{name}='{value}'\n" for name, value in values.items())


def test_nothing_given_is_no_server(env_file: Path) -> None:
    assert given.find({"HOME": "/root", "MYSQL_DB": "when2meet_vod"}, env_file) is None
    env_file.write_text("ENV=local\nMYSQL_DB=when2meet_vod\n# MYSQL_HOST=db.example.org\n")
    assert given.find({}, env_file) is None


def test_the_environment_gives_the_server(mysql: Server, values: dict[str, str], env_file: Path) -> None:
    found = given.find(values, env_file)
    assert found
    assert (found.host, found.port, found.user, found.password) == (mysql.host, mysql.port, mysql.user, mysql.password)
    assert found.version == mysql.version
    assert found.how == "given by the environment (MYSQL_HOST, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD)"


def test_the_file_gives_the_server(values: dict[str, str], env_file: Path) -> None:
    env_file.write_text(lines(values))
    found = given.find({}, env_file)
    assert found
    assert found.environment() == values
    assert found.how == "given by .env (MYSQL_HOST, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD)"


def test_the_environment_wins_over_the_file(values: dict[str, str], env_file: Path) -> None:
    env_file.write_text(lines(values | {"MYSQL_HOST": "no-such-host.invalid"}))
    found = given.find({"MYSQL_HOST": values["MYSQL_HOST"]}, env_file)
    assert found
    assert found.how == "given by the environment (MYSQL_HOST), .env (MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD)"


def test_what_is_not_given_is_as_in_the_notes(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(given, "probe", lambda *login: asked.append(login) or "8.4.7")
    given.find({"MYSQL_USER": "root"}, env_file)
    assert asked == [("localhost", 3306, "root", "1234")]


def test_a_value_that_is_set_to_nothing_is_not_given(values: dict[str, str], env_file: Path) -> None:
    assert given.find({"MYSQL_HOST": "", "MYSQL_PORT": "", "MYSQL_USER": ""}, env_file) is None
    env_file.write_text("MYSQL_HOST=\nMYSQL_PORT\n")
    assert given.find({}, env_file) is None


@pytest.mark.parametrize(
    ("written", "password"),
    [
        ("'p$a#s ${HOME} s'", "p$a#s ${HOME} s"),
        ("p$a#s${HOME}", "p$a#s${HOME}"),
        ('"two words" # why', "two words"),
        ("비밀", "비밀"),
        ("", ""),
    ],
)
def test_a_password_in_the_file_is_taken_as_it_stands(
    mysql: Server, values: dict[str, str], env_file: Path, written: str, password: str
) -> None:
    env_file.write_text(
        f"MYSQL_HOST={mysql.host}\nexport MYSQL_PORT={mysql.port}\nMYSQL_USER=d_given\nMYSQL_PASSWORD={written}\n",
        encoding="utf-8",
    )
    with cursor(mysql) as ask:
        ask.execute("DROP USER IF EXISTS d_given")
        ask.execute("CREATE USER d_given IDENTIFIED BY %s", (password,))
        try:
            found = given.find({}, env_file)
        finally:
            ask.execute("DROP USER d_given")
    assert found
    assert found.password == password


def test_a_file_written_on_windows_is_read(values: dict[str, str], env_file: Path) -> None:
    env_file.write_bytes(b"\xef\xbb\xbf" + lines(values).replace("\n", "\r\n").encode())
    assert given.find({}, env_file)


def test_a_wrong_password_says_where_it_came_from(values: dict[str, str], env_file: Path) -> None:
    env_file.write_text("# the team's server\n\nMYSQL_PASSWORD=wrong\n")
    del values["MYSQL_PASSWORD"], values["MYSQL_USER"]
    with pytest.raises(Problem, match=r"wrong password, or no such account \(1045\)") as caught:
        given.find(values, env_file)
    assert caught.value.why.endswith(
        "MYSQL_HOST comes from the environment; MYSQL_PORT comes from the environment; "
        "MYSQL_PASSWORD comes from .env, line 3; MYSQL_USER is the default."
    )
    assert "take these values away" in caught.value.ways[-1]


def test_an_unknown_host_says_where_it_came_from(env_file: Path) -> None:
    env_file.write_text(f"{NOBODY}\n")
    with pytest.raises(Problem, match=r"No host is called 'no-such-host\.invalid'") as caught:
        given.find({}, env_file)
    assert "MYSQL_HOST comes from .env, line 1" in caught.value.why


def test_a_server_that_does_not_run_is_unanswered(env_file: Path) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        with pytest.raises(Unanswered, match=rf"Nothing listens on 127\.0\.0\.1:{port}") as caught:
            given.find({"MYSQL_HOST": "127.0.0.1", "MYSQL_PORT": str(port)}, env_file)
    assert "MYSQL_PORT comes from the environment" in caught.value.why


@pytest.mark.parametrize("port", ["33o6", "0", "65536", "-1", "3306.0", "३३०६"])
def test_a_port_that_is_no_number_names_its_line(env_file: Path, port: str) -> None:
    env_file.write_text(f"ENV=local\n\nMYSQL_PORT={port}\n", encoding="utf-8")
    with pytest.raises(Problem) as caught:
        given.find({}, env_file)
    assert caught.value.what == f"MYSQL_PORT is not a port number: {port!r} (.env, line 3)."


def test_a_port_that_is_no_number_names_the_environment(env_file: Path) -> None:
    with pytest.raises(Problem, match=r"MYSQL_PORT is not a port number: 'x' \(the environment\)"):
        given.find({"MYSQL_PORT": "x"}, env_file)


def test_a_line_that_cannot_be_read_is_named(env_file: Path) -> None:
    env_file.write_text("ENV=local\nMYSQL_PASSWORD='it's'\n")
    with pytest.raises(Problem, match=r"\.env, line 2, cannot be read") as caught:
        given.find({}, env_file)
    assert "it's" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(env_file: Path) -> None:
    env_file.mkdir()
    with pytest.raises(Problem, match=r"\.env cannot be read: Is a directory"):
        given.find({}, env_file)


def test_a_file_that_is_not_text_is_named(env_file: Path) -> None:
    env_file.write_bytes("MYSQL_PASSWORD=비밀".encode("cp949"))
    with pytest.raises(Problem, match=r"\.env cannot be read: it is not UTF-8 text"):
        given.find({}, env_file)


def test_stop_leaves_a_given_server_alone(mysql: Server, values: dict[str, str], env_file: Path) -> None:
    found = given.find(values, env_file)
    assert found
    found.stop()
    with cursor(mysql) as ask:
        assert ask.execute("SELECT 1")
