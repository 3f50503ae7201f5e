"""Reads a workflow file; what GitHub would refuse is one sentence with its line."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz, process

from workbook.say import Problem, _

MOST_MISTAKES = 5
"""How many mistakes of one file are shown; the rest often follow from the first."""

REFUSED = {
    "syntax-check": "",
    "events": "",
    "id": "",
    "job-needs": "",
    "permissions": "",
    "runner-label": "",
    "expression": r"undefined variable|is not allowed here|while (lexing|parsing)|unexpected",
    "action": r"in invalid format|\"actions/(cache@v[12]|(up|down)load-artifact@v[123])\"",
}
"""The kinds of actionlint's findings (of some, the sentences) for which GitHub starts nothing, or fails at once."""

ACTIONS = (
    *("actions/cache", "actions/checkout", "actions/download-artifact", "actions/github-script", "actions/setup-go"),
    *("actions/setup-java", "actions/setup-node", "actions/setup-python", "actions/upload-artifact"),
    *("astral-sh/setup-uv", "codecov/codecov-action", "docker/build-push-action", "docker/login-action"),
    *("docker/setup-buildx-action", "snok/install-poetry"),
)
"""Actions that exist, and that a misspelt name may mean."""
NEAR = 90
"""How alike (0 to 100) a name must be to one of those to be taken for it, misspelt."""


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow that GitHub would take.

    Attributes:
        file: where it was read.
        content: the whole of it, as YAML reads it.
    """

    file: Path
    content: dict[str, Any]

    @property
    def jobs(self) -> dict[str, dict[str, Any]]:
        """The jobs by their ids, each after those that it needs."""
        waiting = dict(self.content["jobs"])
        ordered: dict[str, dict[str, Any]] = {}
        while waiting:
            ready = [name for name, job in waiting.items() if set(needs(job)) <= set(ordered)]
            for name in ready or list(waiting):
                ordered[name] = waiting.pop(name)
        return ordered


def needs(job: dict[str, Any]) -> list[str]:
    """The ids of the jobs that must pass before this one."""
    named = job.get("needs") or []
    return [named] if isinstance(named, str) else list(named)


def tool(name: str) -> str:
    """The path of a pinned program, `act` or `actionlint`: beside our own Python, else on PATH.

    Raises:
        Problem: it is not installed.
    """
    beside = Path(sys.executable).with_name(name)
    found = str(beside) if beside.exists() else shutil.which(name)
    if not found:
        raise Problem(
            _("The program {name} is not installed, and the workbook needs it to run workflows.", name=name),
            ways=(_("Install what requirements.lock pins: make setup"),),
        )
    return found


def read(file: Path) -> Workflow:
    """Read a workflow.

    Raises:
        Problem: there is no such file, or GitHub would refuse it; the sentences name the lines.
    """
    try:
        written = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Problem(
            _("There is no workflow at {file}.", file=file),
            why=_("GitHub looks for workflows in the folder .github/workflows, at the top of the repository."),
            ways=(_("Write one: chapter 37 does."),),
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(_("{file} cannot be read: {error}.", file=file, error=error)) from None
    content = _parse(file, written)
    found = sorted([*_linted(file, content), *_misspelt(written)])
    mistakes = [f"{file}, line {line}: {sentence}." for line, sentence in found]
    if mistakes:
        raise Problem(
            _("GitHub would refuse {mistakes}", mistakes=mistakes[0]),
            why="\n".join(mistakes[1:MOST_MISTAKES]),
            ways=(_("Mend the first one and look again: the others may come from it."),) if mistakes[1:] else (),
        )
    return Workflow(file, content)


def _parse(file: Path, written: str) -> dict[str, Any]:
    try:
        content = yaml.load(written, _Loader)
    except yaml.YAMLError as error:
        marks = (getattr(error, "problem_mark", None), getattr(error, "context_mark", None))
        # What is never closed is only missed at the end of the file; the line to look at is where it begins.
        open_ended = str(getattr(error, "context", "")).startswith("while scanning a ")
        mark = (marks[1] if open_ended else marks[0]) or marks[0] or marks[1]
        line = mark.line + 1 if mark else written[: getattr(error, "position", 0)].count("\n") + 1
        problem = getattr(error, "problem", None) or " ".join(str(getattr(error, "reason", error)).split())
        lines = written.splitlines()
        shown = [f"{number:>4} | {lines[number - 1]}" for number in (line - 1, line) if 0 < number <= len(lines)]
        raise Problem(
            _("{file}, line {line}: this is not YAML: {problem}.", file=file, line=line, problem=problem),
            why="\n".join(shown),
            ways=(
                _("Compare how far this line and the ones above it stand from the left: in YAML that is the meaning."),
                _("Indent with spaces, never with tabs."),
            ),
        ) from None
    return content if isinstance(content, dict) else {}


def _linted(file: Path, content: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """What actionlint finds that GitHub refuses: line and sentence."""
    command = [tool("actionlint"), "-shellcheck=", "-pyflakes=", "-format", "{{json .}}", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        said = done.stderr.strip()
        raise Problem(_("actionlint could not read {file}: {said}", file=file, said=said))
    machines = [str(job.get("runs-on")) for job in (content.get("jobs") or {}).values() if isinstance(job, dict)]
    own = " ".join(each for each in machines if "self-hosted" in each)
    for each in json.loads(done.stdout):
        kind, sentence = each["kind"], re.split(r"\. (?:available|see) ", each["message"])[0]
        named = re.match(r'label "(.*?)"', sentence)
        if kind == "runner-label" and named and named[1] in own:
            continue  # the label of a machine of somebody's own
        if kind in REFUSED and re.search(REFUSED[kind], sentence):
            yield each["line"], sentence


def _misspelt(written: str) -> Iterator[tuple[int, str]]:
    """The lines that use an action whose name is nearly one that we know."""
    for number, line in enumerate(written.splitlines(), 1):
        used = re.match(r"[\s-]*uses:\s*[\"']?([\w.-]+/[\w.-]+)@", line)
        name = used[1].lower() if used else ACTIONS[0]
        if name not in ACTIONS:
            near = process.extractOne(name, ACTIONS, scorer=fuzz.ratio, score_cutoff=NEAR)
            if near:
                yield number, _("there is no action {name}; {near} is meant", name=name, near=near[0])


class _Loader(yaml.SafeLoader):
    """YAML 1.2, as GitHub reads it: `on` is a word, and so are `yes` and 12:30."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"0|[-+]?[1-9][0-9]*", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
    ("merge", r"<<", ["<"]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), _first)
