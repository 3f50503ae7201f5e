"""What lies in the repository for GitHub is as GitHub, Docker and the readers of dev containers want it."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from workbook.history.publish import edition
from workbook.place import CLONE, TEMPLATE

SCHEMAS = {
    "github-issue-forms": ".github/ISSUE_TEMPLATE/[!c]*.yml",
    "github-issue-config": ".github/ISSUE_TEMPLATE/config.yml",
    "dependabot": ".github/dependabot.yml",
    "citation-file-format": "CITATION.cff",
    "compose-spec": "**/.devcontainer/compose.yaml",
}
FIELDS: dict[str, Any] = {
    **dict.fromkeys(("name", "remoteUser", "service", "workspaceFolder"), str),
    **dict.fromkeys(("remoteEnv", "portsAttributes", "customizations"), dict),
    **dict.fromkeys(("onCreateCommand", "postCreateCommand", "postStartCommand"), str | list | dict),
    "dockerComposeFile": str | list,
    "forwardPorts": list,
}
"""Published fields of devcontainer.json and their types, as `composeContainer` and `devContainerCommon` have them in
https://github.com/devcontainers/spec/blob/main/schemas/devContainer.base.schema.json (commit 08c3f97f)."""
REQUIRED = {"dockerComposeFile", "service", "workspaceFolder"}
ON_FORWARD = ("notify", "openBrowser", "openBrowserOnce", "openPreview", "silent", "ignore")


def run(program: str, *arguments: object) -> None:
    command = [Path(sys.executable).with_name(program), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_file_is_as_its_published_schema_says(schema: str) -> None:
    files = [file for file in CLONE.glob(SCHEMAS[schema]) if not {".venv", ".workbook"} & set(file.parts)]
    assert files
    run("check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files)


def test_zizmor_finds_nothing_in_the_whole_folder() -> None:
    run("zizmor", "--offline", "--no-progress", "--quiet", CLONE / ".github")


def test_an_action_has_one_version_everywhere_and_each_job_its_own_rights_and_end() -> None:
    workflows = [*CLONE.glob(".github/workflows/*.yml"), *TEMPLATE.glob(".github/workflows/*.yml")]
    used = {line for file in workflows for line in re.findall(r"uses: (\S+ # \S+)", file.read_text())}
    assert len({line.partition("@")[0] for line in used}) == len(used), sorted(used)
    for file in CLONE.glob(".github/workflows/*.yml"):
        workflow = yaml.safe_load(file.read_text())
        assert workflow["permissions"] == {}
        assert all({"permissions", "timeout-minutes"} <= job.keys() for job in workflow["jobs"].values())


def faults(said: dict[str, Any]) -> list[str]:
    """What the published fields do not allow in a devcontainer.json, field by field."""
    found = [key for key, value in said.items() if not isinstance(value, FIELDS.get(key, ()))]
    ports = [port for port in said["forwardPorts"] if not isinstance(port, int) or not 0 <= port < 65536]
    labels = said["portsAttributes"].items()
    wrong = [port for port, each in labels if set(each) - {"label"} and each.get("onAutoForward") not in ON_FORWARD]
    return [*sorted(REQUIRED - said.keys()), *found, *map(str, ports), *wrong]


@pytest.mark.parametrize(("root", "base"), [(CLONE, CLONE), (CLONE / "starter", TEMPLATE)], ids=["workbook", "copy"])
def test_a_dev_container_has_published_fields_and_services_that_are_there(root: Path, base: Path) -> None:
    said = json.loads((root / ".devcontainer" / "devcontainer.json").read_text())
    assert faults(said) == []
    assert faults(said | {"postCreate": "x", "remoteEnv": "PATH", "forwardPorts": ["a:b"]}) == [
        "remoteEnv",
        "postCreate",
        "a:b",
    ]
    assert faults(said | {"portsAttributes": {"8000": {"onAutoForward": "open"}}}) == ["8000"]
    services: dict[str, Any] = {}
    named = said["dockerComposeFile"]
    for file in [named] if isinstance(named, str) else named:
        folder = base if file.startswith("..") else root
        services |= yaml.safe_load((folder / ".devcontainer" / file).resolve().read_text())["services"]
    own = services[said["service"]]
    assert {own["network_mode"].partition(":")[2], *own["depends_on"]} <= services.keys()
    assert services["db"]["image"] == yaml.safe_load((TEMPLATE / "compose.yaml").read_text())["services"]["db"]["image"]
    assert [volume.split(":")[1] for volume in own["volumes"]] == [said["workspaceFolder"]]
    assert set(map(int, said["portsAttributes"])) == set(said["forwardPorts"])


@pytest.mark.parametrize("name", ["stuck", "wrong"])
def test_an_issue_form_asks_the_same_in_both_languages(name: str) -> None:
    texts = [(CLONE / f".github/ISSUE_TEMPLATE/{name}{language}.yml").read_text() for language in ("", ".ko")]
    forms = [yaml.safe_load(text) for text in texts]
    english, korean = (
        [(each["type"], each.get("id"), each.get("validations")) for each in form["body"]] for form in forms
    )
    assert english == korean
    assert all("`workbook doctor`" in text for text in texts)


def test_the_citation_is_of_this_edition() -> None:
    cited, this = yaml.safe_load((CLONE / "CITATION.cff").read_text()), edition()
    assert (cited["version"], cited.get("repository-code", "")) == this
