"""A MySQL server of these tests' own, which may fall silent, die and come back, and a project that is served on it.

One server for the template and one for the copy: a test compares with what it found, and leaves MySQL answering.
"""

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
import pytest

from tests.conftest import private_home
from tests.new.conftest import cloned, owner
from tests.waiting import until
from workbook import notebook
from workbook.mysql import free_port, local
from workbook.mysql.login import create_database, cursor
from workbook.new import new
from workbook.place import CLONE, TEMPLATE

DATABASE = "reliable"
OTHERS = f"SELECT id FROM performance_schema.processlist WHERE db = '{DATABASE}' AND id <> CONNECTION_ID()"


class Mysqld(notebook.Mysqld):
    """A MySQL server with durable commits, which may fall silent, die and come back."""

    @contextmanager
    def silent(self) -> Iterator[None]:
        """It takes connections and bytes, and answers nothing."""
        found = local.running(self.folder)
        assert found, "MySQL does not run"
        found[0].suspend()
        try:
            yield
        finally:
            found[0].resume()

    def ask(self, statement: str, *values: object) -> list[tuple[object, ...]]:
        """What it answers on a connection of its own, as root."""
        with cursor(self.server, DATABASE) as opened:
            opened.execute(statement, values)
            return list(opened.fetchall())

    def environment(self, database: str = DATABASE) -> dict[str, str]:
        """The environment in which a project finds the server, with nothing of this run's in it."""
        return owner() | self.server.environment(database) | {"PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture(scope="module", params=["template", "copy"])
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template, or the folder that RELIABILITY_OF names, and what `workbook new shop` makes of the template."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "template":
        source = Path(os.environ.get("RELIABILITY_OF") or TEMPLATE)
        left_out = shutil.ignore_patterns(".env", ".venv", ".git", "__pycache__", ".*_cache")
        return Path(shutil.copytree(source, folder / "app", ignore=left_out))
    return new("shop", folder / "shop", template=cloned(folder / "workbook"), server=False)


@pytest.fixture(scope="module")
def _mysqld(project: Path, programs_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mysqld]:
    folder = private_home(programs_home, tmp_path_factory.mktemp("home"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBOOK_HOME", str(folder.parent))
        kept = Mysqld()
        create_database(kept.server, DATABASE)
        migrate(project, kept.environment())
        yield kept
        kept.stop()


@pytest.fixture
def mysqld(_mysqld: Mysqld) -> Mysqld:
    """The project's server, with a database for it that is migrated, and nobody at work in it."""
    if not local.running(_mysqld.folder):  # a test failed while it was gone
        _mysqld.start()
    until(lambda: not _mysqld.ask(OTHERS), "the end of what was served before")
    return _mysqld


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
    """Serve the project; keyword arguments are its settings."""
    started: list[subprocess.Popen[bytes]] = []

    def run(**settings: str) -> Served:
        port, log = free_port(), tmp_path / "served.log"
        command, environment = command_of(project, port), mysqld.environment() | settings
        with log.open("wb") as file:
            process = subprocess.Popen(command, cwd=project, env=environment, stdout=file, stderr=file)
        started.append(process)
        served = Served(process, f"http://127.0.0.1:{port}", log)

        def ready() -> bool:
            assert not served.ended(), log.read_text()
            try:
                return client.get(f"{served.url}/readyz").status_code == 200
            except httpx.TransportError:
                return False

        with httpx.Client(timeout=30, trust_env=False) as client:
            until(ready, "serving")
        return served

    yield run
    for process in started:
        process.kill()
        process.wait()


def migrate(project: Path, environment: dict[str, str]) -> None:
    """Bring the project's database up to date."""
    subprocess.run([sys.executable, "-m", "app.migrate"], cwd=project, env=environment, check=True)


def command_of(project: Path, port: int) -> list[str]:
    """What the image runs, on this machine's loopback address and on a port of the test's own."""
    last = re.findall(r"^CMD (\[.*\])$", (project / "Dockerfile").read_text(), re.MULTILINE)[-1]
    command = [sys.executable, "-m", *map(str, json.loads(last))]
    command[command.index("--host") + 1], command[command.index("--port") + 1] = "127.0.0.1", str(port)
    return command


@asynccontextmanager
async def asking(served: Served, hang: float = 120) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a served project; after `hang` seconds without an answer it takes it for dead."""
    # Uvicorn closes a connection that is idle for five seconds. Who lets go earlier never asks on a closed one.
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=2)
    async with httpx.AsyncClient(base_url=served.url, timeout=hang, limits=limits, trust_env=False) as client:
        yield client


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Keep what was counted, for the table of docs/reliability.md: `python -m tests.reliability` writes it there."""

    def keep(**counted: object) -> None:
        file = CLONE / ".workbook/reliability" / f"{request.node.originalname}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(counted))

    return keep
