"""Each step of a job is run as GitHub runs it, and shown with its result; nothing of it changes this machine."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rehearsal.conftest import MYSQL, WORKFLOW, Ci, commit, one_job, write
from workbook.clinic import lastcheck
from workbook.history.git import git
from workbook.place import PROGRESS
from workbook.rehearsal import NOT_JUDGED, run
from workbook.say import Problem

pytestmark = pytest.mark.slow

HANDED_ON = """\
- id: first
  run: |
    echo "word=hello" >> "$GITHUB_OUTPUT"
    echo "NAME=world" >> "$GITHUB_ENV"
    mkdir bin && printf '#!/bin/sh\\necho tool' > bin/our-tool && chmod +x bin/our-tool
    echo "$PWD/bin" >> "$GITHUB_PATH"
- run: test "${{ steps.first.outputs.word }} $NAME $(our-tool)" = "hello world tool"
- run: test "$CI $GITHUB_ACTIONS ${{ github.ref_name }}" = "true true main"
"""
SHALLOW = """\
- uses: actions/checkout@v4
- run: test "$(git rev-list --count HEAD)" = 1
- uses: actions/checkout@v4
  with: {fetch-depth: 0, path: whole}
- run: cd whole && test "$(git rev-list --count HEAD)" -gt 1
"""
PIP = """\
- uses: actions/setup-python@v5
  with: {python-version: 3.x}
- run: test "$(command -v python)" = "$(dirname "$(command -v pip)")/python"
- run: case "$(pip --version)" in *"$RUNNER_TEMP"*) ;; *) exit 1 ;; esac
"""
COMPOSITE = """\
name: Greet
runs:
  using: composite
  steps:
    - {run: echo to be greeted, shell: bash}
    - {run: exit 7, shell: bash}
"""
CHAIN = """\
on: push
jobs:
  deploy:
    needs: red
    runs-on: ubuntu-24.04
    steps: [{run: 'true'}]
  first:
    runs-on: ubuntu-24.04
    outputs:
      word: ${{ steps.say.outputs.word }}
      none: ${{ steps.no.outputs.a }}
      many: ${{ steps.say.outputs.many }}
    defaults: {run: {working-directory: below}}
    steps:
      - uses: actions/checkout@v4
      - id: say
        run: |
          test -e here
          echo "word=it's" >> "$GITHUB_OUTPUT"
          printf 'many<<END\\na\\nb\\nEND\\n' >> "$GITHUB_OUTPUT"
  red:
    runs-on: ubuntu-24.04
    steps: [{run: 'false'}]
  left:
    if: github.event_name == 'pull_request'
    runs-on: ubuntu-24.04
    steps: [{run: 'false'}]
  after:
    needs: [first]
    runs-on: ubuntu-24.04
    steps:
      - run: test "$WORD$NONE" = "it's"
        env: {WORD: "${{ needs.first.outputs.word }}", NONE: "${{ needs.first.outputs.none }}"}
      - run: test "${{ needs.first.outputs.many }}" = "$(printf 'a\\nb')"
  behind:
    needs: [left]
    runs-on: ubuntu-24.04
    steps: [{run: 'false'}]
  report:
    needs: [first, red, left]
    if: ${{ always() }}
    runs-on: ubuntu-24.04
    steps:
      - run: test "${{ needs.first.result }} ${{ needs.red.result }} ${{ needs.left.result }}" = "$ALL"
        env: {ALL: success failure skipped}
      - run: test ${{ contains(needs.*.result, 'failure') }} = true
  notify:
    needs: red
    if: failure()
    runs-on: ubuntu-24.04
    steps: [{run: 'true'}]
