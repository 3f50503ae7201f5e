"""Shows a job as it runs, in lines of 80 columns at most."""

import re
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from rich.console import Console
from rich.text import Text

from workbook.ci.actions import NOT_HERE
from workbook.ci.events import Complained, Ended, Event, Over, Said, Started
from workbook.ci.words import WIDTH, say
from workbook.say import _

MOST_REASONS = 10
"""How many lines that name an error are picked out of a failed step's output."""
MOST_OF_A_REASON = 230
"""Letters of such a line; a driver may put its whole configuration into it."""
LAST_LINES = {True: 8, False: 25}
"""How much of its end is shown besides, with and without such lines."""

_TEST = re.compile(r"(FAILED|ERROR) \S+\.py\b")
"""A line of pytest's summary. On CI the test's whole message follows it, screens of it."""
_REASON = re.compile(
    rf"{_TEST.pattern}"
    r"|E {3}[\w.]*(Error|Exception)\b"  # what pytest says of an import
    r"|[\w.]+(Error|Exception): \S"  # the last line of a traceback; often the first of several tells the most
    r"|ERROR \d+ \("  # MySQL's client
    r"|(error|fatal|Error): "  # uv, git
)
_COLOURS = {"ok": "green", "failed": "red", "skipped": "yellow"}


class Report:
    """One job, step by step.

    Args:
        steps: the job's steps, as the workflow has them.
        translate: what a step printed here, as it would have printed it on GitHub.
    """

    def __init__(self, steps: Sequence[dict[str, Any]], translate: Callable[[str], str] = str) -> None:
        self._translate = translate
        self._console = Console(highlight=False, soft_wrap=True)
        self._names = {str(step.get("id") or number): _name(step) for number, step in enumerate(steps)}
        self._may_fail = {str(step.get("id") or number) for number, step in enumerate(steps) if _may_fail(step)}
        self._said: dict[str, list[str]] = {step: [] for step in self._names}
        self._why: list[str] = []
        self._failed: list[str] = []
        self._ended: set[str] = set()
        self._status: AbstractContextManager[Any] = nullcontext()

    def show(self, events: Iterable[Event]) -> bool:
        """Show the events as they come.

        Returns:
            whether the job passed.
        """
        result = ""
        try:
            for event in events:
                match event:
                    case Started(step):
                        self._wait_for(step)
                    case Said(step, line):
                        self._said.setdefault(step, []).append(self._translate(line))
                    case Ended():
                        self._end(event)
                    case Complained(step, reason):
                        self._complain(step, reason)
                    case Over():
                        result = event.result
        finally:
            self._stop_waiting()
        if result:
            self._skip_until("")
        self._conclude(result)
        return result in ("success", "skipped")

    def _end(self, event: Ended) -> None:
        self._stop_waiting()
        self._skip_until(event.step)
        self._ended.add(event.step)
        failed = event.result != "success"
        goes_on = failed and event.step in self._may_fail
        name = f"{self._names.get(event.step, event.step)} ({event.seconds:.1f} s)"
        more = _("; the job goes on") if goes_on else ""
        self._line("failed" if failed else "ok", name + more)
        for line in self._said.get(event.step, ()):
            if line.startswith(NOT_HERE):
                say(line, indent=9)
        if failed and not goes_on:
            self._failed.append(event.step)

    def _complain(self, step: str, reason: str) -> None:
        self._why.append(f"exit code {reason.split()[-1]}" if reason.startswith("exit status ") else reason)
        if step and step not in self._failed:
            self._failed.append(step)

    def _skip_until(self, step: str) -> None:
        """Name the steps before this one that were not run: act is silent about them."""
        for name in self._names:
            if name == step:
                return
            if name not in self._ended:
                self._ended.add(name)
                self._line("skipped", self._names[name])

    def _conclude(self, result: str) -> None:
        print()
        if result == "success":
            say(_("The job passed."))
            return
        if result == "skipped":
            say(_("The job was skipped: its condition does not hold."))
            return
        step = self._failed[0] if self._failed else ""
        why = self._why[0] if self._why else _("it gave no reason")
        if step in self._names:
            name = self._names[step]
            say(_("The job failed at the step “{name}”: {why}.", name=name, why=why))
        else:
            say(_("The job failed: {why}.", why=why))
        said = [line for line in self._said.get(step, ()) if line.strip()]
        reasons = [line for line in dict.fromkeys(said) if _REASON.match(line)][:MOST_REASONS]
        if reasons:
            print(_("\nWhat it says is wrong:"))
            for line in reasons:
                # A test's name stays whole, to be copied; the message after it stood in the output already.
                if _TEST.match(line):
                    print(f"  {line.partition(' - ')[0]}")
                else:
                    say(line if len(line) < MOST_OF_A_REASON else line[:MOST_OF_A_REASON] + "…", indent=2)
        if said:
            print(_("\nIts last lines:"))
            for line in said[-LAST_LINES[bool(reasons)] :]:
                print("  " + _cut(line, WIDTH - 2))

    def _line(self, word: str, rest: str) -> None:
        self._console.print(Text.assemble((f"{word:<9}", _COLOURS[word]), rest))

    def _wait_for(self, step: str) -> None:
        self._stop_waiting()
        if self._console.is_terminal:
            self._status = self._console.status(f"{self._names.get(step, step)} …")
            self._status.__enter__()

    def _stop_waiting(self) -> None:
        self._status.__exit__(None, None, None)
        self._status = nullcontext()


def _name(step: dict[str, Any]) -> str:
    """The name that GitHub's page shows, cut to the line."""
    lines = str(step.get("name") or step.get("uses") or step.get("run") or "").strip().splitlines() or [""]
    return _cut(lines[0] if step.get("name") else f"Run {lines[0]}", WIDTH - 20)


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"


def _may_fail(step: dict[str, Any]) -> bool:
    return step.get("continue-on-error") is True
