"""Whole solutions: right ones that look different from the chapter's are accepted, wrong ones refused.

They are data, in `solutions/`: what is removed, moved, written and replaced at a tag. All is asked of them.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.student.conftest import ProjectAt
from tests.student.judging import missing, plant, verdicts
from workbook.history.git import persons_git
from workbook.mysql.server import Server
from workbook.student import checking
from workbook.student.start import commit_all

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

FOLDER = Path(__file__).parent / "solutions"
SOLUTIONS = [
    pytest.param(each, id=f"{kind}: {each['name']}")
    for kind in ("right", "wrong")
    for each in tomllib.loads((FOLDER / f"{kind}.toml").read_text(encoding="utf-8"))["solution"]
]


@pytest.mark.parametrize("solution", SOLUTIONS)
def test_a_solution_is_judged_as_it_deserves(
    solution: dict[str, Any],
    project_at: ProjectAt,
    mysql: Server,
    own_database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = project_at(solution["tag"])
    rename(root, solution.get("move", {}), solution.get("everywhere", {}))
    plant(solution, root, mysql, own_database, monkeypatch)
    if solution.get("track"):
        persons_git(root, "add", "--force", *solution["track"])
        commit_all(root, "A solution")
    asked = [each for each in checking.asked(solution["tag"]) if each.name in solution.get("check", [each.name])]

    found = verdicts(root, asked, mysql)

    assert missing(found).keys() == set(solution.get("refused", ())), missing(found)
    unseen = {name: each.sentences for name, each in found.items() if each.state == "unseen"}
    assert "refused" in solution or not unseen, unseen
    moot = {name for name, each in found.items() if each.state == "moot"}
    assert moot == set(solution.get("moot", ())), found


def rename(root: Path, move: dict[str, str], everywhere: dict[str, str]) -> None:
    """Move files and folders, then replace words in all that is Python or a setting."""
    for path, target in move.items():
        (root / path).rename(root / target)
    for file in [*root.rglob("*.py"), root / "pyproject.toml"] if everywhere else ():
        text = file.read_text(encoding="utf-8")
        for old, new in everywhere.items():
            text = text.replace(old, new)
        file.write_text(text, encoding="utf-8")
