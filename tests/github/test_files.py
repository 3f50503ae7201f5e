"""What lies in the repository for GitHub is as GitHub, Docker and the readers of dev containers want it."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from workbook.history.publish import edition
from workbook.place import CLONE, TEMPLATE

CHECKS = {
    "zizmor --offline --no-progress --quiet": ".github",
    "check-jsonschema --builtin-schema vendor.github-issue-forms": ".github/ISSUE_TEMPLATE/[!c]*.yml",
    "check-jsonschema --builtin-schema vendor.github-issue-config": ".github/ISSUE_TEMPLATE/config.yml",
    "check-jsonschema --builtin-schema vendor.dependabot": "**/.github/dependabot.yml",
    "check-jsonschema --builtin-schema vendor.citation-file-format": "CITATION.cff",
    "check-jsonschema --builtin-schema vendor.compose-spec": "**/.devcontainer/compose.yaml",
}
TEXT, TABLE, ON_FORWARD = {"type": "string"}, {"type": "object"}, ["notify", "openBrowser", "openBrowserOnce", "silent"]
PORT_LABELS = {"properties": {"label": TEXT, "onAutoForward": {"enum": ON_FORWARD}}, "additionalProperties": False}
DEV_CONTAINER = {
    "required": ["dockerComposeFile", "service", "workspaceFolder"],
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys(("name", "remoteUser", "service", "workspaceFolder", "postCreateCommand"), TEXT),
        **dict.fromkeys(("remoteEnv", "customizations"), TABLE),
        "dockerComposeFile": {"type": ["string", "array"]},
        "runServices": {"type": "array", "items": TEXT},
        "forwardPorts": {"type": "array", "items": {"type": "integer", "minimum": 0, "maximum": 65535}},
        "portsAttributes": TABLE | {"additionalProperties": PORT_LABELS},
    },
}
"""What https://github.com/devcontainers/spec/blob/main/schemas/devContainer.base.schema.json (commit 08c3f97f) says of
the fields that are used here, in `composeContainer` and `devContainerCommon`."""


@pytest.mark.parametrize("command", CHECKS)
def test_every_file_passes_its_published_check(command: str) -> None:
    files = [file for file in CLONE.glob(CHECKS[command]) if not {".venv", ".workbook"} & set(file.parts)]
    assert files
    program, *options = command.split()
    done = subprocess.run([Path(sys.executable).with_name(program), *options, *files], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_action_has_one_version_everywhere_and_each_job_its_own_rights_and_end() -> None:
    workflows = [*CLONE.glob(".github/workflows/*.yml"), *TEMPLATE.glob(".github/workflows/*.yml")]
    used = {line for file in workflows for line in re.findall(r"uses: (\S+ # \S+)", file.read_text())}
    assert len({line.partition("@")[0] for line in used}) == len(used), sorted(used)
    for file in CLONE.glob(".github/workflows/*.yml"):
        workflow = yaml.safe_load(file.read_text())
        assert workflow["permissions"] == {}
        assert all({"permissions", "timeout-minutes"} <= job.keys() for job in workflow["jobs"].values())


@pytest.mark.parametrize(("root", "base"), [(CLONE, CLONE), (CLONE / "starter", TEMPLATE)], ids=["workbook", "copy"])
def test_a_dev_container_has_published_fields_and_services_that_are_there(root: Path, base: Path) -> None:
    said = json.loads((root / ".devcontainer" / "devcontainer.json").read_text())
    fits = Draft7Validator(DEV_CONTAINER).is_valid
    assert fits(said)
    opened = {"portsAttributes": {"8000": {"onAutoForward": "open"}}}
    for fault in ({"postCreate": "x"}, {"remoteEnv": "PATH"}, {"forwardPorts": ["a:b"]}, opened):
        assert not fits(said | fault)
    services: dict[str, Any] = {}
    for file in said["dockerComposeFile"] if isinstance(said["dockerComposeFile"], list) else ["compose.yaml"]:
        folder = base if file.startswith("..") else root
        services |= yaml.safe_load((folder / ".devcontainer" / file).resolve().read_text())["services"]
    own = services[said["service"]]
    assert {own["network_mode"].partition(":")[2], *own["depends_on"]} <= services.keys()
    # The image of the API is built for `docker compose up`; a codespace runs the code that is being written.
    assert said.get("runServices", [*services]) == [said["service"]] or services.keys() == {said["service"], "db"}
    assert services["db"]["image"] == yaml.safe_load((TEMPLATE / "compose.yaml").read_text())["services"]["db"]["image"]
    assert [volume.split(":")[1] for volume in own["volumes"]] == [said["workspaceFolder"]]
    assert set(map(int, said["portsAttributes"])) == set(said["forwardPorts"])


@pytest.mark.parametrize("name", ["stuck", "wrong"])
def test_an_issue_form_asks_the_same_in_both_languages(name: str) -> None:
    files = [CLONE / f".github/ISSUE_TEMPLATE/{name}{language}.yml" for language in ("", ".ko")]
    forms = [yaml.safe_load(file.read_text())["body"] for file in files]
    english, korean = ([(each["type"], each.get("id"), each.get("validations")) for each in form] for form in forms)
    assert english == korean


def test_the_citation_is_of_this_edition() -> None:
    cited, this = yaml.safe_load((CLONE / "CITATION.cff").read_text()), edition()
    assert (cited["version"], cited.get("repository-code", "")) == this
