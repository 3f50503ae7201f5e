"""What tests of several rooms share."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from workbook.mysql import free_port, local, programs
from workbook.mysql.login import cursor
from workbook.mysql.server import Server, Unavailable


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The whole student takes minutes: whoever starts it last keeps everybody waiting."""
    items.sort(key=lambda item: "test_whole_student" not in item.nodeid)


@pytest.fixture(autouse=True)
def _no_server_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test hears of a server, a rung or a Docker engine of the person who runs the tests."""
    for name in [name for name in os.environ if name.startswith("MYSQL_")] + ["WORKBOOK_MYSQL", "DOCKER_HOST"]:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def programs_home() -> Path:
    """A folder like `.workbook/mysql` that holds the server programs and a pristine data directory."""
    with programs.held() as folder:
        if not list(folder.glob("pristine-*[!lq]")):
            try:
                local.start(use="test").stop()
            except Unavailable as reason:
                pytest.fail(f"the local rung cannot be tested here: {reason}")
    return folder


@pytest.fixture
def home(programs_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A private folder of the test's own, as after the first `workbook db up`: programs and data are there.

    The rung is fixed to the local one, so that the test does the same with and without a Docker engine.
    """
    folder = private_home(programs_home, tmp_path / "home")
    monkeypatch.setenv("WORKBOOK_HOME", str(folder.parent))
    monkeypatch.setenv("WORKBOOK_MYSQL", "local")
    return folder


def private_home(programs_home: Path, home: Path) -> Path:
    """Bring programs and data into a folder that WORKBOOK_HOME may name; what is MySQL's in it."""
    folder = home / "mysql"
    folder.mkdir(parents=True)
    if (programs_home / "server").exists():
        (folder / "server").symlink_to(programs_home / "server")
    (pristine,) = programs_home.glob("pristine-*[!lq]")
    shutil.copytree(pristine, folder / "data")
    (folder / "port").write_text(f"{free_port()}\n")
    return folder


@contextmanager
def account(server: Server, password: str, state: str = "") -> Iterator[Server]:
    """The server as an account sees it that is made for a test, may do nothing yet, and is dropped afterwards."""
    name = f"account_{os.getpid()}"
    with cursor(server) as ask:
        ask.execute(f"CREATE USER {name} IDENTIFIED BY %s {state}", (password,))
        try:
            yield replace(server, user=name, password=password)
        finally:
            ask.execute(f"DROP USER {name}")
