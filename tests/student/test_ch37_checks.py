"""What chapter 37's checks say of workflows that need not be run to be judged."""

from pathlib import Path

import pytest

from workbook.place import TEMPLATE
from workbook.student import gitrepo, outline
from workbook.student.check import checks_of
from workbook.student.ground import Ground
from workbook.student.seen import Broken

CI = ".github/workflows/ci.yml"
WORKFLOW = (TEMPLATE / CI).read_text()
HEALTH = '          --health-cmd="MYSQL_PWD=$MYSQL_ROOT_PASSWORD mysql'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    gitrepo.run(tmp_path, "init", "-q", "--template=")
    return tmp_path


def write(project: Path, path: str, content: str, *, commit: bool = True) -> None:
    (project / path).parent.mkdir(parents=True, exist_ok=True)
    (project / path).write_text(content)
    if commit:
        gitrepo.commit_all(project, "A commit")


def said(project: Path, name: str) -> str:
    [chapter] = [each for each in outline.chapters() if each.id == "ch37"]
    [check] = [each for each in checks_of("ch37", chapter.folder) if each.name == name]
    with Ground(project) as ground:
        return " ".join(check.look(ground))


def test_the_chapters_own_workflow_lacks_nothing(project: Path) -> None:
    write(project, CI, WORKFLOW)

    for name in ("workflow_is_read", "pushes_start_it", "mysql_is_waited_for"):
        assert said(project, name) == ""


def test_no_workflow_and_one_in_a_folder_that_github_does_not_look_at(project: Path) -> None:
    assert "holds no .yml file." in said(project, "workflow_is_read")
    write(project, ".github/workflow/ci.yml", WORKFLOW)
    assert "GitHub does not look at .github/workflow/ci.yml" in said(project, "workflow_is_read")
    with pytest.raises(Broken):
        said(project, "pushes_start_it")


def test_a_workflow_that_is_not_committed_is_told(project: Path) -> None:
    write(project, "README.md", "uv run pytest")
    write(project, CI, WORKFLOW, commit=False)

    assert f"{CI} is in no commit" in said(project, "workflow_is_read")


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ("\tname: CI\n" + WORKFLOW, "line 1: this is not YAML"),
        (WORKFLOW.replace("jobs:", "job:"), "GitHub would refuse"),
    ],
)
def test_a_workflow_that_github_refuses_is_told_with_its_line(project: Path, wrong: str, expected: str) -> None:
    write(project, CI, wrong)

    found = said(project, "workflow_is_read")
    assert expected in found
    assert f"{CI}, line" in found


def test_another_name_will_do(project: Path) -> None:
    write(project, ".github/workflows/deploy.yaml", WORKFLOW.replace("pytest", "true"))
    write(project, ".github/workflows/tests.yaml", WORKFLOW.replace("\non:\n", "\n'on':\n"))

    assert said(project, "workflow_is_read") + said(project, "pushes_start_it") == ""


def test_a_workflow_that_waits_for_a_click_is_told(project: Path) -> None:
    write(project, CI, WORKFLOW.replace("  push:\n    branches: [main]\n  pull_request:\n", "  workflow_dispatch:\n"))

    assert "only: workflow_dispatch." in said(project, "pushes_start_it")


def test_a_service_that_nobody_waits_for_or_reaches_is_told(project: Path) -> None:
    write(project, CI, WORKFLOW.replace(HEALTH, HEALTH.replace("health-cmd", "health-nothing")))
    assert "no --health-cmd" in said(project, "mysql_is_waited_for")
    write(project, CI, WORKFLOW.replace("          - 3306:3306\n", "          - 6379:6379\n"))
    assert "publishes no port" in said(project, "mysql_is_waited_for")
    write(project, CI, WORKFLOW.replace('          MYSQL_ROOT_PASSWORD: "1234"\n', ""))
    assert "would stop at once" in said(project, "mysql_is_waited_for")


def test_the_preinstalled_server_will_do_when_a_step_starts_it(project: Path) -> None:
    steps = "on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: uv run pytest  # MySQL\n"
    write(project, CI, steps)
    assert "No job has a MySQL" in said(project, "mysql_is_waited_for")
    write(project, CI, steps + "      - run: sudo systemctl start mysql\n")
    assert said(project, "mysql_is_waited_for") == ""


def test_a_readme_names_the_commands(project: Path) -> None:
    assert "No README is committed" in said(project, "readme_tells_the_way")
    write(project, "readme.md", "uv run uvicorn app.main:app, uv run pytest")
    assert "readme.md names no command to build the tables." in said(project, "readme_tells_the_way")
    write(project, "readme.md", (TEMPLATE / "README.md").read_text())
    assert said(project, "readme_tells_the_way") == ""
