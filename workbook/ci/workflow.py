"""Reads a workflow; what GitHub would refuse is a sentence with its line. Rewrites a job so that it runs here."""

import copy
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import yaml

from workbook.ci.service import ANY_PORT, MYSQL_PORT, secrets_of
from workbook.ci.stand_in import NOT_HERE
from workbook.say import Problem, _

REFUSED = re.compile(
    r"(syntax-check|events|id|job-needs|permissions|runner-label): "
    r"|expression: .*(undefined variable|is not allowed here|while (lexing|parsing)|unexpected)"
    r"|action: .*(in invalid format|\"actions/(cache@v[12]|(up|down)load-artifact@v[123])\")"
)
"""The kinds of actionlint's findings (of some, the sentences) for which GitHub starts nothing, or fails at once."""

RUNNER = "ubuntu-latest"
"""What every job's `runs-on` becomes; act is told that this is the machine it runs on."""
SHELLS = {"": "bash -e {0}", "bash": "bash --noprofile --norc -eo pipefail {0}", "sh": "sh -e {0}"}
"""What GitHub runs a script with, by the name of the shell."""


@dataclass(frozen=True, slots=True)
class Workflow:
    """A workflow that GitHub would take: where it was read, and the whole of it."""

    file: Path
    content: dict[str, Any]

    @property
    def jobs(self) -> dict[str, dict[str, Any]]:
        """The jobs by their ids, each after those that it needs."""
        jobs = self.content["jobs"]
        return {
            name: jobs[name] for name in TopologicalSorter({each: needs(jobs[each]) for each in jobs}).static_order()
        }


def needs(job: dict[str, Any]) -> list[str]:
    """The ids of the jobs that must pass before this one."""
    named = job.get("needs") or []
    return [named] if isinstance(named, str) else list(named)


