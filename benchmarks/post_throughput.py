"""POST throughput of the served template against a bare Starlette route that does one INSERT (`bare_app.py`).

Both are served by one uvicorn worker with uvloop and httptools and without an access log, on loopback, against the
same table of a database of their own (`<MYSQL_DB>_benchmark_test`, built by the migrations, dropped at the end).
`wrk` loads one at a time, in turns, because a machine's speed drifts: only the ratio inside one round counts.

In: MYSQL_HOST, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD, MYSQL_DB from the environment or `template_app/.env`.
Out: requests a second and the ratio of each round, then the medians. Exit 1 when a server answered with an error.
"""

import argparse
import asyncio
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

import psutil

BENCHMARKS = Path(__file__).parent
TEMPLATE = BENCHMARKS.parent / "template_app"
sys.path.insert(0, str(TEMPLATE))
os.chdir(TEMPLATE)

from aerich import Command  # noqa: E402
from tortoise.context import TortoiseContext  # noqa: E402

from app.configs import config  # noqa: E402
from app.configs.tortoise_config import TORTOISE_ORM  # noqa: E402
from app.tests.database import temporary_database  # noqa: E402

PATH = "/v1/mysql/meetings"
CONNECTIONS = 32
UVICORN = ["--host=127.0.0.1", "--loop=uvloop", "--http=httptools", "--no-access-log", "--log-level=warning"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server(NamedTuple):
    port: int
    process: psutil.Process


class Load(NamedTuple):
    rate: float  # requests a second
    cpu: float  # microseconds of the server's processor time a request


def wait_until_it_listens(port: int, server: subprocess.Popen[bytes], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"The server on port {port} did not come up within {seconds:.0f} seconds.")


@contextmanager
def served(app: str, folder: Path, database: str) -> Iterator[Server]:
    """Serve `app` from `folder` by uvicorn on a free port of loopback."""
    pool = TORTOISE_ORM["connections"]["default"]["credentials"]
    environment = {
        **os.environ,
        "MYSQL_HOST": config.MYSQL_HOST,
        "MYSQL_PORT": str(config.MYSQL_PORT),
        "MYSQL_USER": config.MYSQL_USER,
        "MYSQL_PASSWORD": config.MYSQL_PASSWORD,
        "MYSQL_DB": database,
        "BENCHMARK_POOL_MINSIZE": str(pool["minsize"]),
        "BENCHMARK_POOL_MAXSIZE": str(pool["maxsize"]),
    }
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", app, *UVICORN, "--port", str(port)]
    server = subprocess.Popen(command, cwd=folder, env=environment)
    try:
        wait_until_it_listens(port, server)
        yield Server(port, psutil.Process(server.pid))
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def load(server: Server, seconds: int) -> Load:
    """Load one server by `wrk` over CONNECTIONS connections; anything but success is the end of the benchmark."""
    url = f"http://127.0.0.1:{server.port}{PATH}"
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(BENCHMARKS / "post.lua"), url]
    before = server.process.cpu_times()
    output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 30).stdout
    after = server.process.cpu_times()
    requests = re.search(r"(\d+) requests in", output)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if requests is None or rate is None or "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(f"A server answered with errors:\n{output}")
    cpu = after.user + after.system - before.user - before.system
    return Load(float(rate[1]), cpu * 1_000_000 / int(requests[1]))


async def run(rounds: int, seconds: int) -> None:
    async with temporary_database(f"{config.MYSQL_DB}_benchmark_test") as tortoise_config:
        async with TortoiseContext():
            command = Command(tortoise_config, location=str(TEMPLATE / "migrations"))
            await command.init()
            await command.upgrade()
        database = tortoise_config["connections"]["default"]["credentials"]["database"]
        with (
            served("app.main:app", TEMPLATE, database) as template,
            served("bare_app:app", BENCHMARKS, database) as bare,
        ):
            compare(template, bare, rounds, seconds)


def compare(template: Server, bare: Server, rounds: int, seconds: int) -> None:
    for server in (template, bare):
        load(server, 1)  # warm up: open the pool, fill the caches
    ours: list[Load] = []
    theirs: list[Load] = []
    for turn in range(rounds):
        turns = [(template, ours), (bare, theirs)]
        for server, results in turns if turn % 2 == 0 else reversed(turns):
            results.append(load(server, seconds))
        print(f"round {turn + 1}: {figures(ours[-1:], theirs[-1:])}", flush=True)
    ratios = [one.rate / other.rate for one, other in zip(ours, theirs, strict=True)]
    print(f"median:  {figures(ours, theirs)} ({min(ratios):.2f} to {max(ratios):.2f})")


def figures(ours: list[Load], theirs: list[Load]) -> str:
    sides = [
        f"{name} {median(load.rate for load in loads):.0f}/s at {median(load.cpu for load in loads):.0f} us CPU each"
        for name, loads in (("template", ours), ("bare", theirs))
    ]
    ratio = median(one.rate / other.rate for one, other in zip(ours, theirs, strict=True))
    return f"{sides[0]}, {sides[1]}, ratio {ratio:.2f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=int, default=6, help="of load, for each server in each round")
    arguments = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("This benchmark needs `wrk` on the PATH; on Debian and Ubuntu: apt-get install wrk.")
    asyncio.run(run(arguments.rounds, arguments.seconds))
