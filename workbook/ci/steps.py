"""Rewrites one job so that it runs here: actions become scripts, its ports lead to our server."""

import copy
import re
import shlex
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from workbook.ci.service import ANY_PORT, MYSQL_PORT, secrets_of
from workbook.ci.stand_in import NOT_HERE
from workbook.say import _

RUNNER = "ubuntu-latest"
"""What every job's `runs-on` becomes; act is told that this is the machine it runs on."""
TELL = "workbook-tell"
"""The script that stands before the shell of a step, and sends what it prints into a file."""
SHELLS = {
    "": "bash -e {0}",
    "bash": "bash --noprofile --norc -eo pipefail {0}",
    "sh": "sh -e {0}",
    "python": "python {0}",
}
"""What GitHub runs a script with, by the name of the shell."""
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def elsewhere(job: dict[str, Any]) -> str:
    """Why a job cannot run on this machine at all, or nothing."""
    if "uses" in job:
        return _("the workflow {uses}", uses=job["uses"])
    if "container" in job:
        return _("a job in a container, which needs Docker")
    machine = str(job.get("runs-on"))
    for key, value in _chosen(job).items():
        machine = re.sub(rf"\$\{{\{{\s*matrix\.{re.escape(key)}\s*\}}\}}", str(value), machine)
    if re.search(r"windows|macos|self-hosted", machine, re.IGNORECASE):
        return _("a job on {machine}", machine=machine)
    return ""


def is_unknown(step: dict[str, Any]) -> bool:
    """Whether a step uses an action that nothing here stands in for."""
    return _from_elsewhere(step) and not _script(step, Path())


def rewrite(
    workflow: Mapping[str, Any], name: str, commit: Path, ports: Mapping[int, int]
) -> tuple[dict[str, Any], list[str]]:
    """The job `name` of a workflow, as it can run here.

    Args:
        commit: a clone that holds the commit under test, and nothing that is not committed.
        ports: the runner's ports as the workflow writes them, and the ports here that stand for them.

    Returns:
        a workflow of this job alone, and what else the person should know, in sentences.
    """
    whole = copy.deepcopy(dict(workflow))
    job, notes = whole["jobs"][name], []
    secrets = secrets_of(job).keys()
    chosen = _chosen(job)
    if chosen:
        job["strategy"] = {"matrix": {key: [value] for key, value in chosen.items()}}
        said = ", ".join(f"{key} {value}" for key, value in chosen.items())
        notes.append(_("Of the matrix one combination runs: {said}.", said=said))
    for place, step in enumerate(job["steps"]):
        if _from_elsewhere(step):
            kept = {key: step[key] for key in ("id", "if", "continue-on-error", "env") if key in step}
            script = _script(step, commit) or f"echo {shlex.quote(NOT_HERE + step['uses'])}"
            job["steps"][place] = kept | {"name": step.get("name") or step["uses"], "shell": "bash", "run": script}
    job["runs-on"] = RUNNER
    for key in ("needs", "services", "environment", "concurrency", "permissions"):
        job.pop(key, None)
        whole.pop(key, None)
    job["env"] = {**(job.get("env") or {})}
    if "MYSQL_PORT" not in {**(whole.get("env") or {}), **job["env"]}:
        job["env"]["MYSQL_PORT"] = MYSQL_PORT  # unsaid, it means this, and on this machine somebody else may be there
    whole["on"], whole["jobs"] = "push", {name: job}
    lead = _leading(ports)
    for holder in (whole, job, *job["steps"]):
        for key, value in (holder.get("env") or {}).items():
            if isinstance(value, str) or type(value) is int:
                holder["env"][key] = lead(f"{key}={value}").partition("=")[2]
        if "run" in holder:
            holder["run"] = lead(holder["run"])
    defaults = [((each.get("defaults") or {}).get("run") or {}).get("shell") for each in (job, whole)]
    for place, step in enumerate(job["steps"]):
        shell = step.get("shell") or defaults[0] or defaults[1] or ""
        if "run" in step and (shell in SHELLS or "{0}" in shell):
            # act would give the step a terminal, which GitHub does not, and lose what one that fails says last.
            tell = ["sh", str(commit.parent / "tools" / TELL), str(told_in(commit.parent, place))]
            step["shell"] = f"{shlex.join(tell)} {SHELLS.get(shell, shell)}"
    empty = ", ".join(sorted(set(re.findall(r"\bsecrets\.(\w+)", str(job))) - {"GITHUB_TOKEN"} - secrets))
    if empty:
        notes.append(_("Secrets are empty here: {listed}.", listed=empty))
    return whole, notes