"""
LOG_IN = "mysql -h127.0.0.1 -uroot -e 'SELECT 1'"
SECRET = "env: {PASSWORD: '${{ secrets.DB }}'}\n" + MYSQL.replace('"1234"', "${{ secrets.DB }}")


def test_every_step_is_shown_with_its_result_and_its_seconds(ci: Ci) -> None:
    code, said = ci(
        """\
        - {run: exit 3, continue-on-error: true}
        - run: |
            echo "this one"
            false
        - run: echo never
        - {name: Say goodbye, if: always(), run: echo goodbye}
        """
    )
    assert code == 1
    said = re.sub(r"\d+\.\d s", "N s", said)
    assert "failed   Run exit 3 (N s); the job goes on\n" in said
    assert 'failed   Run echo "this one" (N s)\nok       Say goodbye (N s)\n' in said
    assert said.endswith('Run echo "this one"”: exit code 1.\n\nIts last lines:\n  this one\n')


@pytest.mark.parametrize(
    ("steps", "job", "code", "said"),
    [
        ('- run: test -z "$(ls -A)"', "", 0, "The job passed."),
        ("- run: false | true\n- run: false | true\n  shell: bash", "", 1, "ok Run false | true"),
        (HANDED_ON, "", 0, "The job passed."),
        (
            "- uses: actions/checkout@v4\n- uses: ./greet",
            "",
            1,
            "@v4 (N s) failed Run ./greet (N s) The job failed at the step “Run ./greet”: exit code 7. Its last lines: "
            "to be greeted",
        ),
        ("- uses: actions/checkout@v4\n- uses: ./nowhere", "", 1, "The job failed at the step “Run ./nowhere”"),
        (SHALLOW, "", 0, "The job passed."),
        ("- run: 'false'", "if: github.event_name == 'pull_request'", 0, "skipped: its condition does not hold."),
        ('- run: test -z "${{ secrets.TOKEN }}"', "", 0, "Secrets are empty here: TOKEN."),
        (PIP, "", 0, "ok Run actions/setup-python@v5 (N s) ok Run test"),
        (f"- run: {LOG_IN} -p$PASSWORD", SECRET, 0, "The job passed."),
        # What the image of a service takes, and what it refuses.
        (f"- run: {LOG_IN}", MYSQL.replace("ROOT_PASSWORD", "ALLOW_EMPTY_PASSWORD"), 0, "The job passed."),
        ("- run: 'true'", "services: {db: {image: mysql}}", 1, "It wants one of MYSQL_ROOT_PASSWORD"),
        ("- run: 'true'", MYSQL.replace("DATABASE: from_the_service", "USER: me"), 1, "USER needs MYSQL_PASSWORD"),
        ("- run: 'true'", MYSQL.replace("DATABASE: from_the_service", "USER: root"), 1, "must not be root"),
        # What cannot run here, and decides nothing: it came after the failure, in another step, was skipped, a cache.
        ("- run: 'false'\n- uses: codecov/codecov-action@v5\n  if: always()", "", 1, "The job failed"),
        ("- run: sudo apt-get update\n- run: 'false'", "", 1, "The job failed"),
        ("- uses: codecov/codecov-action@v5\n  if: false\n- run: 'true'", "", 0, "The job passed."),
        ("- uses: actions/cache@v4\n  with: {path: a, key: b}\n- run: 'true'", "", 0, "The job passed."),
        # And what decides.
        ("- uses: somebody/setup-tool@v1\n- run: tool", "", NOT_JUDGED, "somebody/setup-tool@v1"),
        ("- run: sudo apt-get install -y tool && tool", "", NOT_JUDGED, "apt-get install -y tool"),
        ("- run: docker compose up --wait", "", NOT_JUDGED, "docker compose up --wait"),
        ("- run: 'false'", "container: python:3.12", NOT_JUDGED, "a job in a container"),
        ("- run: 'true'", MYSQL.replace("mysql", "redis"), NOT_JUDGED, "the service redis"),
    ],
)
def test_a_job_comes_to_the_end_that_it_has_on_github(ci: Ci, steps: str, job: str, code: int, said: str) -> None:
    if code == NOT_JUDGED:
        said = f"The job is not judged, for this was not run here: {said}"
    ended, printed = ci(steps, job=job, **{"greet/action.yml": COMPOSITE})
    assert ended == code, printed
    assert said in re.sub(r"\d+\.\d s", "N s", " ".join(printed.split()))


def test_only_what_is_committed_is_there_and_the_rest_is_named(project: Path, capsys) -> None:
    with pytest.raises(Problem, match="There is no workflow at"):
        run(Path(WORKFLOW), project, None)
    write(project, {WORKFLOW: one_job("- run: 'true'"), "a.txt": "committed"})
    with pytest.raises(Problem, match="Nothing is committed"):
        run(Path(WORKFLOW), project, None)
    commit(project, "First words")
    steps = '- uses: actions/checkout@v4\n- run: test "$(cat a.txt)" = committed && test ! -e b.txt'
    write(project, {WORKFLOW: one_job(steps), "a.txt": "changed", "b.txt": ""})
    assert run(Path(WORKFLOW), project, None) == 0
    said = capsys.readouterr().out
    assert re.match(r"ci\.yml on commit \w{7,}: First words\n", said)
    assert "ci.yml is not committed; it is taken as it is on the disk.\n" in said
    assert "Left out, because not committed: a.txt, b.txt.\n" in said
    assert git(project, "status", "--porcelain").split() == ["M", WORKFLOW, "M", "a.txt", "??", "b.txt"]


def test_a_job_waits_for_those_that_it_needs_and_is_told_what_came_of_them(ci: Ci) -> None:
    files = {WORKFLOW: CHAIN, "below/here": ""}
    code, said = ci(**files)
    assert code == 1
    verdicts = {each.split("\n")[0]: each.strip().split("\n")[-1] for each in said.split("\nJob ")[1:]}
    passed, skipped = "The job passed.", "The job was skipped: its condition does not hold."
    assert verdicts == {
        "first": passed,
        "red": "The job failed at the step “Run false”: exit code 1.",
        "left": skipped,
        "after": passed,
        "behind": skipped,
        "report": passed,
        "notify": passed,
        "deploy": "skipped: it needs red.",
    }
    code, said = ci(**files, only="after")
    assert "not run here: what the job first hands on" in said
    assert code == NOT_JUDGED
    assert ci(**files, only="deploy")[0] == 0
    with pytest.raises(Problem, match=r"ci\.yml has no job third"):
        ci(**files, only="third")


def test_what_failed_is_kept_for_explain_and_nothing_in_the_temporary_folder(
    ci: Ci, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    ci("- run: echo no-such-table; exit 1")
    assert lastcheck.read(project) == []
    assert list((tmp_path / "tmp").iterdir()) == []
    ci("- run: echo no-such-table; exit 1", **{PROGRESS: ""})
    said = "The job failed at the step “Run echo no-such-table; exit 1”: exit code 1."
    assert lastcheck.read(project) == [lastcheck.Fault("", "workbook ci, job test", (said,), "no-such-table")]
    ci("- run: 'true'")
    assert lastcheck.read(project) == []


def test_what_failed_is_kept_also_when_nobody_reads_on(project: Path) -> None:
    write(project, {WORKFLOW: one_job("- run: echo no-such-table; exit 1"), PROGRESS: ""})
    commit(project)
    command = [Path(sys.executable).with_name("workbook"), "ci"]
    with subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE) as running:
        assert running.stdout
        running.stdout.readline()
        running.stdout.close()
    assert [fault.heard for fault in lastcheck.read(project)] == ["no-such-table"]


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user has no such rights to lose")
def test_a_step_cannot_change_what_is_not_the_jobs(ci: Ci, tmp_path: Path) -> None:
    there = tmp_path / "there"
    write(there, {"kept": "mine"})
    ways = f"echo x > {there}/new, echo x >> {there}/kept, rm -rf {there}, mv {there}/kept ., chmod 777 {there}"
    ways += f", kill {os.getpid()}, touch /etc/workbook-was-here, python3 -c 'import os; os.setuid(0)'"
    may = "echo text | tee a && cp a b && mv b c && ln -s c d && rm a && cp /etc/hostname e"
    ci("", *(f"! {way}" for way in ways.split(", ")), may)
    assert [(path.name, path.read_text()) for path in there.iterdir()] == [("kept", "mine")]
    assert not Path("/etc/workbook-was-here").exists()


def test_the_job_has_a_clock_a_home_and_packages_of_its_own(ci: Ci, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the project forgot to name must be missing, as on GitHub."""
    before = Path("/etc/localtime").lstat()
    monkeypatch.setenv("VIRTUAL_ENV", "/somewhere")
    _code, said = ci(
        "",
        "sudo -E -u root rm /etc/localtime\nsudo timedatectl set-timezone Asia/Seoul",
        'test "$(date +%Z)" = UTC',
        f'test "$HOME" != {Path.home()} && touch ~/.bashrc',
        "test -z \"$VIRTUAL_ENV\" && ! python3 -c 'import tortoise'",
    )
    assert "         not run here: sudo rm /etc/localtime\n         not run here: timedatectl set-timezone" in said
    assert Path("/etc/localtime").lstat() == before
