"""POST throughput of the served template against a bare Starlette route that does one INSERT (`bare_app.py`).

Both are served by one uvicorn worker with uvloop and httptools and without Uvicorn's access log, on loopback, against
the same table of a database of their own (`<MYSQL_DB>_benchmark_test`, built by the migrations, dropped at the end).
The template serves as in production: it writes a line of its log for each request, into a file, and its rate limiter
counts, up to a number that is never reached. The bare route does neither.
`wrk` loads one at a time, in turns, because a machine's speed drifts: only the ratio inside one round counts.

In: MYSQL_HOST, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD, MYSQL_DB from the environment or `template_app/.env`.
Out: requests a second and the ratio of each round, then the medians (the aim is a ratio of 0.65).
Exit 1 when a server answered with an error, or when the log has fewer lines than there were requests.
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
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from typing import IO, NamedTuple

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

PATH = "/v1/meetings"
CONNECTIONS = 32
PRODUCTION = {"LOG_LEVEL": "INFO", "RATE": "1000000000/minute"}  # all that costs something is on
AIM = 0.65
UVICORN = ["--host=127.0.0.1", "--loop=uvloop", "--http=httptools", "--no-access-log", "--log-level=warning"]


class Load(NamedTuple):
    requests: int
    rate: float  # requests a second
    cpu: float  # microseconds of the server's processor time a request


@contextmanager
def served(app: str, folder: Path, database: str, log: IO[bytes]) -> Iterator[tuple[int, psutil.Process]]:
    """Serve `app` from `folder` by uvicorn on a free port of loopback, its output in `log`; gives port and process."""
    pool = TORTOISE_ORM["connections"]["default"]["credentials"]
    login = {f"MYSQL_{name}": str(getattr(config, f"MYSQL_{name}")) for name in ("HOST", "PORT", "USER", "PASSWORD")}
    sizes = {f"BENCHMARK_POOL_{name.upper()}": str(pool[name]) for name in ("minsize", "maxsize")}
    environment = os.environ | login | sizes | PRODUCTION | {"MYSQL_DB": database}
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "uvicorn", app, *UVICORN, "--port", str(port)]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=log) as server:
        try:
            deadline = time.monotonic() + 20
            while True:
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                if server.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit(f"The server on port {port} did not come up.")
                time.sleep(0.05)
            yield port, psutil.Process(server.pid)
        finally:
            server.terminate()


def load(server: tuple[int, psutil.Process], seconds: int) -> Load:
    """Load one server by `wrk` over CONNECTIONS connections; anything but success is the end of the benchmark."""
    port, process = server
    url = f"http://127.0.0.1:{port}{PATH}"
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(BENCHMARKS / "post.lua"), url]
    before = process.cpu_times()
    output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 30).stdout
    after = process.cpu_times()
    requests = re.search(r"(\d+) requests in", output)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", output)
    if requests is None or rate is None or "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(f"A server answered with errors:\n{output}")
    cpu = after.user + after.system - before.user - before.system
    return Load(int(requests[1]), float(rate[1]), cpu * 1_000_000 / int(requests[1]))


async def run(rounds: int, seconds: int) -> None:
    async with temporary_database(f"{config.MYSQL_DB}_benchmark_test") as tortoise_config:
        async with TortoiseContext():
            command = Command(tortoise_config, location=str(TEMPLATE / "migrations"))
            await command.init()
            await command.upgrade()
        database = tortoise_config["connections"]["default"]["credentials"]["database"]
        with (
            TemporaryFile() as log,
            served("app.main:app", TEMPLATE, database, log) as template,
            served("bare_app:app", BENCHMARKS, database, log) as bare,
        ):
            answered = compare(template, bare, rounds=rounds, seconds=seconds)
            log.seek(0)
            if (lines := sum(b'"app.logs"' in line for line in log)) < answered:
                raise SystemExit(f"The template answered {answered} requests and logged {lines}: no fair comparison.")


def compare(*servers: tuple[int, psutil.Process], rounds: int, seconds: int) -> int:
    """Load both in turns, and print; gives how many requests the first has answered."""
    for server in servers:
        load(server, 1)  # warm up: open the pool, fill the caches
    ours, theirs = results = list[Load](), list[Load]()
    for turn in range(rounds):
        for which in (0, 1) if turn % 2 == 0 else (1, 0):
            results[which].append(load(servers[which], seconds))
        print(f"round {turn + 1}: {figures(ours[-1:], theirs[-1:])}", flush=True)
    ratios = [one.rate / other.rate for one, other in zip(ours, theirs, strict=True)]
    print(f"median:  {figures(ours, theirs)} ({min(ratios):.2f} to {max(ratios):.2f}; the aim is {AIM})")
    return sum(load.requests for load in ours)


def figures(ours: list[Load], theirs: list[Load]) -> str:
    sides = [
        f"{name} {median(load.rate for load in loads):.0f}/s at {median(load.cpu for load in loads):.0f} us CPU each"
        for name, loads in (("template", ours), ("bare", theirs))
    ]
    ratio = median(one.rate / other.rate for one, other in zip(ours, theirs, strict=True))
    return f"{sides[0]}, {sides[1]}, ratio {ratio:.2f}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=6, help="of load, for each server in each round")
    arguments = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("This benchmark needs `wrk` on the PATH; on Debian and Ubuntu: apt-get install wrk.")
    asyncio.run(run(arguments.rounds, arguments.seconds))
