"""`workbook up`: the application, served on a real MySQL, from one command."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import psutil

from workbook.guarded import Guarded
from workbook.language import text
from workbook.login import create_database
from workbook.mysql import ladder
from workbook.mysql.mysqld import is_free
from workbook.problem import Problem
from workbook.progress import say, stage
from workbook.settings import database_name

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

    Returns:
        the exit code: 0 when it was told to stop, the application's own when it ended by itself.

    Raises:
        Problem: the port is taken, no MySQL can be had, or a migration failed.
    """
    if not is_free(port):
        raise _port_taken(port)
    with _stoppable():
        try:
            return _serve(project, port)
        except _Stop:
            with suppress(OSError):  # the terminal may be gone
                say(text("Stopped.", "멈췄어요."))
            return 0


def _serve(project: Path, port: int) -> int:
    with ladder.climb(project, use="bound") as server:
        name = database_name(project)
        environment = os.environ | server.environment(name)
        create_database(server, name)
        migrated = migrate(project, environment)
        application = _start(project, port, environment)
        try:
            _await(application, port)
            where = f"{server.host}:{server.port}"
            said = text(f"{server.version} on {where}, {server.how}", f"{server.version} ({where}), {server.how}")
            say(f"\nMySQL  {said}")
            say(text(f"Data   database {name}, {migrated}", f"Data   데이터베이스 {name}, {migrated}"))
            makes = text("(POST makes a meeting)", "(POST하면 모임이 생겨요)")
            say(f"API    http://localhost:{port}/v1/mysql/meetings  {makes}")
            say(f"Docs   http://localhost:{port}/docs")
            say("Stop   Ctrl-C\n")
            return application.wait()
        finally:
            application.stop()


def migrate(project: Path, environment: dict[str, str]) -> str:
    """Apply the migrations that are not applied yet.

    Returns:
        what happened, as the end of a sentence.

    Raises:
        Problem: Aerich failed; its last line says why.
    """
    with stage(text("Applying the migrations", "마이그레이션 적용")):
        command = [sys.executable, "-m", "aerich", "upgrade"]
        done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, errors="replace")
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or [text("it gave no reason", "이유 없음")]
        raise Problem(
            text(
                f"`aerich upgrade` failed in {project}: {lines[-1]}",
                f"{project}에서 `aerich upgrade`가 실패했어요: {lines[-1]}",
            ),
            why=text(
                "MySQL cannot roll back a change of tables: what the migration did before the failing statement stays.",
                "MySQL은 테이블 변경을 롤백하지 못해요. 실패한 문장 앞에서 한 일은 그대로 남아요.",
            ),
            ways=(
                text("See all of what it says:", "전체 출력 보기:") + f" cd {project} && aerich upgrade",
                text("Look at the tables:", "테이블 보기:") + " workbook db shell",
            ),
        )
    applied = done.stdout.count("Success")
    if not applied:
        return text("all migrations were applied before", "마이그레이션은 이미 모두 적용되어 있어요")
    return text(f"{applied} migration{'s' if applied > 1 else ''} applied", f"마이그레이션 {applied}개 적용")


def _start(project: Path, port: int, environment: dict[str, str]) -> Guarded:
    command = [sys.executable, "-m", "uvicorn", "app.main:app", "--host", "127.0.0.1", "--port", str(port)]
    return Guarded(
        [*command, "--timeout-graceful-shutdown", str(STOP_SECONDS - 2)],
        patience=STOP_SECONDS,
        cwd=project,
        env=environment,
    )


def _await(application: Guarded, port: int) -> None:
    """Wait until the application accepts connections.

    Raises:
        Problem: it ended, or does not accept any in time.
    """
    deadline = time.monotonic() + SERVE_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        if application.poll() is not None:
            code = application.poll()
            raise Problem(
                text(
                    f"The application ended with code {code}; what it said stands above.",
                    f"애플리케이션이 코드 {code}로 끝났어요. 위에 그 출력이 있어요.",
                )
            )
        time.sleep(0.02)
    raise Problem(
        text(
            f"The application does not accept connections on port {port} after {SERVE_SECONDS} s.",
            f"{SERVE_SECONDS}초가 지나도 애플리케이션이 {port} 포트에서 연결을 받지 않아요.",
        )
    )


def _port_taken(port: int) -> Problem:
    owner = ""
    with suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            if connection.laddr and connection.laddr.port == port and connection.status == psutil.CONN_LISTEN:
                owner = f"{psutil.Process(connection.pid).name()} (pid {connection.pid})" if connection.pid else ""
    by = f" by {owner}" if owner else ""
    another = port + 1 if port < 65535 else 8000
    return Problem(
        text(
            f"Port {port} of 127.0.0.1 is taken{by}, so the API cannot listen there.",
            f"127.0.0.1의 {port} 포트를 {owner or '다른 프로그램'}이(가) 쓰고 있어서 API를 시작할 수 없어요.",
        ),
        ways=(
            text("Stop that program.", "그 프로그램을 끝내세요."),
            text("Or choose another port:", "또는 다른 포트로:") + f" make up ARGS='--port {another}'",
        ),
    )


@contextmanager
def _stoppable() -> Iterator[None]:
    """Turn Ctrl-C, `kill` and a closed terminal into one exception, so that everything is put away in order."""

    def stop(number: int, frame: FrameType | None) -> None:
        # While things are put away, a second Ctrl-C must not leave half of them behind.
        for hearing in heard:
            signal.signal(hearing, signal.SIG_IGN)
        raise _Stop

    heard = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.signal(number, stop) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
