"""Each step of a job is run as GitHub runs it, and shown with its result."""

import re
from pathlib import Path

import pytest

from tests.ci.conftest import MYSQL, WORKFLOW, Ci, commit, git, write
from workbook.ci import NOT_JUDGED, STUDENT, run
from workbook.explain import lastcheck
from workbook.say import Problem

pytestmark = pytest.mark.slow


def test_every_step_is_shown_with_its_result_and_its_seconds(ci: Ci) -> None:
    ran = ci(
        """\
        - name: Say hello
          run: echo hello
        - run: |
            echo "this one"
            false
        - run: echo never
        - name: Say goodbye
          if: always()
          run: echo goodbye
        """
    )

    assert ran.code == 1
    said = re.sub(r"\d+\.\d s", "N s", ran.said)
    assert 'ok       Say hello (N s)\nfailed   Run echo "this one" (N s)\n' in said
    assert "skipped  Run echo never\nok       Say goodbye (N s)\n" in said
    assert said.endswith(
        'The job failed at the step “Run echo "this one"”: exit code 1.\n\nIts last lines:\n  this one\n'
    )


def test_a_job_whose_steps_all_pass_is_green(ci: Ci) -> None:
    ran = ci('- run: test -z "$(ls -A)"')

    assert ran.code == 0
    assert ran.said.endswith("\n\nThe job passed.\n")


def test_a_step_that_may_fail_does_not_fail_the_job(ci: Ci) -> None:
    ran = ci("- run: exit 3\n  continue-on-error: true\n- run: 'true'")

    assert ran.code == 0
    assert re.search(r"failed   Run exit 3 \(.*\); the job goes on\n", ran.said)


def test_a_pipe_fails_where_the_shell_is_named_and_not_where_it_is_left_out(ci: Ci) -> None:
    ran = ci("- run: false | true\n- run: false | true\n  shell: bash")

    assert "ok       Run false | true" in ran.said
    assert "failed   Run false | true" in ran.said


def test_values_that_steps_hand_on_arrive(ci: Ci) -> None:
    ran = ci(
        """\
        - id: first
          run: |
            echo "word=hello" >> "$GITHUB_OUTPUT"
            echo "NAME=world" >> "$GITHUB_ENV"
            mkdir bin && printf '#!/bin/sh\\necho tool' > bin/our-tool && chmod +x bin/our-tool
            echo "$PWD/bin" >> "$GITHUB_PATH"
        - run: test "${{ steps.first.outputs.word }} $NAME $(our-tool)" = "hello world tool"
        - run: test "$CI $GITHUB_ACTIONS ${{ github.ref_name }}" = "true true main"
        """
    )

    assert ran.code == 0, ran.said


def test_only_what_is_committed_is_there_and_the_rest_is_named(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = '- uses: actions/checkout@v4\n      - run: test "$(cat a.txt)" = committed && test ! -e b.txt\n'
    head = "on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      "
    write(project, {WORKFLOW: "on: push", "a.txt": "committed"})
    commit(project, "First words")
    write(project, {WORKFLOW: head + steps, "a.txt": "changed", "b.txt": "new"})

    assert run(Path(WORKFLOW), project, None) == 0

    said = capsys.readouterr().out
    assert said.startswith(f"ci.yml on commit {git(project, 'rev-parse', '--short', 'HEAD')}: First words\n")
    assert f"{WORKFLOW} is not committed; it is taken as it is on the disk.\n" in said
    assert "Left out, because not committed: a.txt, b.txt.\n" in said
    assert git(project, "status", "--porcelain").split() == ["M", WORKFLOW, "M", "a.txt", "??", "b.txt"]


def test_a_program_that_is_missing_is_named(ci: Ci) -> None:
    ran = ci("- run: no-such-program --flag")

    assert ran.code == 1
    assert "exit code 127.\n\nIts last lines:\n  script: line 1: no-such-program: command not found\n" in ran.said


def test_without_a_checkout_the_folder_is_empty_as_on_github(ci: Ci) -> None:
    assert ci("- run: cat a.txt", files={"a.txt": "here"}).code == 1


def test_a_checkout_is_as_shallow_as_githubs(ci: Ci) -> None:
    ci("- run: 'true'")
    count = "git rev-list --count HEAD"
    ran = ci(
        f"""\
        - uses: actions/checkout@v4
        - run: test "$({count})" = 1
        - uses: actions/checkout@v4
          with: {{fetch-depth: 0, path: whole}}
        - run: cd whole && test "$({count})" = 2
        """
    )
    assert ran.code == 0, ran.said


@pytest.mark.parametrize(
    ("steps", "job", "named"),
    [
        ("- uses: codecov/codecov-action@v5\n- run: 'true'", "", "codecov/codecov-action@v5"),
        ("- uses: somebody/setup-tool@v1\n- run: tool", "", "somebody/setup-tool@v1"),
        ("- run: sudo apt-get install -y tool && tool", "", "apt-get install -y tool"),
        ("- run: docker compose up --wait", "", "docker compose up --wait"),
        ("- run: 'false'", "container: python:3.12", "a job in a container"),
        ("- run: 'true'", MYSQL.replace("services:", "services:\n  redis:\n    image: redis:8"), "the service redis"),
    ],
    ids=["action", "action that the job needs", "packages that the step needs", "docker", "container", "service"],
)
def test_what_cannot_run_here_is_named_and_the_job_is_not_judged(ci: Ci, steps: str, job: str, named: str) -> None:
    ran = ci(steps, job=job)

    assert ran.code == NOT_JUDGED
    assert f"not run here: {named}" in ran.said
    assert f"The job is not judged, for this was not run here: {named}" in " ".join(ran.said.split())


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ("- run: 'false'\n- uses: codecov/codecov-action@v5\n  if: always()", 1),
        ("- run: sudo apt-get update\n- run: 'false'", 1),
        ("- uses: codecov/codecov-action@v5\n  if: false\n- run: 'true'", 0),
        ("- uses: actions/cache@v4\n  with: {path: a, key: b}\n- run: 'true'", 0),
    ],
    ids=["after the failure", "another step's", "skipped", "a cache decides nothing"],
)
def test_what_decides_nothing_is_judged_without_it(ci: Ci, steps: str, code: int) -> None:
    assert ci(steps).code == code


