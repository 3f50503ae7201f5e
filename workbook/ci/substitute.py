"""Rewrites one job so that it runs here: actions become scripts, its ports lead to our server."""

import copy
import re
from collections.abc import Callable, Mapping
from typing import Any

from workbook.ci import actions
from workbook.ci.actions import Place
from workbook.ci.service import MYSQL_PORT
from workbook.say import _

RUNNER = "ubuntu-latest"
"""What every job's `runs-on` becomes; act is told that this is the machine it runs on."""


def substitute(
    workflow: Mapping[str, Any], name: str, place: Place, ports: Mapping[int, int]
) -> tuple[dict[str, Any], list[str]]:
    """A workflow of this one job, as it can run here.

    Args:
        ports: the runner's ports as the workflow writes them, and the ports here that stand for them.

    Returns:
        the workflow, and what else the person should know, in sentences.
    """
    whole = copy.deepcopy(dict(workflow))
    job = whole["jobs"][name]
    notes = _choose_from_matrix(job, place)
    job["steps"] = [actions.stand_in(step, place) for step in job["steps"]]
    job["runs-on"] = RUNNER
    for key in ("needs", "services", "environment", "concurrency", "permissions"):
        job.pop(key, None)
    for key in ("concurrency", "permissions"):
        whole.pop(key, None)
    job["env"] = {**(job.get("env") or {})}
    if "MYSQL_PORT" not in {**(whole.get("env") or {}), **job["env"]}:
        job["env"]["MYSQL_PORT"] = MYSQL_PORT  # unsaid, it means this, and on this machine somebody else may be there
    whole["on"] = "push"
    whole["jobs"] = {name: job}
    lead = _leading(ports)
    for holder in (whole, job, *job["steps"]):
        if "env" in holder:
            holder["env"] = {key: lead(f"{key}={value}").partition("=")[2] for key, value in holder["env"].items()}
        if "run" in holder:
            holder["run"] = lead(holder["run"])
    return whole, notes


def _leading(ports: Mapping[int, int]) -> Callable[[str], str]:
    """A function that changes the ports in a text where they clearly are ports: `MYSQL_PORT=3306`, `localhost:3306`."""
    numbers = "|".join(map(str, ports))
    as_setting = re.compile(rf"((?:\b|_)PORT\b[\"']?\s*[=:]\s*[\"']?)({numbers})\b", re.IGNORECASE)
    in_address = re.compile(rf"((?:localhost|127\.0\.0\.1):)({numbers})\b")

    def lead(value: str) -> str:
        for pattern in (as_setting, in_address):
            value = pattern.sub(lambda found: f"{found[1]}{ports[int(found[2])]}", value)
        return value

    return lead


def _choose_from_matrix(job: dict[str, Any], place: Place) -> list[str]:
    """Keep one combination of a matrix: the first, and of several Pythons the one that is here."""
    matrix = (job.get("strategy") or {}).get("matrix")
    if not isinstance(matrix, dict):
        return []
    axes = {key: values for key, values in matrix.items() if key not in ("include", "exclude")}
    if not all(isinstance(values, list) and values for values in axes.values()):
        return []
    if axes:
        chosen = {key: next((v for v in values if str(v) == place.python), values[0]) for key, values in axes.items()}
    elif isinstance(matrix.get("include"), list) and matrix["include"]:
        chosen = dict(matrix["include"][0])
    else:
        return []
    job["strategy"] = {"matrix": {key: [value] for key, value in chosen.items()}}
    said = ", ".join(f"{key} {value}" for key, value in chosen.items())
    return [_("Of the matrix one combination runs: {said}.", said=said)]
