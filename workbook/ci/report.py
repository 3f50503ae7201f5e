"""Shows jobs as they run: each step with its result, the last lines of one that failed, and the verdict."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from workbook.ci.act import Event
from workbook.ci.commit import Commit
from workbook.ci.rehearsal import Outcome, name_of
from workbook.ci.stand_in import NOT_HERE
from workbook.say import _

WIDTH = 80
MOST_PATHS = 5
"""How many of the files that are not committed are named."""
MOST_REASONS, LAST_LINES = 10, 25
"""How many lines of a failed step that name an error are picked out, and how much of its end is shown; with such lines,
a third of that."""

_TEST = re.compile(r"(?:FAILED|ERROR) \S+\.py\S*")
"""A line of pytest's summary. On CI the test's whole message follows it, screens of it."""
_REASON = re.compile(
    r"E {3}[\w.]*(Error|Exception)\b"  # what pytest says of an import
    r"|[\w.]+(Error|Exception): \S"  # the last line of a traceback; often the first of several tells the most
    r"|ERROR \d+ \("  # MySQL's client
    r"|(error|fatal|Error): "  # uv, git
)

_COLOURS = {"ok": "green", "failed": "red", "skipped": "yellow"}


def say(sentence: str, indent: int = 0) -> None:
    """Print a sentence at once, in lines of 80 columns. Nothing is printed for none.

    Args:
        indent: so many columns are left free on the left.
    """
    # Rich knows that a Korean letter is two columns wide.
    for line in Text(sentence).wrap(Console(width=WIDTH), WIDTH - indent) if sentence else ():
        print(" " * indent + line.plain.rstrip(), flush=True)


def say_what_is_left_out(state: Commit, workflow: Path) -> None:
    """Name what the person has on the disk and GitHub would not see."""
    top, file = state.repository.resolve(), workflow.resolve()
    mine = str(file.relative_to(top)) if file.is_relative_to(top) else ""
    others = [path for path in state.left_out if path != mine and not (path.endswith("/") and mine.startswith(path))]
    if len(others) < len(state.left_out):
        say(_("{mine} is not committed; it is taken as it is on the disk.", mine=mine))
    if others:
        named = ", ".join(others[:MOST_PATHS]) + (", …" if others[MOST_PATHS:] else "")
        say(_("Left out, because not committed: {named}.", named=named))


def unheard_push(workflow: Mapping[str, Any], branch: str) -> str:
    """A sentence when a push of this branch would start nothing, else nothing.

    Students wait for a run that never comes: the workflow listens to pushes of other branches.
    """
    on = workflow.get("on")
    if not branch or not isinstance(on, dict):
        return ""
    if "push" not in on:
        return _("On GitHub a push does not start this workflow.")
    branches = (on["push"] or {}).get("branches") or ["**"]
    patterns = [str(each) for each in (branches if isinstance(branches, list) else [branches])]
    if any(fnmatchcase(branch, pattern) or pattern.startswith("!") for pattern in patterns):
        return ""
    named = ", ".join(patterns)
    return _(
        "On GitHub a push of the branch {branch} starts nothing: on.push.branches names {named}.",
        branch=branch,
        named=named,
    )


class Report:
    """Prints what happens, job after job; a context in which the running step is shown."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)
        self._status = self._console.status("")
        self._told = 0

    def __enter__(self) -> "Report":
        self._status.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._status.stop()

    def hear(self, outcome: Outcome, event: Event) -> None:
        """Print what there is to say of an event."""
        match event.what:
            case "begun":
                self._told = 0
                say(f"\nJob {outcome.job}")
            case "noted":
                say(event.text)
            case "left out":
                say(NOT_HERE + event.text)
            case "started" if event.place is not None:
                self._status.update(f"{_shown(outcome.steps[event.place])} …")
            case "ended" if event.place is not None:
                self._skip_until(outcome, event.place)
                self._told = event.place + 1
                step, word = outcome.steps[event.place], "ok" if event.text == "success" else "failed"
                goes_on = _("; the job goes on") if word != "ok" and step.get("continue-on-error") is True else ""
                self._line(word, f"{_shown(step)} ({event.seconds:.1f} s){goes_on}")
                for line in outcome.said.get(event.place, ()):
                    say(line if line.startswith(NOT_HERE) else "", indent=9)
            case "over" if outcome.judged or outcome.result != "skipped":
                self._skip_until(outcome, len(outcome.steps))
            case "concluded":
                say(f"\n{verdict(outcome)}")
                _say_what_is_wrong(outcome)

    def _skip_until(self, outcome: Outcome, place: int) -> None:
        """Name the steps before this one that were not run: act is silent about them."""
        for step in outcome.steps[self._told : place]:
            self._line("skipped", _shown(step))
        self._told = place

    def _line(self, word: str, rest: str) -> None:
        self._console.print(Text.assemble((f"{word:<9}", _COLOURS[word]), rest))


def verdict(outcome: Outcome) -> str:
    """What came of a job, in a sentence or two."""
    why = outcome.why or _("it gave no reason")
    match outcome.result:
        case "blocked":
            said = _("skipped: it needs {failed}.", failed=why)
        case "success":
            said = _("The job passed.") if outcome.judged else _("What was run here passed.")
        case "skipped":
            said = _("The job was skipped: its condition does not hold.") if outcome.judged else ""
        case _ if outcome.red_by is not None:
            said = _("The job failed at the step “{name}”: {why}.", name=_shown(outcome.steps[outcome.red_by]), why=why)
        case _ if outcome.failed:
            said = why  # the sentence before it named the service
        case _:
            said = _("The job failed: {why}.", why=why)
    if outcome.judged:
        return said
    missing = ", ".join(outcome.left_out)
    return f"{said} {_('The job is not judged, for this was not run here: {missing}.', missing=missing)}".strip()


def _say_what_is_wrong(outcome: Outcome) -> None:
    """Print the lines of the failed step that name an error, and its end."""
    said = [line for line in outcome.said.get(-1 if outcome.red_by is None else outcome.red_by, ()) if line.strip()]
    tests = [found[0] for found in map(_TEST.match, said) if found]
    reasons = [*dict.fromkeys(tests or filter(_REASON.match, said))][:MOST_REASONS]
    if reasons:
        print(_("\nWhat it says is wrong:"))
    for line in reasons:
        # A test's name stays whole, to be copied.
        print(f"  {line}") if tests else say(_cut(line, 3 * WIDTH), indent=2)
    if said:
        print(_("\nIts last lines:"))
    for line in said[-LAST_LINES // 3 if reasons else -LAST_LINES :]:
        print(f"  {_cut(line, WIDTH - 2)}")


def _shown(step: dict[str, Any]) -> str:
    """The name that GitHub's page shows, cut to the line."""
    return _cut(name_of(step) if step.get("name") else f"Run {name_of(step)}", WIDTH - 20)


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else line[: width - 1] + "…"
