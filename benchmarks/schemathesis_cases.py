"""Requests that Schemathesis makes up, in all its phases, against the served template: what it finds, in numbers.

The template's own test (`app/tests/apis/test_served.py`) plays a few of them, in one phase. Here there are thousands,
on a database of their own (`<MYSQL_DB>_schemathesis_test`, built by the migrations, dropped at the end).
`schemathesis_hooks.py` sees to it that three of four codes and numbers exist.

In: MYSQL_HOST, MYSQL_PORT, MYSQL_USER, MYSQL_PASSWORD, MYSQL_DB from the environment or `template_app/.env`.
Out: what Schemathesis says, and the answers of each operation. Exit code 1 when an answer was a server's error (5xx),
or none that `/openapi.json` describes.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from benchmarks.beginning import begin, built, enter_template

BENCHMARKS = Path(__file__).parent.resolve()
enter_template()
os.environ["BENCHMARK_ANSWERS"] = os.devnull  # of this process, which imports the hooks for their numbers

import httpx  # noqa: E402
from schemathesis_hooks import DAYS, LEAVE, STAY, WITH_RANGE, WITHOUT  # noqa: E402
from tortoise.context import TortoiseContext  # noqa: E402

from app.tests.apis.test_served import CHECKS  # noqa: E402
from app.tests.apis.v1.given import join, meeting  # noqa: E402
from app.tests.database import database_of  # noqa: E402
from app.tests.serving import served  # noqa: E402
from app.tortoise_models.meeting import MeetingModel  # noqa: E402


async def run(examples: int, seed: int, checks: str) -> int:
    async with (
        built("schemathesis") as tortoise_config,
        served(database_of(tortoise_config)) as address,
        TortoiseContext() as context,
    ):
        await context.init(config=tortoise_config)
        await meeting(WITH_RANGE, DAYS)
        await MeetingModel.bulk_create(MeetingModel(url_code=f"free{number}") for number in range(WITHOUT))
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:  # seconds
            for number in range(STAY + LEAVE):
                (await join(client, WITH_RANGE, f"참가자 {number}")).raise_for_status()
        with tempfile.TemporaryDirectory() as folder:
            counts = Path(folder) / "answers.json"
            hooks = {"SCHEMATHESIS_HOOKS": "schemathesis_hooks", "PYTHONPATH": str(BENCHMARKS)}
            schemathesis = await asyncio.create_subprocess_exec(
                *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{address}/openapi.json"),
                *("--checks", checks, "--max-examples", str(examples), "--seed", str(seed), "--no-color"),
                "--continue-on-failure",
                cwd=folder,
                env=os.environ | hooks | {"BENCHMARK_ANSWERS": str(counts)},
            )
            failed = await schemathesis.wait()
            show(json.loads(counts.read_text()))
    return failed


def show(counts: dict[str, int]) -> None:
    operations: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for each, count in sorted(counts.items()):
        operation, _, status = each.rpartition(" ")
        operations[operation][status] = count
    for operation, answers in operations.items():
        print(f"{operation}: {', '.join(f'{count:,} x {status}' for status, count in answers.items())}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=int, default=250, help="of each operation, in each phase that makes them up")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--checks", default=CHECKS, help="names of Schemathesis, or all")
    arguments = parser.parse_args()
    begin(lambda: asyncio.run(run(arguments.examples, arguments.seed, arguments.checks)))
