"""The order of the rungs, the server that a person named, the one finder of the server that runs."""

from pathlib import Path

import pytest

from tests.mysql.test_probe import HOST, account
from workbook.mysql import docker, free_port, ladder, local
from workbook.mysql.server import Server, Unanswered, Unavailable
from workbook.say import Problem


def unavailable(*_arguments: object, **_more: object) -> Server:
    raise Unavailable("not here")


@pytest.fixture(autouse=True)
def no_rung(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither Docker nor this machine serves, unless the test says so; what somebody runs here stays out of it."""
    for rung in (docker, local):
        monkeypatch.setattr(rung, "start", unavailable)
        monkeypatch.setattr(rung, "found", lambda *project: None)


def test_a_named_server_comes_first(mysql: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in mysql.environment().items():
        monkeypatch.setenv(name, value)
    assert ladder.climb(tmp_path, use="bound").how.startswith("given by the environment")
    found = ladder.running(tmp_path)
    assert found
    assert found.environment() == mysql.environment()
    with pytest.raises(Problem, match="No MySQL could be found"):
        ladder.climb(tmp_path, use="test")
    monkeypatch.setenv("WORKBOOK_MYSQL", "given")
    assert ladder.climb(tmp_path, use="test").port == mysql.port


def test_where_nothing_serves_each_rung_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Problem) as caught:
        ladder.climb(tmp_path, use="bound")
    named = f"  given: neither the environment nor {tmp_path / '.env'} names a server (MYSQL_HOST, …)"
    assert caught.value.why.splitlines()[1:] == [named, "  docker: not here", "  local: not here"]
    assert len(caught.value.ways) == 3
    assert ladder.running(tmp_path) is None
    monkeypatch.setenv("WORKBOOK_MYSQL", "podman")
    with pytest.raises(Problem, match="'podman', which is none of given, docker, local"):
        ladder.climb(tmp_path, use="test")


def test_a_silent_one_gives_way_unless_strict(mysql: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text(f"MYSQL_HOST={HOST}\nMYSQL_PORT={free_port()}\n")
    monkeypatch.setattr(local, "found", lambda: mysql)
    monkeypatch.setattr(docker, "start", lambda project, throwaway: pytest.fail("started another"))
    assert ladder.climb(tmp_path, use="detached") is mysql
    assert ladder.running(tmp_path) is mysql
    for rung in ("", "local"):
        monkeypatch.setenv("WORKBOOK_MYSQL", rung)
        with pytest.raises(Unanswered, match="Nothing listens on") as caught:
            ladder.running(tmp_path, strict=True)
        assert "given by .env (MYSQL_HOST, MYSQL_PORT)" in caught.value.why


def test_what_nobody_named_is_for_looking_at(mysql: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ladder, "DEFAULTS", mysql.environment())
    assert ladder.running(tmp_path) is None
    found = ladder.unnamed()
    assert found
    assert found.sentence.endswith("which neither the environment nor .env names")
    monkeypatch.setattr(ladder, "DEFAULTS", mysql.environment() | {"MYSQL_PORT": str(free_port())})
    assert ladder.unnamed() is None


def test_nothing_given_is_no_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("MYSQL_DB=when2meet_vod\n# MYSQL_HOST=db.example.org\nMYSQL_USER=\nMYSQL_PORT\n")
    for name in ("MYSQL_HOST", "MYSQL_PORT", "MYSQL_USER"):
        monkeypatch.setenv(name, "")
    assert ladder.given(tmp_path) is None


def test_the_environment_wins_over_the_file(mysql: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = (mysql.environment() | {"MYSQL_HOST": "no-such-host.invalid"}).items()
    (tmp_path / ".env").write_bytes("".join(f"{name}='{value}'\r\n" for name, value in lines).encode())
    monkeypatch.setenv("MYSQL_HOST", mysql.host)
    found = ladder.given(tmp_path)
    assert found
    assert found.environment() == mysql.environment()
    assert found.how == "given by .env (MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD), the environment (MYSQL_HOST)"
    monkeypatch.setenv("MYSQL_PASSWORD", "wrong")
    with pytest.raises(Problem, match=r"\(1045\)") as caught:
        ladder.given(tmp_path)
    assert caught.value.why.endswith("(MYSQL_PORT, MYSQL_USER), the environment (MYSQL_HOST, MYSQL_PASSWORD).")


@pytest.mark.parametrize("password", ["'p$a#s ${HOME} s'", "p$a#s${HOME}", "비밀", ""])
def test_a_password_in_the_file_is_taken_as_it_stands(mysql: Server, tmp_path: Path, password: str) -> None:
    written, password = password, password.strip("'")
    with account(mysql, password) as name:
        values = f"MYSQL_HOST={mysql.host}\nexport MYSQL_PORT={mysql.port}\nMYSQL_USER={name}\nMYSQL_PASSWORD={written}"
        (tmp_path / ".env").write_text(values, encoding="utf-8")
        found = ladder.given(tmp_path)
    assert found
    assert found.password == password


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"MYSQL_PORT=33o6", r"MYSQL_PORT is not a port number: '33o6' \(\.env\)"),
        (b"MYSQL_PORT=65536", "MYSQL_PORT is not a port number: '65536'"),
        ("MYSQL_PASSWORD=비밀".encode("cp949"), r"\.env cannot be read: it is not UTF-8 text"),
    ],
)
def test_values_that_cannot_be_used_are_named(tmp_path: Path, content: bytes, sentence: str) -> None:
    (tmp_path / ".env").write_bytes(content)
    with pytest.raises(Problem, match=sentence):
        ladder.given(tmp_path)
