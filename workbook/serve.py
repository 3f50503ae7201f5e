"""`workbook up` and `workbook notebook`: the application, or a notebook, on a real MySQL, from one command."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from types import FrameType

import psutil

from workbook.guarded import STOPPING, Guarded
from workbook.mysql import is_free, ladder
from workbook.mysql.ladder import DEFAULT_DATABASE, database_name
from workbook.mysql.login import create_database
from workbook.mysql.server import Server
from workbook.place import CLONE, TEMPLATE
from workbook.say import Problem, _, language, marked, say, stage

DEMONSTRATION = "when2meet_demo"
"""The template's own database, unless `MYSQL_DB` names one: whoever follows the course is to find theirs empty."""

SERVE_SECONDS = 30
"""How long the application may take until it accepts connections."""

STOP_SECONDS = 10
"""How long it may take to finish the requests under way when it is told to stop."""


class _Stop(BaseException):
    """Somebody asked us to stop: Ctrl-C, `kill`, or the terminal was closed."""


def serve(project: Path, port: int) -> int:
    """Find a MySQL or bring one up, create the database, apply the migrations, serve until told to stop.

    Args:
        project: the application's folder.
        port: where it listens on 127.0.0.1.

    Returns the exit code: 0 when it was told to stop, the application's own when it ended by itself.
    Raises Problem: the port is taken, no MySQL can be had, or a migration failed.
    """
    if not is_free(port):
        raise port_taken(port)
    with _stoppable(), ladder.climb(project, use="bound") as server:
        return _serve(project, port, server)
    return 0


def open_notebook(chapter: str, *, browser: bool = True) -> int:
    """Open a chapter's notebook in JupyterLab, both in the reader's language, on a MySQL that is found or brought up.

    Its kernel is this Python, whatever kernels the reader has, and has the server in `MYSQL_*`. Returns the exit code,
    as `serve` does. Raises Problem: no such notebook, JupyterLab is not installed, no MySQL can be had.
    """
    folder, end = CLONE / "notebooks", ".ko.ipynb" if language() == "ko" else ".ipynb"
    if not (folder / f"{chapter}.ipynb").exists():
        known = ", ".join(sorted({file.name[:4] for file in folder.glob("ch*.ipynb")}))
        raise Problem(_("There is no notebook of {chapter}.", chapter=chapter), why=known, code=2)
    if not find_spec("jupyterlab"):
        raise Problem(_("JupyterLab is not installed here."), ways=(f"make notebook ARGS={chapter}",))
    settings = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
    settings |= {"@jupyterlab/translation-extension:plugin": {"locale": "ko_KR"}} if language() == "ko" else {}
    command = [sys.executable, "-m", "jupyterlab", "--allow-root", "--log-level=ERROR", f"--ServerApp.root_dir={CLONE}"]
    command += [f"--LabApp.default_url=/lab/tree/notebooks/{chapter}{end}", *([] if browser else ["--no-browser"])]
    with _stoppable(), tempfile.TemporaryDirectory(prefix="workbook-jupyter-") as config:
        (Path(config) / "labconfig").mkdir()
        (Path(config) / "labconfig" / "default_setting_overrides.json").write_text(json.dumps(settings))
        own = {"JUPYTER_CONFIG_PATH": config, "JUPYTER_PREFER_ENV_PATH": "1", "WORKBOOK_LANG": language()}
        with (
            ladder.climb(TEMPLATE, use="bound") as server,
            Guarded(command, patience=STOP_SECONDS, env=os.environ | server.environment() | own) as lab,
        ):
            say(f"{_mysql(server)}\nStop   Ctrl-C")
            return lab.wait()
    return 0


def _serve(project: Path, port: int, server: Server) -> int:
    name = database_name(project, DEMONSTRATION if project.resolve() == TEMPLATE else DEFAULT_DATABASE)
    environment = os.environ | server.environment(name)
    create_database(server, name)
    migrated = migrate(project, environment)
    command = [sys.executable, "-m", "uvicorn", "app.main:app", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--timeout-graceful-shutdown", str(STOP_SECONDS - 2), "--log-level", "warning"]
    with Guarded(command, patience=STOP_SECONDS, cwd=project, env=environment) as application:
        _await(application, port)
        say(_mysql(server))
        say(_("Data   database {name}, {migrated}", name=name, migrated=migrated))
        say(f"API    http://localhost:{port}/v1/meetings  " + _("(POST makes a meeting)"))
        say(f"Docs   http://localhost:{port}/docs\nStop   Ctrl-C\n")
        return application.wait()


def _mysql(server: Server) -> str:
    """The line that says which MySQL it is, in columns as those below it."""
    return "\n" + server.sentence.replace("MySQL", "MySQL ", 1)


def migrate(project: Path, environment: dict[str, str]) -> str:
    """Apply the migrations that are not applied yet; what happened, as the end of a sentence.

    Raises Problem: Aerich failed; its last line says why.
    """
    with stage(_("Applying the migrations")):
        command = [sys.executable, "-m", "aerich", "upgrade"]
        done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, errors="replace")
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or [_("it gave no reason")]
        stays = _(
            "MySQL cannot roll back a change of tables: what the migration did before the failing statement stays."
        )
        named = f"MYSQL_DB={environment['MYSQL_DB']}"
        see = _("See all of what it says:") + f" cd {project} && {named} aerich upgrade"
        raise Problem(
            _("`aerich upgrade` failed in {project}: {lines}", project=project, lines=lines[-1]),
            why=stays,
            ways=(see, _("Look at the tables:") + f" {named} workbook db shell"),
        )
    applied = done.stdout.count("Success")
    if not applied:
        return _("all migrations were applied before")
    return _("1 migration applied") if applied == 1 else _("{applied} migrations applied", applied=applied)


def _await(application: Guarded, port: int) -> None:
    """Wait until the application accepts connections; a Problem when it ended, or does not accept any in time."""
    deadline = time.monotonic() + SERVE_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if (code := application.poll()) is not None:
            raise Problem(_("The application ended with code {code}; what it said stands above.", code=code))
        time.sleep(0.02)
    late = marked("The application does not accept connections on port {port} after {serve_seconds} s.")
    raise Problem(_(late, port=port, serve_seconds=SERVE_SECONDS))


def port_taken(port: int) -> Problem:
    """Who listens there, as far as this account may know it."""
    owner = _("another program")
    with suppress(psutil.Error):
        for each in psutil.net_connections("tcp"):
            if each.laddr and each.laddr.port == port and each.status == psutil.CONN_LISTEN and each.pid:
                owner = f"{psutil.Process(each.pid).name()} (pid {each.pid})"
    taken = marked("Port {port} of 127.0.0.1 is taken by {owner}, so the API cannot listen there.")
    ways = (_("Stop that program."), _("Or choose another port:") + f" make up ARGS='--port {port + 1}'")
    return Problem(_(taken, port=port, owner=owner), ways=ways)


@contextmanager
def _stoppable() -> Iterator[None]:
    """At Ctrl-C, `kill` and a closed terminal leave the block by one exception, so that all is put away in order."""

    def stop(number: int, frame: FrameType | None) -> None:
        # While things are put away, a second Ctrl-C must not leave half of them behind.
        for heard in STOPPING:
            signal.signal(heard, signal.SIG_IGN)
        raise _Stop

    before = {heard: signal.signal(heard, stop) for heard in STOPPING}
    try:
        yield
    except _Stop:
        with suppress(OSError):  # the terminal may be gone
            say(_("Stopped."))
    finally:
        for heard, handler in before.items():
            signal.signal(heard, handler)
