"""One job of a workflow, laid out in scratch folders and started."""

import re
import sys
from collections.abc import Generator
from pathlib import Path

import yaml

from workbook.ci import events, ground
from workbook.ci.actions import Place
from workbook.ci.client import Settings
from workbook.ci.server import Mysql
from workbook.ci.service import secrets_of
from workbook.ci.substitute import substitute
from workbook.ci.workflow import Workflow

COMMIT = "commit"
"""The folder of the scratch in which the clone lies that the job checks out."""


def start(
    plan: Workflow, name: str, mysql: Mysql, scratch: Path, *, project: Path, seconds: float | None = None
) -> tuple[list[str], Generator[events.Event, None, None]]:
    """Start a job on the clone that lies in `scratch/commit`.

    Args:
        project: the person's own, which the clone was made of.
        seconds: after how many it is stopped; None for never.

    Returns:
        what the person should know of it, in sentences, and its events; whoever closes them ends the job.
    """
    job = plan.jobs[name]
    place = Place(scratch / COMMIT, f"{sys.version_info.major}.{sys.version_info.minor}")
    rewritten, notes = substitute(plan.content, name, place, mysql.ports)
    ports = {str(known): here for known, here in mysql.ports.items()}
    pip = any(re.search(r"\bpip3?\b", str(step.get("run", ""))) for step in job["steps"])
    environment = ground.prepare(
        scratch / "ground", Settings(ports, mysql.socket, mysql.bell), project=project, pip=pip
    )
    file = scratch / "workflow.yml"
    file.write_text(yaml.safe_dump(rewritten, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return notes, events.run(file, place.commit, scratch, environment, secrets_of(job), seconds=seconds)
