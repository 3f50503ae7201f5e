"""POST throughput of the served template against a bare Starlette route that does one INSERT (`bare_app.py`).

Both are served by one uvicorn worker with uvloop and httptools and without Uvicorn's access log, on loopback, against
the same table of a database of their own (`<MYSQL_DB>_benchmark_test`, built by the migrations, dropped at the end).
The template serves as in production: it writes a line of its log for each request, into a file, and its rate limiter
counts, up to a number that is never reached. The bare route does neither. A third server is FastAPI with Tortoise as
their documentation has them (`plain_app.py`).
`wrk` loads one at a time, in turns, because a machine's speed drifts: only the ratio inside one round counts.

In: MYSQL_HOST, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD, MYSQL_DB from the environment or `template_app/.env`.
Out: requests a second, processor time a request and the ratio of each round, then the medians (the aim is a ratio of
0.65), and the memory that each server has at the end.
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
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from typing import IO, NamedTuple

import psutil

from benchmarks.beginning import begin, built, enter_template
from workbook.mysql import free_port
from workbook.place import TEMPLATE

enter_template()

from app.configs import config  # noqa: E402
from app.configs.tortoise_config import TORTOISE_ORM  # noqa: E402
from app.tests.database import database_of  # noqa: E402

BENCHMARKS = Path(__file__).parent

PATH = "/v1/meetings"
CONNECTIONS = 32
PRODUCTION = {"LOG_LEVEL": "INFO", "RATE": "1000000000/minute"}  # all that costs something is on
AIM = 0.65
APPS = {
    "template": ("app.main:app", TEMPLATE),
    "plain": ("plain_app:app", BENCHMARKS),
    "bare": ("bare_app:app", BENCHMARKS),
}
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
    port = free_port()
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
    async with built() as tortoise_config:
        with ExitStack() as stack:
            logs = {name: stack.enter_context(TemporaryFile()) for name in APPS}
            servers = {
                name: stack.enter_context(served(app, folder, database_of(tortoise_config), logs[name]))
                for name, (app, folder) in APPS.items()
            }
            answered = compare(servers, rounds=rounds, seconds=seconds)
            for name, (_, process) in servers.items():
                print(f"{name}: {process.memory_info().rss / 1e6:.0f} MB of memory")
            logs["template"].seek(0)
            if (lines := sum(b'"app.logs"' in line for line in logs["template"])) < answered["template"]:
                raise SystemExit(f"{answered['template']} requests and {lines} lines of log: no fair comparison.")


def compare(servers: dict[str, tuple[int, psutil.Process]], rounds: int, seconds: int) -> dict[str, int]:
    """Load all in turns, and print; gives how many requests each has answered."""
    for server in servers.values():
        load(server, 1)  # warm up: open the pool, fill the caches
    results: dict[str, list[Load]] = {name: [] for name in servers}
    for turn in range(rounds):
        for name in list(servers)[:: 1 if turn % 2 == 0 else -1]:
            results[name].append(load(servers[name], seconds))
        print(f"round {turn + 1}: {figures({name: loads[-1:] for name, loads in results.items()})}", flush=True)
    print(f"median:  {figures(results)} (the aim is {AIM})")
    return {name: sum(load.requests for load in loads) for name, loads in results.items()}


def figures(results: dict[str, list[Load]]) -> str:
    """Each server's medians, and how its rounds compare with those of the bare route."""
    sides = []
    for name, loads in results.items():
        ratios = [one.rate / bare.rate for one, bare in zip(loads, results["bare"], strict=True)]
        spread = f" ({min(ratios):.2f} to {max(ratios):.2f})" if len(ratios) > 1 else ""
        cpu, rate = median(load.cpu for load in loads), median(load.rate for load in loads)
        sides.append(f"{name} {rate:.0f}/s, {cpu:.0f} us CPU each, ratio {median(ratios):.2f}{spread}")
    return "; ".join(sides)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=6, help="of load, for each server in each round")
    arguments = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("This benchmark needs `wrk` on the PATH; on Debian and Ubuntu: apt-get install wrk.")
    begin(lambda: asyncio.run(run(arguments.rounds, arguments.seconds)))
