import asyncio
import json
import re
import shlex
import signal
import tomllib
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.configs.base_config import PROJECT
from app.main import app
from app.tests.serving import process

RAILWAY = json.loads((PROJECT / "railway.json").read_text())
FLY = tomllib.loads((PROJECT / "fly.toml").read_text())
ON_RAILWAY = "https://docs.railway.com/config-as-code/reference"
ON_FLY = "https://fly.io/docs/reference/configuration/"

# What may stand there, as of November 2026: the field, its type (or its words), and the page that says so.
FIELDS = [
    (RAILWAY, "$schema", str, ON_RAILWAY),
    (RAILWAY, "build.builder", ("RAILPACK", "DOCKERFILE"), f"{ON_RAILWAY}#specify-the-builder"),
    (RAILWAY, "deploy.preDeployCommand", list, f"{ON_RAILWAY}#pre-deploy-command"),
    (RAILWAY, "deploy.startCommand", str, f"{ON_RAILWAY}#start-command"),
    (RAILWAY, "deploy.healthcheckPath", str, f"{ON_RAILWAY}#healthcheck-path"),
    (RAILWAY, "deploy.healthcheckTimeout", int, f"{ON_RAILWAY}#healthcheck-timeout"),
    # The page shows "10". The platform wants a number: https://github.com/railwayapp/docs/issues/1243
    (RAILWAY, "deploy.drainingSeconds", int, f"{ON_RAILWAY}#draining-seconds"),
    (RAILWAY, "deploy.restartPolicyType", ("ON_FAILURE", "ALWAYS", "NEVER"), f"{ON_RAILWAY}#restart-policy-type"),
    (FLY, "app", str, f"{ON_FLY}#the-app-name"),
    (FLY, "primary_region", str, f"{ON_FLY}#primary-region"),
    (FLY, "kill_signal", ("SIGTERM",), f"{ON_FLY}#kill_signal-option"),  # SIGINT without it
    (FLY, "kill_timeout", int, f"{ON_FLY}#kill_timeout-option"),
    (FLY, "deploy.release_command", str, f"{ON_FLY}#run-one-off-commands-before-releasing-a-deployment"),
    (FLY, "processes.app", str, f"{ON_FLY}#the-processes-section"),
    (FLY, "env.ENV", ("prod",), f"{ON_FLY}#the-env-variables-section"),
    (FLY, "env.RATE", str, f"{ON_FLY}#the-env-variables-section"),
    (FLY, "http_service.processes", list, f"{ON_FLY}#the-http_service-section"),
    (FLY, "http_service.internal_port", int, f"{ON_FLY}#the-http_service-section"),
    (FLY, "http_service.force_https", bool, f"{ON_FLY}#the-http_service-section"),
    (FLY, "http_service.auto_stop_machines", ("off", "stop", "suspend"), f"{ON_FLY}#the-http_service-section"),
    # A check at the top, as `[checks]`, says nothing to the proxy: https://fly.io/docs/reference/health-checks/
    (FLY, "http_service.checks", list, f"{ON_FLY}#http_service-checks"),
]


def fields(settings: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from fields(value, f"{above}{name}.")
        else:
            yield above + name, value


@pytest.mark.parametrize("platform", [RAILWAY, FLY], ids=["railway", "fly"])
def test_each_field_is_one_that_the_platform_documents(platform: dict[str, Any]) -> None:
    allowed = {name: kind for settings, name, kind, _ in FIELDS if settings is platform}

    assert [name for name, _ in fields(platform) if name not in allowed] == []
    for name, value in fields(platform):
        kind = allowed[name]
        assert value in kind if isinstance(kind, tuple) else type(value) is kind, name


def graceful(command: str) -> int:
    """Seconds that Uvicorn gives the requests that are under way when it is told to stop."""
    words = shlex.split(command)
    words = shlex.split(words[2]) if words[0] == "/bin/sh" else words
    return int(words[words.index("--timeout-graceful-shutdown") + 1])


def test_the_platform_waits_longer_than_the_application() -> None:
    assert graceful(RAILWAY["deploy"]["startCommand"]) < RAILWAY["deploy"]["drainingSeconds"]
    assert graceful(FLY["processes"]["app"]) < FLY["kill_timeout"] <= 300


def test_both_migrate_before_and_ask_the_same_address() -> None:
    assert RAILWAY["deploy"]["preDeployCommand"] == [FLY["deploy"]["release_command"]] == ["python -m app.migrate"]
    [check] = FLY["http_service"]["checks"]
    assert check["path"] == RAILWAY["deploy"]["healthcheckPath"] == app.url_path_for("ready")
    assert f"--port {FLY['http_service']['internal_port']} " in FLY["processes"]["app"]


def test_a_shell_fills_in_the_port_that_railway_gives() -> None:
    # Railway starts an image's command without a shell: https://docs.railway.com/deployments/start-command
    command = RAILWAY["deploy"]["startCommand"]
    assert re.match(r'/bin/sh -c "exec uvicorn .*--port \$PORT ', command)


HALF = b"""POST /things/fine/1 HTTP/1.1\r
Host: test\r
Content-Type: application/json\r
Content-Length: 2\r
Expect: 100-continue\r
\r
{"""
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def half_sent(address: str) -> AsyncIterator[Streams]:
    """A connection on which a request is under way: half of its body is still to come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
    writer.write(HALF)
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"  # the application waits for the body
    try:
        yield reader, writer
    finally:
        writer.close()


async def test_what_is_under_way_is_answered_before_it_stops() -> None:
    app = "app.tests.test_logs:things"
    async with process(app, PIPE) as (uvicorn, address), half_sent(address) as (reader, writer):
        uvicorn.send_signal(signal.SIGTERM)
        assert uvicorn.stdout
        while b"Shutting down" not in await uvicorn.stdout.readline():
            pass
        writer.write(b"}")

        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
        await uvicorn.wait()


async def test_nobody_who_never_finishes_holds_it_up() -> None:
    flag = ("--timeout-graceful-shutdown", "0")
    async with process("app.tests.test_logs:things", None, *flag) as (uvicorn, address), half_sent(address):
        uvicorn.send_signal(signal.SIGTERM)

        async with asyncio.timeout(60):  # without the flag: for ever
            await uvicorn.wait()