def tool(name: str) -> str:
    """The path of a pinned program, `act` or `actionlint`: beside our Python, else on PATH; a Problem without it."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if not found:
        what = _("The program {name} is not installed, and the workbook needs it to run workflows.", name=name)
        raise Problem(what, ways=(_("Install what requirements.lock pins: make setup"),))
    return found


def read(file: Path) -> Workflow:
    """Read a workflow; a Problem says that there is none, or names the lines for which GitHub would refuse it."""
    if not file.is_file():
        why = _("GitHub looks for workflows in the folder .github/workflows, at the top of the repository.")
        raise Problem(_("There is no workflow at {file}.", file=file), why=why)
    written = file.read_text(encoding="utf-8", errors="replace")
    content = _parse(file, written)
    mistakes = [f"{file}, line {line}: {sentence}." for line, sentence in _refusals(file, written)]
    if mistakes:
        raise Problem(_("GitHub would refuse {mistakes}", mistakes=mistakes[0]), why="\n".join(mistakes[1:5]))
    return Workflow(file, content)


def _parse(file: Path, written: str) -> dict[str, Any]:
    try:
        content = yaml.load(written, _Loader)
    except yaml.YAMLError as error:
        about = vars(error)
        # What is never closed is only missed at the end of the file; the line to look at is where it begins.
        open_ended = str(about.get("context")).startswith("while scanning a ")
        mark = about.get("context_mark" if open_ended else "problem_mark")
        line = (mark.line if mark else written.count("\n", 0, about.get("position", 0))) + 1
        lines = written.splitlines()
        shown = [f"{number:>4} | {lines[number - 1]}" for number in (line - 1, line) if 0 < number <= len(lines)]
        problem = about.get("problem") or about.get("reason")
        what = _("{file}, line {line}: this is not YAML: {problem}.", file=file, line=line, problem=problem)
        way = _("Compare how far this line and the ones above it stand from the left: in YAML that is the meaning.")
        raise Problem(what, why="\n".join(shown), ways=(way,)) from None
    return content if isinstance(content, dict) else {}


def _refusals(file: Path, written: str) -> list[tuple[int, str]]:
    """What actionlint finds that GitHub refuses: line and sentence."""
    command = [tool("actionlint"), "-shellcheck=", "-pyflakes=", "-format", "{{json .}}", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = [each for each in json.loads(done.stdout or "[]") if REFUSED.match(f"{each['kind']}: {each['message']}")]
    if "self-hosted" in written:  # there, labels are of one's own making
        found = [each for each in found if each["kind"] != "runner-label"]
    return sorted((each["line"], re.split(r"\. (?:available|see) ", each["message"])[0]) for each in found)


def elsewhere(job: dict[str, Any]) -> str:
    """Why a job cannot run on this machine at all, or nothing."""
    if "uses" in job:
        return _("the workflow {uses}", uses=job["uses"])
    if "container" in job:
        return _("a job in a container, which needs Docker")
    if "matrix" in (job.get("strategy") or {}):
        return _("a job with a matrix")
    if re.search(r"windows|macos|self-hosted", str(job.get("runs-on")), re.IGNORECASE):
        return _("a job on {machine}", machine=job["runs-on"])
    return ""


def is_unknown(step: dict[str, Any]) -> bool:
    """Whether a step uses an action that nothing here stands in for."""
    return _script(step, Path()) == ""


def rewrite(
    workflow: Mapping[str, Any], name: str, commit: Path, ports: Mapping[int, int]
) -> tuple[dict[str, Any], str]:
    """The job `name` of a workflow, as it can run here: a workflow of this job alone, and the secrets it misses.

    Args:
        commit: a clone that holds the commit under test, and nothing that is not committed.
        ports: the runner's ports as the workflow writes them, and the ports here that stand for them.
    """
    whole = copy.deepcopy(dict(workflow))
    job = whole["jobs"][name]
    known = {"GITHUB_TOKEN", *secrets_of(job)}
    for place, step in enumerate(job["steps"]):
        script = _script(step, commit)
        if script is not None:
            kept = {key: step[key] for key in ("id", "if", "continue-on-error", "env") if key in step}
            script = script or f"echo {shlex.quote(NOT_HERE + step['uses'])}"
            job["steps"][place] = kept | {"name": step.get("name") or step["uses"], "shell": "bash", "run": script}
    job["runs-on"] = RUNNER
    for key in ("needs", "services", "environment", "concurrency", "permissions"):
        job.pop(key, None)
        whole.pop(key, None)
    # Unsaid, it means this, and on this machine somebody else may be there.
    job["env"] = {"MYSQL_PORT": str(MYSQL_PORT)} | (whole.pop("env", None) or {}) | (job.get("env") or {})
    whole["on"], whole["jobs"] = "push", {name: job}
    for holder in (job, *job["steps"]):
        for key, value in (holder.get("env") or {}).items():
            if type(value) in (str, int):
                holder["env"][key] = _led(f"{key}={value}", ports).partition("=")[2]
    defaults = [((each.get("defaults") or {}).get("run") or {}).get("shell") for each in (job, whole)]
    for step in job["steps"]:
        if "run" in step:
            shell = step.get("shell") or defaults[0] or defaults[1] or ""
            step |= {"run": _led(str(step["run"]), ports), "shell": SHELLS.get(shell, shell)}
    return whole, ", ".join(sorted(set(re.findall(r"\bsecrets\.(\w+)", str(job))) - known))


def _led(text: str, ports: Mapping[int, int]) -> str:
    """A text with our ports in `MYSQL_PORT=3306`, `localhost:3306` and `job.services.mysql.ports[3306]`."""
    numbers = "|".join(str(port) for port in ports if port != ANY_PORT)
    for before in (r"(?:\b|_)PORT\b[\"']?\s*[=:]\s*[\"']?", r"(?:localhost|127\.0\.0\.1):"):
        text = re.sub(rf"(?i)({before})({numbers})\b", lambda found: f"{found[1]}{ports[int(found[2])]}", text)
    asked = rf"job\.services\.[\w-]+\.ports\[['\"]?{MYSQL_PORT}['\"]?\]"
    return re.sub(asked, str(ports.get(ANY_PORT, "''")), text)


def _script(step: dict[str, Any], commit: Path) -> str | None:
    """What does the same as an action to this job and nothing more; empty for an unknown one, None for another step."""
    uses, inputs = str(step.get("uses") or "./"), {key: str(value) for key, value in (step.get("with") or {}).items()}
    if uses.startswith("./"):
        return None
    match uses.partition("@")[0].lower():
        case "actions/checkout" if "github.repository" in inputs.get("repository", "github.repository"):
            # A clone as shallow as the real one, in the job's empty folder.
            shallow = "" if inputs.get("fetch-depth") == "0" else "--depth=1"
            return (
                f"git clone --quiet {shallow} {shlex.quote(f'file://{commit}')} {shlex.quote(inputs.get('path', '.'))}"
            )
        case "astral-sh/setup-uv":
            asked = inputs.get("python-version", "")
            return (asked and f'{_find_python(asked)}\necho "UV_PYTHON=$python" >> "$GITHUB_ENV"') or "uv --version"
        case "actions/setup-python":
            # An environment of the job's own: what it installs with pip is gone with it.
            return (
                f"{_find_python(inputs.get('python-version', '3'))}\n"
                '"$python" -m venv "$RUNNER_TEMP/python"\necho "$RUNNER_TEMP/python/bin" >> "$GITHUB_PATH"'
            )
        case "actions/cache" | "actions/cache/restore" | "actions/cache/save" | "actions/upload-artifact":
            return f"echo {shlex.quote(NOT_HERE + uses)}"  # a job that passes with it passes without
    return ""


def _find_python(asked: str) -> str:
    """A line that sets `$python` to the one that is asked for, or else to this machine's."""
    asked = shlex.quote(asked)
    instead = f'echo "{NOT_HERE}Python "{asked}; python=$(command -v python3)'
    return f"python=$(uv python find --no-project {asked} 2>/dev/null) || {{ {instead}; }}"


class _Loader(yaml.SafeLoader):
    """YAML 1.2, as GitHub reads it: `on` is a word, and so are `yes` and 12:30."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _pattern in (("null", "~|null|"), ("bool", "true|false"), ("int", "0|[-+]?[1-9][0-9]*")):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"(?i:{_pattern})$"), None)
