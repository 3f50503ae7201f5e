"""Reads a workflow file; what GitHub would refuse is one sentence with its line."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from workbook.ci.tool import tool
from workbook.say import Problem, _

MOST_MISTAKES = 5
"""How many mistakes of one file are shown; the rest often follow from the first."""

REFUSED = ("syntax-check", "events", "id", "job-needs", "permissions")
"""The kinds of actionlint's findings for which GitHub does not start a workflow at all."""


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


def read(file: Path) -> Workflow:
    """Read a workflow.

    Raises:
        Problem: there is no such file, or GitHub would refuse it; the sentences name the lines.
    """
    try:
        content = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Problem(
            _("There is no workflow at {file}.", file=file),
            why=_("GitHub looks for workflows in the folder .github/workflows, at the top of the repository."),
            ways=(_("Write one: chapter 37 does."),),
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(_("{file} cannot be read: {error}.", file=file, error=error)) from None
    parsed = _parse(file, content)
    mistakes = _mistakes(file)
    if mistakes:
        raise Problem(
            _("GitHub would refuse {mistakes}", mistakes=mistakes[0]),
            why="\n".join(mistakes[1:MOST_MISTAKES]),
            ways=(_("Mend the first one and look again: the others may come from it."),) if mistakes[1:] else (),
        )
    return Workflow(file, parsed)


def _parse(file: Path, written: str) -> dict[str, Any]:
    try:
        content = yaml.load(written, _Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise Problem(
            _(
                "{file}, line {line}: this is not YAML: {problem}.",
                file=file,
                line=line,
                problem=error.problem or error.context,
            ),
            why=_shown(written, line),
            ways=(
                _("Compare how far this line and the ones above it stand from the left: in YAML that is the meaning."),
                _("Indent with spaces, never with tabs."),
            ),
        ) from None
    except yaml.YAMLError as error:
        said = " ".join(str(error).split())
        raise Problem(_("{file} is not YAML: {said}", file=file, said=said)) from None
    return content if isinstance(content, dict) else {}


def _shown(written: str, line: int) -> str:
    """The line before and the line itself, numbered."""
    lines = written.splitlines()
    return "\n".join(f"{number:>4} | {lines[number - 1]}" for number in (line - 1, line) if 0 < number <= len(lines))


def _mistakes(file: Path) -> list[str]:
    """What actionlint finds that GitHub refuses, by line."""
    command = [tool("actionlint"), "-shellcheck=", "-pyflakes=", "-format", "{{json .}}", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout.strip():
        said = done.stderr.strip()
        raise Problem(_("actionlint could not read {file}: {said}", file=file, said=said))
    found = [each for each in json.loads(done.stdout) if each["kind"] in REFUSED]
    found.sort(key=lambda each: (each["line"], each["column"]))
    return [f"{file}, line {each['line']}: {each['message']}." for each in found]


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
