"""Reads a workflow; what GitHub would refuse is a sentence with its line. Rewrites a job so that it runs here."""

import copy
import difflib
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from workbook.rehearsal.service import ANY_PORT, MYSQL_PORT, STARTS_MYSQL, Mysql, secrets_of
from workbook.say import Problem, _

NOT_HERE = "not run here: "
"""How a step says what is left out of it."""

REFUSED = re.compile(
    r"(syntax-check|events|id|job-needs|permissions|runner-label|shell-name): "
    r"|expression: .*(undefined (variable|function)|is not allowed here|while (lexing|parsing)|unexpected)"
    r"|expression: number of arguments is wrong|deprecated-commands: .*\"(set-env|add-path)\""
    r"|action: (.*in invalid format|missing input .* action \"actions/)"
)
"""The kinds of actionlint's findings (of some, the sentences) for which GitHub starts nothing, or fails at once."""

RETIRED = re.compile(
    r"actions/(cache(/\w+)?@v([12]|3\.[0-3]|4\.[01])|(up|down)load-artifact@v[1-3]|upload-pages-artifact@v[12]"
    r"|deploy-pages@v[1-3])(\.\d+)*"
)
"""What GitHub fails at once, also in its smaller versions, which actionlint does not know.

https://github.blog/changelog/2024-12-05-notice-of-upcoming-releases-and-breaking-changes-for-github-actions/
"""

_NAMES = {
    "actions": "add-to-project ai-inference attest attest-build-provenance attest-sbom cache checkout configure-pages "
    "create-github-app-token create-release delete-package-versions dependency-review-action deploy-pages "
    "download-artifact first-interaction github-script jekyll-build-pages labeler setup-dotnet setup-go setup-java "
    "setup-node setup-python stale upload-artifact upload-pages-artifact upload-release-asset",
    "astral-sh": "ruff-action setup-uv",
    "codecov": "codecov-action",
    "docker": "build-push-action login-action metadata-action setup-buildx-action setup-qemu-action",
    "pre-commit": "action",
    "snok": "install-poetry",
}
ACTIONS = [f"{owner}/{name}" for owner, names in _NAMES.items() for name in names.split()]
"""Actions that are often used (https://github.com/actions): a name that is nearly one of them is a slip of the pen."""

_USES = re.compile(r"""\s*(?:- +)?uses: *["']?([^\s"'#]+)""")

BESIDE = Path(sys.executable).parent
"""Where the pinned programs lie, act and actionlint."""
RUNNER = "ubuntu-latest"
"""What every job's `runs-on` becomes; act is told that this is the machine it runs on."""
SHELLS = {"": "bash -e {0}", "bash": "bash --noprofile --norc -eo pipefail {0}", "sh": "sh -e {0}"}
"""What GitHub runs a script with, by the name of the shell."""

AT_THE_TOP = {"working-directory": "${{ github.workspace }}"}
"""What `defaults.run.working-directory` says is for the workflow's own scripts."""


class Workflow(NamedTuple):
    """A workflow that GitHub would take. Its values are texts, as they are written: `"true"`, `"3306"`, `"on"`."""

    content: dict[str, Any]

    @property
    def jobs(self) -> dict[str, dict[str, Any]]:
        """The jobs by their ids, each after those that it needs."""
        jobs = self.content["jobs"]
        order = TopologicalSorter({name: needs(jobs[name]) for name in jobs}).static_order()
        return {name: jobs[name] for name in order}


def needs(job: dict[str, Any]) -> list[str]:
    """The ids of the jobs that must pass before this one."""
    named = job.get("needs") or []
    return [named] if isinstance(named, str) else list(named)


