"""What GitHub would do otherwise than this machine does, where the workflow itself says so."""

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from workbook.ci.service import secrets_of
from workbook.say import _


def unheard_push(workflow: Mapping[str, Any], branch: str) -> str:
    """A sentence when a push of this branch would start nothing, else nothing.

    Students wait for a run that never comes: the workflow listens to pushes of other branches.
    """
    on = workflow.get("on")
    if not branch or not isinstance(on, dict):
        return ""
    if "push" not in on:
        return _("On GitHub a push does not start this workflow.")
    branches = (on["push"] or {}).get("branches")
    if not branches:
        return ""
    patterns = [str(each) for each in (branches if isinstance(branches, list) else [branches])]
    if any(fnmatchcase(branch, pattern) or pattern.startswith("!") for pattern in patterns):
        return ""
    named = ", ".join(patterns)
    return _(
        "On GitHub a push of the branch {branch} starts nothing: on.push.branches names {named}.",
        branch=branch,
        named=named,
    )


def empty_secrets(job: Mapping[str, Any]) -> str:
    """A sentence that names the secrets that are empty here, else nothing."""
    names = sorted(set(re.findall(r"\bsecrets\.(\w+)", str(job))) - {"GITHUB_TOKEN"} - secrets_of(dict(job)).keys())
    listed = ", ".join(names)
    return _("Secrets are empty here: {listed}.", listed=listed) if names else ""
