"""What GitHub would refuse is a sentence with the line, before anything is started."""

from pathlib import Path
from typing import Any

import pytest

from tests.rehearsal.conftest import one_job
from workbook.rehearsal import unheard_push
from workbook.rehearsal.service import ANY_PORT, STARTS_MYSQL, Service, mysql_service
from workbook.rehearsal.workflow import elsewhere, read
from workbook.say import Problem

GOOD = one_job("- name: One\n  run: echo one\n- name: Two\n  run: echo two\n- uses: actions/checkout@v4")


@pytest.mark.parametrize(
    ("right", "wrong", "line", "said"),
    [
        ("      - name: Two", "       - name: Two", 9, "did not find expected '-' indicator"),
        ("    steps:", "\tsteps:", 6, "found a tab character that violates indentation"),
        ("echo one", "echo \x07", 0, "control characters are not allowed"),
        ("runs-on:", "run-on:", 3, '"runs-on" section is missing in job "test"'),
        ("run: echo two", "runs: echo two", 9, 'step must run script with "run" section or run action with "uses"'),
        ("on: push", "on: pushed", 1, 'unknown Webhook event "pushed"'),
        ("    steps:", "    needs: build\n    steps:", 3, 'job "test" needs job "build" which does not exist'),
        ("ubuntu-24.04", "ubuntu-20.04", 4, 'label "ubuntu-20.04" is unknown.'),
        ("echo two", "echo ${{ git.ref }}", 10, 'undefined variable "git"'),
        ("    steps:", "    env: {A: '${{ job.status }}'}\n    steps:", 6, 'context "job" is not allowed here.'),
        ("echo two", 'echo ${{ github.ref == "main" }}', 10, "got unexpected character '\"'"),
        ("actions/checkout@v4", "actions/cache@v2", 11, "is retired on GitHub.com"),
        ("actions/checkout@v4", "actions/checkout", 11, "ref is missing"),
    ],
)
def test_what_github_refuses_is_named_with_its_line(
    tmp_path: Path, right: str, wrong: str, line: int, said: str
) -> None:
    file = tmp_path / "ci.yml"
    assert right in GOOD
    file.write_text(GOOD.replace(right, wrong))
    with pytest.raises(Problem) as problem:
        read(file)

    assert f"{file}, line {line}: " in problem.value.what
    assert said in problem.value.what
    assert ". available" not in problem.value.what
    assert line == 0 or file.read_text().splitlines()[line - 1] in problem.value.why


def test_what_github_takes_is_read_as_github_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "ci.yml"
    taken = {"echo one": "echo ${{ job.services.mysql.ports[3306] }}", "ubuntu-24.04": "[self-hosted, gpu]"}
    for right, wrong in taken.items():
        file.write_text(GOOD.replace(right, wrong))
        assert read(file).jobs.keys() == {"test"}
    file.write_text("env: {PORT: 3306, PASSWORD: 0123, PAIR: 22:22, YES: yes, ON: true, NOTHING: }\n" + GOOD)

    content = read(file).content
    assert content["on"] == "push"
    assert list(content["env"].values()) == ["3306", "0123", "22:22", "yes", "true", ""]


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (["push", "pull_request"], ""),
        ({"push": {"branches": ["main", "my-*"]}}, ""),
        ({"push": {"branches": ["!main"]}}, ""),
        ({"push": {"branches": ["main"]}}, "On GitHub a push of the branch my-work starts nothing"),
    ],
)
def test_a_push_that_starts_nothing_is_told(on: Any, said: str) -> None:
    told = unheard_push({"on": on}, "my-work")
    assert told.startswith(said)
    assert bool(told) == bool(said)


@pytest.mark.parametrize(
    ("job", "named"),
    [
        ({"runs-on": "windows-latest"}, "a job on windows-latest"),
        ({"runs-on": ["self-hosted", "gpu"]}, "a job on ['self-hosted', 'gpu']"),
        ({"runs-on": "ubuntu-24.04", "strategy": {"fail-fast": True}}, ""),
        ({"uses": "./.github/workflows/other.yml"}, "the workflow ./.github/workflows/other.yml"),
    ],
)
def test_a_job_that_cannot_run_here_is_known(job: dict[str, Any], named: str) -> None:
    assert elsewhere(job) == named


@pytest.mark.parametrize(
    ("port", "known"),
    [("3306:3306", [3306]), ("3307:3306/tcp", [3307]), ("::1:3306:3306", [3306]), ("3306", [ANY_PORT]), ("33060", [])],
)
def test_the_ports_that_lead_to_a_service_are_those_that_it_publishes(port: str, known: list[int]) -> None:
    service = mysql_service({"services": {"mysql": {"image": "mysql", "ports": [port]}}})
    assert service
    assert list(service.ports) == known


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({}, "It wants one of MYSQL_ROOT_PASSWORD"),
        ({"MYSQL_ROOT_PASSWORD": "1234", "MYSQL_USER": "me"}, "MYSQL_USER needs MYSQL_PASSWORD"),
        ({"MYSQL_ALLOW_EMPTY_PASSWORD": "yes"}, ""),
    ],
)
def test_a_service_that_the_image_would_refuse_is_known(environment: dict[str, str], reason: str) -> None:
    assert Service("mysql", "mysql:8.4", environment).refusal.startswith(reason)


@pytest.mark.parametrize(
    ("command", "left"),
    [
        ("sudo systemctl start mysql", "true"),
        ("cd app && sudo systemctl restart --quiet mysql.service && ls", "cd app && true && ls"),
        ("systemctl enable --now mysqld", "true"),
        ("sudo -E -u root service mysql start", "true"),
        ("sudo /etc/init.d/mysql start", "true"),
        ("sudo systemctl stop mysql", "sudo systemctl stop mysql"),
        ("# sudo systemctl start mysql", "# sudo systemctl start mysql"),
    ],
)
def test_what_starts_githubs_own_mysql_is_known(command: str, left: str) -> None:
    assert STARTS_MYSQL.sub(r"\1true", command) == left
