"""The workflows of this repository and of the template are as GitHub, and those who know it, want them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workbook.place import CLONE, TEMPLATE

WORKFLOWS = sorted(path for root in (CLONE, TEMPLATE) for path in (root / ".github/workflows").glob("*.yml"))

LINTERS = {
    "actionlint": ["actionlint"],
    "zizmor": ["zizmor", "--offline", "--no-progress", "--quiet"],
    "check-jsonschema": ["check-jsonschema", "--builtin-schema", "vendor.github-workflows"],
}


def lint(name: str, file: Path) -> "subprocess.CompletedProcess[str]":
    """Run a linter; it lies beside our Python, or on PATH."""
    where = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    program, *arguments = LINTERS[name]
    found = shutil.which(program, path=where)
    assert found, f"{program} is not installed: make setup"
    if program == "actionlint":
        arguments = [f"-shellcheck={shutil.which('shellcheck', path=where)}"]
    return subprocess.run([found, *arguments, str(file)], capture_output=True, text=True)


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: str(file.relative_to(CLONE)))
@pytest.mark.parametrize("linter", LINTERS)
def test_a_workflow_passes_every_linter(linter: str, file: Path) -> None:
    assert TEMPLATE / ".github/workflows/ci.yml" in WORKFLOWS
    done = lint(linter, file)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("linter", "right", "wrong", "said"),
    [
        ("actionlint", "runs-on: ubuntu-24.04", "runs-on: ubuntu-24", 'label "ubuntu-24" is unknown'),
        ("actionlint", "run: uv sync --locked", "run: cd $HOME && echo `ls`", "shellcheck reported issue"),
        ("zizmor", "@3d3c42e5aac5ba805825da76410c181273ba90b1", "@v7", "unpinned-uses"),
        ("zizmor", "persist-credentials: false", "fetch-depth: 1", "artipacked"),
        ("zizmor", "run: uv sync --locked", "run: echo ${{ github.head_ref }}", "template-injection"),
        ("check-jsonschema", "timeout-minutes: 10", "timeout: 10", "'timeout' was unexpected"),
    ],
)
def test_the_linters_would_see_it(linter: str, right: str, wrong: str, said: str, tmp_path: Path) -> None:
    text = (TEMPLATE / ".github/workflows/ci.yml").read_text()
    assert right in text
    file = tmp_path / ".github/workflows/ci.yml"
    file.parent.mkdir(parents=True)
    file.write_text(text.replace(right, wrong))

    done = lint(linter, file)

    assert done.returncode != 0
    assert said in done.stdout + done.stderr