def test_of_a_matrix_one_combination_runs_and_is_named(ci: Ci) -> None:
    ran = ci("- run: test ${{ matrix.letter }} = a", job="strategy:\n  matrix:\n    letter: [a, b]")

    assert ran.code == 0, ran.said
    assert "Of the matrix one combination runs: letter a." in ran.said


def test_a_job_whose_condition_does_not_hold_is_skipped(ci: Ci) -> None:
    ran = ci("- run: 'false'", job="if: github.event_name == 'pull_request'")

    assert ran.code == 0
    assert "skipped  Run false\n\nThe job was skipped: its condition does not hold.\n" in ran.said


def test_korean_is_spoken(ci: Ci, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBOOK_LANG", "ko")
    ran = ci("- run: sudo reboot\n- name: 실패하는 스텝\n  run: exit 2")

    assert "ok       Run sudo reboot" in ran.said
    assert "“실패하는 스텝” 스텝에서 실패했어요: exit code 2." in ran.said


def test_a_job_waits_for_those_that_it_needs(ci: Ci) -> None:
    job = "runs-on: ubuntu-24.04\n    steps:\n      - run: "
    workflow = f"on: push\njobs:\n  second:\n    needs: first\n    {job}'true'\n  first:\n    {job}'false'\n"

    ran = ci(workflow=workflow)
    assert ran.code == 1
    assert re.search(r"Job first\nfailed .*\nJob second\n\nskipped: it needs first\.\n$", ran.said, re.DOTALL)

    assert ci(workflow=workflow, only="second").code == 0


def test_a_job_that_does_not_exist_is_a_sentence(ci: Ci) -> None:
    with pytest.raises(Problem, match=r"ci\.yml has no job tests") as problem:
        ci("- run: 'true'", only="tests")
    assert problem.value.why == "It has: test."


def test_a_project_without_a_commit_is_a_sentence(project: Path) -> None:
    write(project, {WORKFLOW: "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: 'true'\n"})
    with pytest.raises(Problem, match="Nothing is committed"):
        run(Path(WORKFLOW), project, None)


def test_nothing_is_left_in_the_temporary_folder(ci: Ci, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))

    ci("- run: exit 1")

    assert list(scratch.iterdir()) == []


def test_a_secret_is_empty_and_named(ci: Ci) -> None:
    ran = ci('- run: test -z "$TOKEN"\n  env:\n    TOKEN: ${{ secrets.DEPLOY_TOKEN }}')

    assert ran.code == 0, ran.said
    assert "Secrets are empty here: DEPLOY_TOKEN.\n" in ran.said


def test_what_failed_is_kept_for_explain_in_a_students_project(ci: Ci, project: Path) -> None:
    ci("- run: echo no-such-table; exit 1")
    assert lastcheck.read(project) == []

    ci("- run: echo no-such-table; exit 1", files={STUDENT: ""})
    (fault,) = lastcheck.read(project)
    assert fault.sentences == ("The job failed at the step “Run echo no-such-table; exit 1”: exit code 1.",)
    assert fault.heard == "no-such-table"

    ci("- run: 'true'")
    assert lastcheck.read(project) == []