def read(file: Path) -> Workflow:
    """Read a workflow; a Problem says that there is none, or names the first line for which GitHub would refuse it."""
    if not file.is_file():
        why = _("GitHub looks for workflows in the folder .github/workflows, at the top of the repository.")
        there = sorted(each.name for each in file.parent.glob("*.y*ml"))
        ways = tuple(f"workbook ci .github/workflows/{name}" for name in there)
        raise Problem(_("There is no workflow at {file}.", file=file), why=why, ways=ways)
    written = file.read_text(encoding="utf-8", errors="replace")
    command = [str(BESIDE / "actionlint"), "-shellcheck=", "-pyflakes=", "-format", "{{json .}}", str(file)]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=False).stdout or "[]")
    for each in sorted(found, key=lambda each: each["line"]):
        own_labels = each["kind"] == "runner-label" and "self-hosted" in written
        if REFUSED.match(f"{each['kind']}: {each['message']}") and not own_labels:
            mistake = f"{file}, line {each['line']}: {re.split(r'[.] (?:available|see) ', each['message'])[0]}."
            raise Problem(_("GitHub would refuse {mistakes}", mistakes=mistake), why=each.get("snippet") or "")
    for number, line in enumerate(written.splitlines(), start=1):
        if (uses := _USES.match(line)) and (wrong := _refused_action(uses[1])):
            raise Problem(_("GitHub would refuse {mistakes}", mistakes=f"{file}, line {number}: {wrong}"), why=line)
    try:
        return Workflow(yaml.load(written, yaml.BaseLoader))
    except yaml.YAMLError as error:  # PyYAML reads an older YAML than GitHub does
        raise Problem(_("{env_file} cannot be read: {reason}.", env_file=file, reason=error)) from None


def _refused_action(uses: str) -> str:
    """Why GitHub has no such action, or runs it no more; empty when nothing is known against it."""
    if RETIRED.fullmatch(uses):
        return _("{action} is retired on GitHub; take a newer version.", action=uses)
    named = "/".join(uses.partition("@")[0].lower().split("/")[:2])
    near = difflib.get_close_matches(named, ACTIONS, 1, 0.9)
    slip = near and near[0] != named and "@" in uses
    return _("GitHub has no action {action}; did you mean {near}?", action=named, near=near[0]) if slip else ""


def elsewhere(job: dict[str, Any]) -> str:
    """Why a job cannot run on this machine at all, or nothing."""
    if "uses" in job:
        return _("the workflow {uses}", uses=job["uses"])
    if "container" in job:
        return _("a job in a container, which needs Docker")
    if "matrix" in (job.get("strategy") or {}):
        return _("a job with a matrix")
    if not re.match(r"\W*ubuntu", str(job.get("runs-on")), re.IGNORECASE):
        return _("a job on {machine}", machine=job["runs-on"])
    return ""


def is_unknown(step: dict[str, Any]) -> bool:
    """Whether a step uses an action that nothing here stands in for."""
    return _script(step, Path()) == ""


def rewrite(
    workflow: Mapping[str, Any], name: str, commit: Path, mysql: Mysql, needed: Mapping[str, tuple[str, dict[str, str]]]
) -> tuple[dict[str, Any], str]:
    """The job `name` of a workflow, as it can run here: a workflow of this job alone, and the secrets it misses.

    Args:
        commit: a clone that holds the commit under test, and nothing that is not committed.
        mysql: what the job finds in place of its MySQL.
        needed: the jobs that it needs: each one's result, and what it hands on. A stub plays it.

    A job that hands something on gets a last step that prints it, each value followed by a NUL.
    """
    whole = copy.deepcopy(dict(workflow))
    job = whole["jobs"][name]
    known = {"GITHUB_TOKEN", *secrets_of(job)}
    defaults = [((each.get("defaults") or {}).get("run") or {}).get("shell") for each in (job, whole)]
    job["runs-on"] = RUNNER
    for key in ("services", "environment", "concurrency", "permissions", "strategy"):
        job.pop(key, None)
        whole.pop(key, None)
    # Unsaid, it means this, and on this machine somebody else may be there.
    job["env"] = {"MYSQL_PORT": str(MYSQL_PORT)} | (whole.pop("env", None) or {}) | (job.get("env") or {})
    whole["on"] = "push"
    whole["jobs"] = {each: _stub(*told) for each, told in needed.items()} | {name: job}
    for place, step in enumerate(job["steps"]):
        script = _script(step, commit)
        if script is not None:
            kept = {key: step[key] for key in ("id", "if", "continue-on-error", "env") if key in step}
            kept |= {"name": step.get("name") or step["uses"], "shell": SHELLS["bash"]} | AT_THE_TOP
            job["steps"][place] = kept | {"run": script or f"echo {shlex.quote(NOT_HERE + step['uses'])}"}
        elif "run" in step:
            script = STARTS_MYSQL.sub(r"\1true", step["run"]) if mysql.preinstalled else step["run"]
            shell = step.get("shell") or defaults[0] or defaults[1] or ""
            step |= {"run": _led(script, mysql.ports), "shell": SHELLS.get(shell, shell)}
    if handed_on := [*(job.get("outputs") or {}).values()]:
        env = {f"OUTPUT_{place}": value for place, value in enumerate(handed_on)}
        script = "printf '%s\\0' " + " ".join(f'"${each}"' for each in env)
        job["steps"].append({"if": "always()", "run": script, "env": env, "shell": SHELLS["sh"]} | AT_THE_TOP)
    for holder in (job, *job["steps"]):
        for key, value in (holder.get("env") or {}).items():
            holder["env"][key] = _led(f"{key}={value}", mysql.ports).partition("=")[2]
        for key in {"continue-on-error", "timeout-minutes"} & holder.keys():
            holder[key] = yaml.safe_load(holder[key])  # act wants no texts there
    return whole, ", ".join(sorted(set(re.findall(r"\bsecrets\.(\w+)", str(job))) - known))


