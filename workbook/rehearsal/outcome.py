"""What came of a job, step by step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbook.rehearsal.workflow import NOT_HERE, is_unknown


@dataclass(slots=True)
class Outcome:
    """What came of a job.

    Its `result` is `success`, `failure`, `skipped`, or `blocked` when it needs a job that failed; empty when it never
    ended: `why` says what ended it. `red_by` is the place of the step that `failed`, `reached` of the one at whose
    end `watch` first said yes. What of `left_out` could not be run may have decided the result: it is not judged then.
    `outputs` is what it hands on to the jobs that need it, `needed` what came of those that it needs.
    `hear` is told when it is `begun`, `noted` (a sentence), `left out`, `started` (the step's place, from 0), `ended`
    (the step's place, whether it went well, its seconds) and `concluded`.
    """

    job: str
    steps: Sequence[dict[str, Any]] = ()
    needed: Sequence["Outcome"] = ()
    hear: Callable[..., None] = lambda *told: None
    watch: Callable[[], bool] = bool
    result: str = ""
    failed: str = ""
    why: str = ""
    reached: int | None = None
    red_by: int | None = None
    said: dict[int, list[str]] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether nothing that ran here failed."""
        return self.result in ("success", "skipped")

    @property
    def counts_as(self) -> str:
        """The result that its dependents are told; what was not run counts as a success, for it is said already."""
        if self.passed or not (self.result or self.why):
            return "success" if self.left_out else self.result or "success"
        return "skipped" if self.result == "blocked" else "failure"

    @property
    def heard(self) -> list[str]:
        """What the step printed that failed."""
        return self.said.get(-1 if self.red_by is None else self.red_by, [])

    @property
    def lines(self) -> list[str]:
        """All that was printed."""
        return [line for step in sorted(self.said) for line in self.said[step]]

    def leave_out(self, what: str) -> None:
        """Note what cannot be run here and may decide the result."""
        self.left_out.append(what)
        self.hear(self, "left out", what)

    def end(self, place: int, well: bool, seconds: float, lines: list[str]) -> None:
        """Note the end of a step, and what it printed."""
        step, self.said[place] = self.steps[place], lines
        if self.reached is None and self.watch():
            self.reached = place
        if self.red_by is None:
            if not well and step.get("continue-on-error") != "true":
                self.red_by, self.failed = place, name_of(step)
            if self.red_by is not None or is_unknown(step):
                self.left_out += [line[len(NOT_HERE) :] for line in lines if line.startswith(NOT_HERE)]
        self.hear(self, "ended", (place, well, seconds))


def name_of(step: dict[str, Any]) -> str:
    """A step as GitHub's page calls it."""
    lines = str(step.get("name") or step.get("uses") or step.get("run") or "").strip().splitlines()
    return lines[0] if lines else ""
