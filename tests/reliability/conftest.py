"""A MySQL server of the test's own, which may fall silent, die and come back, and a project that is served on it."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from tests.new.conftest import owner, template  # noqa: F401 - a fixture
from tests.waiting import until
from workbook.mysql import free_port, local
from workbook.mysql.login import create_database, cursor
from workbook.mysql.server import Server
from workbook.new import new
from workbook.place import CLONE, TEMPLATE

DATABASE = "reliable"


@dataclass
class Mysqld:
    """A MySQL server with durable commits, whose process is at hand."""

    folder: Path
    server: Server

    @property
    def process(self) -> psutil.Process:
        """The server's process, while it runs."""
        found = local.running(self.folder)
        assert found, "MySQL does not run"
        return found[0]

    @contextmanager
    def silent(self) -> Iterator[None]:
        """It takes connections and bytes, and answers nothing."""
        process = self.process
        process.suspend()
        try:
            yield
        finally:
            process.resume()

    def kill(self) -> None:
        """As in a power cut, but for the disk."""
        process = self.process
        process.kill()
        process.wait()

    def start(self) -> None:
        """Start it again on its data, on its port."""
        before = self.server.port
        self.server = local.start(use="bound")
        assert self.server.port == before

    def ask(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """What it answers on a connection of its own, as root."""
        with cursor(self.server, DATABASE) as opened:
            opened.execute(statement, values)
            return list(opened.fetchall())


@pytest.fixture
def mysqld(home: Path) -> Iterator[Mysqld]:
    kept = Mysqld(home, local.start(use="bound"))
    create_database(kept.server, DATABASE)
    yield kept
    kept.server.stop()


@pytest.fixture(params=["template", "copy"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The template, or the folder that RELIABILITY_OF names, and what `workbook new shop` makes of it."""
    if request.param == "template":
        source = Path(os.environ.get("RELIABILITY_OF") or TEMPLATE)
        left_out = shutil.ignore_patterns(".env", ".venv", ".git", "__pycache__", ".*_cache")
        return Path(shutil.copytree(source, tmp_path / "template", ignore=left_out))
    clone: Path = request.getfixturevalue("template")
    return new("shop", tmp_path / "shop", template=clone, server=False)


@dataclass
class Served:
    """A project that is served, by the command of its image."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def ended(self) -> bool:
        """Whether its process has gone."""
        return self.process.poll() is not None


Serve = Callable[..., Served]


@pytest.fixture
def serve(project: Path, mysqld: Mysqld, tmp_path: Path) -> Iterator[Serve]:
    """Migrate the database and serve the project; keyword arguments are its settings."""
    started: list[subprocess.Popen[bytes]] = []

    def run(**settings: str) -> Served:
        port = free_port()
        environment = settings_of(mysqld) | settings
        migrate(project, environment)
        log = tmp_path / "served.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", *command_of(project, port)],
                cwd=project,
                env=environment,
                stdout=file,
                stderr=file,
            )
        started.append(process)
        served = Served(process, f"http://127.0.0.1:{port}", log)

        def ready() -> bool:
            assert not served.ended(), log.read_text()
            try:
                return httpx.get(f"{served.url}/readyz", timeout=30).status_code == 200
            except httpx.TransportError:
                return False

        until(ready, "serving")
        return served

    yield run
    for process in started:
        process.kill()
        process.wait()


def migrate(project: Path, environment: dict[str, str]) -> None:
    """Bring the project's database up to date."""
    subprocess.run([sys.executable, "-m", "app.migrate"], cwd=project, env=environment, check=True)


def settings_of(mysqld: Mysqld) -> dict[str, str]:
    """The environment in which the project finds the server, with nothing of this run's in it."""
    return owner() | mysqld.server.environment(DATABASE) | {"PYTHONDONTWRITEBYTECODE": "1"}


def command_of(project: Path, port: int) -> list[str]:
    """What the image runs, on this machine's loopback address and on a port of the test's own."""
    last = re.findall(r"^CMD (\[.*\])$", (project / "Dockerfile").read_text(), re.MULTILINE)[-1]
    command = [str(word) for word in json.loads(last)]
    command[command.index("--host") + 1], command[command.index("--port") + 1] = "127.0.0.1", str(port)
    return command


@asynccontextmanager
async def asking(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a served project; a deadline that only catches a hang."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=served.url, timeout=120, limits=limits, trust_env=False) as client:
        yield client


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Keep what was counted, for the table of docs/reliability.md: `python -m tests.reliability` writes it there."""

    def keep(**counted: object) -> None:
        file = CLONE / ".workbook/reliability" / f"{request.node.originalname}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(counted))

    return keep
