"""The workflows of this repository and of the template are as GitHub, and those who know it, want them."""

import subprocess
import sys
from pathlib import Path

import pytest

from workbook.place import CLONE, TEMPLATE

WORKFLOWS = sorted(path for root in (CLONE, TEMPLATE) for path in (root / ".github/workflows").glob("*.yml"))

BESIDE = Path(sys.executable).parent
LINTERS = {
    "actionlint": [f"-shellcheck={BESIDE / 'shellcheck'}"],
    "zizmor": ["--offline", "--no-progress", "--quiet"],
    "check-jsonschema": ["--builtin-schema", "vendor.github-workflows"],
}


def lint(name: str, file: Path) -> "subprocess.CompletedProcess[str]":
    """Run a linter; it lies beside our Python."""
    return subprocess.run([BESIDE / name, *LINTERS[name], str(file)], capture_output=True, text=True)


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: str(file.relative_to(CLONE)))
@pytest.mark.parametrize("linter", LINTERS)
def test_a_workflow_passes_every_linter(linter: str, file: Path) -> None:
    assert TEMPLATE / ".github/workflows/ci.yml" in WORKFLOWS
    done = lint(linter, file)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("linter", "right", "wrong", "said"),
    [
        ("actionlint", "run: uv sync --locked", "run: cd $HOME && echo `ls`", "shellcheck reported issue"),
        ("zizmor", "@3d3c42e5aac5ba805825da76410c181273ba90b1", "@v7", "unpinned-uses"),
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
