"""The rung that uses the server that a person named."""

import socket
from pathlib import Path

import pytest

from workbook.login import cursor
from workbook.mysql import given
from workbook.mysql.probe import Unanswered
from workbook.mysql.server import Server
from workbook.say import Problem

NOBODY = "no-such-host.invalid"


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


@pytest.fixture
def values(mysql: Server) -> dict[str, str]:
    return mysql.environment()


def lines(values: dict[str, str]) -> str:
    return "".join(f"{name}='{value}'\n" for name, value in values.items())


@pytest.mark.parametrize(
    ("environ", "file"),
    [
        ({"HOME": "/root", "MYSQL_DB": "when2meet_vod"}, None),
        ({}, "ENV=local\nMYSQL_DB=when2meet_vod\n# MYSQL_HOST=db.example.org\n"),
        ({"MYSQL_HOST": "", "MYSQL_PORT": "", "MYSQL_USER": ""}, "MYSQL_HOST=\nMYSQL_PORT\n"),
    ],
)
def test_nothing_given_is_no_server(env_file: Path, environ: dict[str, str], file: str | None) -> None:
    if file is not None:
        env_file.write_text(file)
    assert given.find(environ, env_file) is None


@pytest.mark.parametrize(
    ("in_environment", "in_file", "how"),
    [
        (
            "HOST PORT USER PASSWORD",
            "",
            "given by the environment (MYSQL_HOST, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD)",
        ),
        ("", "HOST PORT USER PASSWORD", "given by .env (MYSQL_HOST, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD)"),
        (
            "HOST",
            "PORT USER PASSWORD",
            "given by .env (MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD), the environment (MYSQL_HOST)",
        ),
    ],
)
def test_the_environment_wins_over_the_file_and_each_is_told(
    values: dict[str, str], env_file: Path, in_environment: str, in_file: str, how: str
) -> None:
    environ = {f"MYSQL_{name}": values[f"MYSQL_{name}"] for name in in_environment.split()}
    file = {f"MYSQL_{name}": values[f"MYSQL_{name}"] for name in in_file.split()}
    env_file.write_text(lines(dict.fromkeys(environ, NOBODY) | file))
    found = given.find(environ, env_file)
    assert found
    assert (found.environment(), found.how) == (values, how)


def test_what_is_not_given_is_as_in_the_notes(env_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(given, "probe", lambda *login: asked.append(login) or "8.4.7")
    given.find({"MYSQL_USER": "root"}, env_file)
    assert asked == [("localhost", 3306, "root", "1234")]


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
    mysql: Server, env_file: Path, written: str, password: str
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


def test_a_wrong_password_says_where_the_values_came_from(values: dict[str, str], env_file: Path) -> None:
    env_file.write_text("# the team's server\n\nMYSQL_PASSWORD=wrong\n")
    del values["MYSQL_PASSWORD"], values["MYSQL_USER"]
    with pytest.raises(Problem, match=r"wrong password, or no such account \(1045\)") as caught:
        given.find(values, env_file)
    assert caught.value.why.endswith(
        "The address is given by .env (MYSQL_PASSWORD), the environment (MYSQL_HOST, MYSQL_PORT)."
    )
    assert "take these values away" in caught.value.ways[-1]


def test_a_server_that_does_not_run_is_unanswered(env_file: Path) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        port = reserved.getsockname()[1]
        env_file.write_text(f"MYSQL_PORT={port}\n")
        with pytest.raises(Unanswered, match=rf"Nothing listens on localhost:{port}") as caught:
            given.find({}, env_file)
    assert "given by .env (MYSQL_PORT)" in caught.value.why


@pytest.mark.parametrize("port", ["33o6", "0", "65536", "-1", "3306.0", "३३०६"])
def test_a_port_that_is_no_number_names_its_source(env_file: Path, port: str) -> None:
    env_file.write_text(f"MYSQL_PORT={port}\n", encoding="utf-8")
    with pytest.raises(Problem) as caught:
        given.find({}, env_file)
    assert caught.value.what == f"MYSQL_PORT is not a port number: {port!r} (.env)."


def test_a_line_that_cannot_be_read_is_named_without_its_value(env_file: Path) -> None:
    env_file.write_text("ENV=local\n\nMYSQL_PASSWORD='it's'\n")
    with pytest.raises(Problem, match=r"\.env, line 3, cannot be read: MYSQL_PASSWORD=…") as caught:
        given.find({}, env_file)
    assert "it's" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "Is a directory"), ("MYSQL_PASSWORD=비밀".encode("cp949"), "it is not UTF-8 text")]
)
def test_a_file_that_cannot_be_read_is_named(env_file: Path, content: bytes | None, reason: str) -> None:
    if content is None:
        env_file.mkdir()
    else:
        env_file.write_bytes(content)
    with pytest.raises(Problem, match=rf"\.env cannot be read: {reason}"):
        given.find({}, env_file)