def told_in(scratch: Path, place: int) -> Path:
    """The file into which a step prints."""
    return scratch / f"said-{place}"


def _leading(ports: Mapping[int, int]) -> Callable[[str], str]:
    """A function that changes the ports in a text where they clearly are ports.

    `MYSQL_PORT=3306`, `localhost:3306`, and the expression `job.services.mysql.ports[3306]`.
    """
    numbers = "|".join(str(port) for port in ports if port != ANY_PORT)
    as_setting = re.compile(rf"((?:\b|_)PORT\b[\"']?\s*[=:]\s*[\"']?)({numbers})\b", re.IGNORECASE)
    in_address = re.compile(rf"((?:localhost|127\.0\.0\.1):)({numbers})\b")
    asked = re.compile(rf"job\.services\.[\w-]+\.ports\[['\"]?{MYSQL_PORT}['\"]?\]")

    def lead(value: str) -> str:
        for pattern in (as_setting, in_address):
            value = pattern.sub(lambda found: f"{found[1]}{ports[int(found[2])]}", value)
        return asked.sub(str(ports.get(ANY_PORT, "''")), value)

    return lead


def _chosen(job: dict[str, Any]) -> dict[str, Any]:
    """One combination of a matrix: the first, and of several Pythons or machines the one that is here."""
    matrix = (job.get("strategy") or {}).get("matrix")
    if not isinstance(matrix, dict):
        return {}
    axes = {key: values for key, values in matrix.items() if key not in ("include", "exclude")}
    if not axes and isinstance(matrix.get("include"), list) and matrix["include"]:
        return dict(matrix["include"][0])
    if not all(isinstance(values, list) and values for values in axes.values()):
        return {}
    here = re.compile(rf"{re.escape(PYTHON)}|ubuntu-.*")
    return {key: next((v for v in values if here.fullmatch(str(v))), values[0]) for key, values in axes.items()}


def _from_elsewhere(step: dict[str, Any]) -> bool:
    return not str(step.get("uses") or "./").startswith("./")


def _script(step: dict[str, Any], commit: Path) -> str:
    """What does the same as an action to this job and nothing more, as a script; an empty text for one not known."""
    uses, inputs = str(step["uses"]), {key: str(value) for key, value in (step.get("with") or {}).items()}
    match uses.partition("@")[0].lower():
        case "actions/checkout" if "github.repository" in inputs.get("repository", "github.repository"):
            # A clone as shallow as the real one, in the job's empty folder.
            depth = inputs.get("fetch-depth", "1")
            shallow = "" if depth == "0" else f"--depth={depth if depth.isdecimal() else 1}"
            there = shlex.quote(inputs.get("path", "."))
            return f"git clone --quiet {shallow} {shlex.quote(f'file://{commit}')} {there}"
        case "astral-sh/setup-uv":
            asked = inputs.get("python-version", "")
            return (asked and f'{_find_python(asked)}\necho "UV_PYTHON=$python" >> "$GITHUB_ENV"') or "uv --version"
        case "actions/setup-python":
            # An environment of the job's own: what it installs with pip is gone with it.
            return (
                f"{_find_python(inputs.get('python-version') or PYTHON)}\n"
                '"$python" -m venv "$RUNNER_TEMP/python"\necho "$RUNNER_TEMP/python/bin" >> "$GITHUB_PATH"'
            )
        case "snok/install-poetry":
            version, in_project = inputs.get("version", ""), inputs.get("virtualenvs-in-project") or "false"
            asked = shlex.quote(f"poetry=={version}" if version[:1].isdigit() else "poetry")
            return f"uv tool install --quiet {asked}\npoetry config virtualenvs.in-project {shlex.quote(in_project)}"
        case "actions/cache" | "actions/cache/restore" | "actions/cache/save" | "actions/upload-artifact":
            return f"echo {shlex.quote(NOT_HERE + uses)}"  # a job that passes with it passes without
    return ""


def _find_python(asked: str) -> str:
    """Lines that set `$python` to the one that is asked for, or else to this machine's."""
    asked = shlex.quote(asked)
    instead = (
        f'echo "{NOT_HERE}Python "{asked}"; Python {PYTHON} of this machine instead"; python=$(command -v python3)'
    )
    return f"python=$(uv python find --no-project {asked} 2>/dev/null) || {{ {instead}; }}"
