"""What stands here for the actions that a workflow uses: scripts that do the same to this job and nothing more."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NOT_HERE = "not run here: "
"""How a stand-in says what it leaves out; the report shows these lines."""


@dataclass(frozen=True, slots=True)
class Place:
    """What the stand-ins know of this machine.

    Attributes:
        commit: a clone that holds the commit under test, and nothing that is not committed.
        python: the version of this machine's Python, such as `3.11`.
    """

    commit: Path
    python: str


def stand_in(step: dict[str, Any], place: Place) -> dict[str, Any]:
    """The step as it runs here: with a script instead of an action from elsewhere."""
    uses = str(step.get("uses") or "")
    if not uses or uses.startswith("./"):
        return step
    kept: dict[str, Any] = {key: step[key] for key in ("id", "if", "continue-on-error", "env") if key in step}
    inputs = {key: str(value) for key, value in (step.get("with") or {}).items()}
    script = _KNOWN.get(uses.partition("@")[0].lower(), _unknown)(uses, inputs, place)
    return {**kept, "name": step.get("name") or f"Run {uses}", "shell": "bash", "run": script}


def _checkout(uses: str, inputs: dict[str, str], place: Place) -> str:
    """A clone as shallow as the real one, in the job's empty folder."""
    if inputs.get("repository") and "github.repository" not in inputs["repository"]:
        return _unknown(f"{uses} of {inputs['repository']}", inputs, place)
    depth = inputs.get("fetch-depth", "1")
    shallow = "" if depth == "0" else f"--depth={int(depth)} " if depth.isdecimal() else "--depth=1 "
    target = shlex.quote(inputs.get("path", "."))
    return f"git clone --quiet {shallow}{shlex.quote(f'file://{place.commit}')} {target}"


def _setup_uv(uses: str, inputs: dict[str, str], place: Place) -> str:
    """This machine's own uv, whatever version the workflow asks for."""
    lines = []
    if inputs.get("python-version"):
        python = shlex.quote(inputs["python-version"])
        lines += [
            f"if uv python find --no-project {python} >/dev/null 2>&1",
            f'then echo "UV_PYTHON="{python} >> "$GITHUB_ENV"',
            f'else echo "{NOT_HERE}Python "{python}"; Python {place.python} of this machine instead"; fi',
        ]
    if inputs.get("activate-environment", "").lower() == "true":
        lines += [
            "uv venv",
            'echo "$PWD/.venv/bin" >> "$GITHUB_PATH"',
            'echo "VIRTUAL_ENV=$PWD/.venv" >> "$GITHUB_ENV"',
        ]
    return "\n".join(lines or ["uv --version"])


def _setup_python(uses: str, inputs: dict[str, str], place: Place) -> str:
    """A virtual environment of the job's own: what it installs with pip is gone with it."""
    asked = shlex.quote(inputs.get("python-version") or place.python)
    return (
        f"python=$(uv python find --no-project {asked} 2>/dev/null) || {{ python=$(command -v python3); "
        f'echo "{NOT_HERE}Python "{asked}"; Python {place.python} of this machine instead"; }}\n'
        '"$python" -m venv "$RUNNER_TEMP/python"\n'
        'echo "$RUNNER_TEMP/python/bin" >> "$GITHUB_PATH"'
    )


def _unknown(uses: str, inputs: dict[str, str], place: Place) -> str:
    return f"echo {shlex.quote(NOT_HERE + uses)}"


_KNOWN: dict[str, Callable[[str, dict[str, str], Place], str]] = {
    "actions/checkout": _checkout,
    "actions/setup-python": _setup_python,
    "astral-sh/setup-uv": _setup_uv,
}