def _stub(result: str, outputs: dict[str, str]) -> dict[str, Any]:
    """A job that comes to this result, and hands this on."""
    step = {"run": "exit 1" if result == "failure" else "exit 0", "shell": SHELLS["sh"]}
    condition = {"if": "false"} if result == "skipped" else {}
    return condition | {"runs-on": RUNNER, "outputs": outputs, "steps": [step | AT_THE_TOP]}


def _led(text: str, ports: Mapping[int, int]) -> str:
    """A text with our ports in `MYSQL_PORT=3306`, `localhost:3306`, `-P 3306`, `job.services.mysql.ports[3306]`."""
    numbers = "|".join(str(port) for port in ports if port != ANY_PORT)
    for before in (r"(?:\b|_)PORT\b[\"']?[\s=:]\s*[\"']?", r"(?:localhost|127\.0\.0\.1):", r"\s(?-i:-P)\s*"):
        text = re.sub(rf"(?i)({before})({numbers})\b", lambda found: f"{found[1]}{ports[int(found[2])]}", text)
    asked = rf"job\.services\.[\w-]+\.ports\[['\"]?{MYSQL_PORT}['\"]?\]"
    return re.sub(asked, str(ports.get(ANY_PORT, "''")), text)


def _script(step: dict[str, Any], commit: Path) -> str | None:
    """What does the same as an action to this job and nothing more; empty for an unknown one, None for another step."""
    uses, inputs = str(step.get("uses") or "./"), step.get("with") or {}
    if uses.startswith("./"):
        return None
    match uses.partition("@")[0].lower():
        case "actions/checkout" if "github.repository" in inputs.get("repository", "github.repository"):
            # A clone as shallow as the real one, in the job's empty folder.
            depth = () if inputs.get("fetch-depth") == "0" else ("--depth=1",)
            return shlex.join(("git", "clone", "--quiet", *depth, f"file://{commit}", inputs.get("path", ".")))
        case "astral-sh/setup-uv" if "python-version" not in inputs:
            return "uv --version"
        case "astral-sh/setup-uv" | "actions/setup-python":
            # An environment of the job's own: what it installs with pip is gone with it.
            asked = shlex.quote(inputs.get("python-version", "3").removesuffix(".x"))
            return f"""python=$(uv python find --no-project {asked} 2>/dev/null) \\
                || {{ echo "{NOT_HERE}Python "{asked}; python=$(command -v python3); }}
                "$python" -m venv "$RUNNER_TEMP/python"
                echo "$RUNNER_TEMP/python/bin" >> "$GITHUB_PATH"
                echo "UV_PYTHON=$python" >> "$GITHUB_ENV"
            """
        case "actions/cache" | "actions/cache/restore" | "actions/cache/save" | "actions/upload-artifact":
            return f"echo {shlex.quote(NOT_HERE + uses)}"  # a job that passes with it passes without
    return ""
