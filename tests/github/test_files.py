"""What lies in the repository for GitHub is as GitHub, Docker and the dev containers' readers want it."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.setup.test_makefile import run_ci
from workbook.history.publish import edition
from workbook.place import CLONE, TEMPLATE

BIN = Path(sys.executable).parent
SCHEMAS = {
    "github-workflows": ".github/workflows/*.yml",
    "github-issue-forms": ".github/ISSUE_TEMPLATE/[!c]*.yml",
    "github-issue-config": ".github/ISSUE_TEMPLATE/config.yml",
    "dependabot": ".github/dependabot.yml",
    "citation-file-format": "CITATION.cff",
    "compose-spec": "**/.devcontainer/compose.yaml",
}
COMMAND = str | list | dict
DEV_CONTAINER: dict[str, Any] = {
    "name": str,
    "dockerComposeFile": str | list,
    "service": str,
    "workspaceFolder": str,
    "remoteUser": str,
    "remoteEnv": dict,
    "forwardPorts": list,
    "portsAttributes": dict,
    "customizations": dict,
    "onCreateCommand": COMMAND,
    "updateContentCommand": COMMAND,
    "postCreateCommand": COMMAND,
    "postStartCommand": COMMAND,
}
"""The published fields that are used here, and their types; of all fields, three are required beside a compose file.

From `composeContainer` and `devContainerCommon` in schemas/devContainer.base.schema.json of the repository devcontainers/spec
(https://github.com/devcontainers/spec/blob/main/schemas/devContainer.base.schema.json, as of commit 08c3f97f).
"""
REQUIRED = {"dockerComposeFile", "service", "workspaceFolder"}
PORT = {
    "label": lambda value: isinstance(value, str),
    "onAutoForward": lambda value: value in "notify openBrowser openBrowserOnce openPreview silent ignore".split(),
    "requireLocalPort": lambda value: isinstance(value, bool),
}


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_file_is_as_its_published_schema_says(schema: str) -> None:
    files = [file for file in CLONE.glob(SCHEMAS[schema]) if not {".venv", ".workbook"} & set(file.parts)]
    assert files
    command = [BIN / "check-jsonschema", "--builtin-schema", f"vendor.{schema}", *files]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_finds_nothing_in_the_whole_folder() -> None:
    command = [BIN / "zizmor", "--offline", "--no-progress", "--quiet", CLONE / ".github"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_an_action_has_one_version_in_all_workflows_and_no_workflow_grants_more_than_its_jobs_need() -> None:
    workflows = [*CLONE.glob(".github/workflows/*.yml"), *TEMPLATE.glob(".github/workflows/*.yml")]
    used = {line for file in workflows for line in re.findall(r"uses: (\S+ # \S+)", file.read_text())}
    assert len({line.partition("@")[0] for line in used}) == len(used), sorted(used)
    for file in CLONE.glob(".github/workflows/*.yml"):
        workflow = yaml.safe_load(file.read_text())
        assert workflow["permissions"] == {}
        for job in workflow["jobs"].values():
            assert {"permissions", "timeout-minutes"} <= job.keys()


def faults(dev_container: dict[str, Any]) -> list[str]:
    """What the published fields do not allow, field by field."""
    found = sorted(REQUIRED - dev_container.keys())
    found += [key for key, value in dev_container.items() if not isinstance(value, DEV_CONTAINER.get(key, ()))]
    for port in dev_container.get("forwardPorts", ()):
        if not (isinstance(port, int) and 0 <= port < 65536) and not re.fullmatch(r"[a-z0-9-]+:\d{1,5}", str(port)):
            found.append(f"forwardPorts: {port}")
    for port, attributes in dev_container.get("portsAttributes", {}).items():
        found += [f"{port}: {key}" for key, value in attributes.items() if not PORT.get(key, lambda _: False)(value)]
    return found


@pytest.mark.parametrize(("root", "base"), [(CLONE, CLONE), (CLONE / "starter", TEMPLATE)], ids=["workbook", "copy"])
def test_a_dev_container_has_published_fields_and_services_that_are_there(root: Path, base: Path) -> None:
    said = json.loads((root / ".devcontainer" / "devcontainer.json").read_text())
    assert faults(said) == []
    named = said["dockerComposeFile"]
    services: dict[str, Any] = {}
    for file in [named] if isinstance(named, str) else named:
        where = base / ".devcontainer" / file if file.startswith("..") else root / ".devcontainer" / file
        services |= yaml.safe_load(where.resolve().read_text())["services"]
    own = services[said["service"]]
    assert own["network_mode"].partition(":")[2] in services
    assert own["depends_on"].keys() <= services.keys()
    assert services["db"]["image"] == yaml.safe_load((TEMPLATE / "compose.yaml").read_text())["services"]["db"]["image"]
    assert any(volume.split(":")[1] == said["workspaceFolder"] for volume in own["volumes"])
    assert set(map(int, said["portsAttributes"])) == set(said["forwardPorts"])


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"forwardPorts": ["db:port"]}, "forwardPorts: db:port"),
        ({"postCreate": "make setup"}, "postCreate"),
        ({"portsAttributes": {"8000": {"onAutoForward": "open"}}}, "8000: onAutoForward"),
        ({"remoteEnv": "PATH"}, "remoteEnv"),
    ],
)
def test_a_wrong_field_of_a_dev_container_is_found(change: dict[str, Any], fault: str) -> None:
    said = json.loads((CLONE / ".devcontainer" / "devcontainer.json").read_text())
    assert faults(said | change) == [fault]


@pytest.mark.parametrize("name", ["stuck", "wrong"])
def test_an_issue_form_asks_the_same_in_both_languages(name: str) -> None:
    english, korean = (
        yaml.safe_load((CLONE / f".github/ISSUE_TEMPLATE/{name}{language}.yml").read_text()) for language in ("", ".ko")
    )
    asked = [
        [(each["type"], each.get("id"), each.get("validations")) for each in form["body"]] for form in (english, korean)
    ]
    assert asked[0] == asked[1]
    assert english["labels"] == korean["labels"]
    assert "`workbook doctor`" in str(english) and "`workbook doctor`" in str(korean)


def test_the_citation_is_of_this_edition() -> None:
    cited = yaml.safe_load((CLONE / "CITATION.cff").read_text())
    assert cited["version"] == edition().name
    assert cited.get("repository-code", "") == edition().repository, "named once, it is named here, too"


def test_ci_hands_its_closing_lines_to_the_run_s_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    lines = "pages: 31 verified, 0 remembered\nSKIPPED [1] a.py:1: why\n===== 3 passed in 0.10s ====="
    result = run_ci(tmp_path, f"printf '%s\\\\n' {' '.join(repr(line) for line in lines.splitlines())}")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "summary.md").read_text() == f"```text\n{lines}\n```\n"
