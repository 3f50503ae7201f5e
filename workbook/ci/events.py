"""Runs act and reads what it reports: which step said what, and how it ended."""

import json
import os
import re
import threading
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from workbook.ci.substitute import RUNNER
from workbook.ci.tool import tool
from workbook.guarded import Guarded
from workbook.say import _

PATIENCE = 5
"""Seconds that a stopped job gets to put its things away."""


@dataclass(frozen=True, slots=True)
class Started:
    """A step has begun."""

    step: str


@dataclass(frozen=True, slots=True)
class Said:
    """A step has printed a line."""

    step: str
    line: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A step has ended: `success` or `failure`, after so many seconds."""

    step: str
    result: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Complained:
    """act itself says why something failed, for example `exit status 1`; no step when it speaks of the whole."""

    step: str
    reason: str


@dataclass(frozen=True, slots=True)
class Over:
    """The job has ended: `success`, `failure`, or `skipped`."""

    result: str


Event = Started | Said | Ended | Complained | Over


def run(
    workflow: Path,
    commit: Path,
    scratch: Path,
    environment: Mapping[str, str],
    secrets: Mapping[str, str],
    *,
    seconds: float | None = None,
) -> Generator[Event, None, None]:
    """Run the one job of a workflow on this machine.

    Args:
        workflow: a file as `substitute` makes it.
        commit: the clone; act learns the branch and the commit from it.
        scratch: act keeps the job's folder here; it is gone when the job has ended, however it ended.
        environment: what the job starts with.
        secrets: their values; all others are empty.
        seconds: after how many the job is stopped, and says so; None for never.

    Yields:
        what happens, as it happens. Whoever stops listening ends the job.
    """
    # Named, so that none of them is looked for in the project.
    for name in ("env", "secret", "var", "input"):
        (scratch / name).touch()
    (scratch / "secret").write_text("".join(f"{name}={value}\n" for name, value in secrets.items()))
    files = [f"--{name}-file={scratch / name}" for name in ("env", "secret", "var", "input")]
    command = [tool("act"), "push", "--json", "--no-cache-server", *files, f"--platform={RUNNER}=-self-hosted"]
    command += [f"--directory={commit}", f"--workflows={workflow}", f"--action-cache-path={scratch / 'act'}"]
    reading, writing = os.pipe()
    with open(reading, "rb") as lines, open(writing, "wb") as output:
        act = Guarded(command, patience=PATIENCE, remove=scratch, env=environment, output=output)
        output.close()
        late = threading.Event()

        def end() -> None:
            late.set()
            act.stop()

        clock = threading.Timer(seconds or 0, end)
        if seconds:
            clock.start()
        try:
            over = False
            for line in lines:
                for event in read(line.decode(errors="replace")):
                    over = over or isinstance(event, Over)
                    yield event
            if late.is_set():
                yield Complained("", _("not done after {seconds:g} seconds", seconds=seconds))
            elif not over and act.wait() == 0:
                yield Over("skipped")  # the job's own condition does not hold; act says nothing then
        finally:
            clock.cancel()
            act.stop()


def read(line: str) -> Iterator[Event]:
    """The events in one line of act's."""
    try:
        entry = json.loads(line)
    except ValueError:
        if line.startswith("Error: ") and not re.match(r"Error: Job '.*' failed", line):
            yield Complained("", line.removeprefix("Error: ").strip())
        return
    step = str((entry.get("stepID") or [""])[0])
    message = str(entry.get("msg", ""))
    if "jobResult" in entry:
        yield Over(entry["jobResult"])
    elif not step:
        if entry.get("level") == "error":
            yield Complained("", message)
    elif entry.get("raw_output"):
        yield from (Said(step, each) for each in message.splitlines())
    elif "stepResult" in entry and entry.get("stage") == "Main":
        yield Ended(step, entry["stepResult"], entry.get("executionTime", 0) / 1e9)
    elif entry.get("level") == "error":
        yield Complained(step, message)
    elif entry.get("stage") == "Main" and "Run Main" in message:
        yield Started(step)
