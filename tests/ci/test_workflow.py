"""What GitHub would refuse is a sentence with the line, before anything is started."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci.conftest import MYSQL, one_job
from workbook.ci import steps
from workbook.ci.mysql import Mysql
from workbook.ci.report import unheard_push
from workbook.ci.service import ANY_PORT, Service, mysql_service
from workbook.ci.workflow import read
from workbook.say import Problem

GOOD = one_job("- name: One\n  run: echo one\n- name: Two\n  run: echo two\n")
USES = one_job("- uses: actions/checkout@v4")


def refused(tmp_path: Path, text: str) -> Problem:
    file = tmp_path / "ci.yml"
    file.write_text(text)
    with pytest.raises(Problem) as problem:
        read(file)
    return problem.value


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"There is no workflow at .*ci\.yml"):
        read(tmp_path / "ci.yml")


@pytest.mark.parametrize(
    ("right", "wrong", "line", "said"),
    [
        ("      - name: Two", "       - name: Two", 9, "expected <block end>"),
        ("    steps:", "\tsteps:", 6, "found character '\\t' that cannot start any token"),
        ("echo one", "echo: one: two", 8, "mapping values are not allowed here"),
        ("name: One", 'name: "One', 7, "found unexpected end of stream"),
        ("name: One", "name One", 8, "mapping values are not allowed here"),
        ("    steps:", "    steps", 6, "could not find expected ':'"),
        ("echo one", "echo \x07", 8, "special characters are not allowed"),
        ("runs-on: ubuntu-24.04", "runs-on: *linux", 4, "found undefined alias 'linux'"),
    ],
)
def test_what_is_not_yaml_is_named_with_its_line(tmp_path: Path, right: str, wrong: str, line: int, said: str) -> None:
    problem = refused(tmp_path, GOOD.replace(right, wrong))

    assert problem.what.startswith(f"{tmp_path / 'ci.yml'}, line {line}: this is not YAML: {said}")
    assert f"   {line} | " in problem.why


@pytest.mark.parametrize(
    ("right", "wrong", "line", "said"),
    [
        ("runs-on:", "run-on:", 3, '"runs-on" section is missing in job "test"'),
        ("steps:", "step:", 3, '"steps" section is missing in job "test"'),
        ("run: echo two", "runs: echo two", 9, 'step must run script with "run" section or run action with "uses"'),
        ("jobs:", "job:", 1, '"jobs" section is missing in workflow'),
        ("on: push", "on: pushed", 1, 'unknown Webhook event "pushed"'),
        ("    steps:", "    needs: build\n    steps:", 3, 'job "test" needs job "build" which does not exist'),
        ("    steps:", "    runs-on: ubuntu-24.04\n    steps:", 6, 'key "runs-on" is duplicated'),
        ("ubuntu-24.04", "ubuntu-20.04", 4, 'label "ubuntu-20.04" is unknown.'),
        ("ubuntu-24.04", "ubunto-latest", 4, 'label "ubunto-latest" is unknown.'),
        ("ubuntu-24.04", "windows-2019", 4, 'label "windows-2019" is unknown.'),
        ("echo two", "echo ${{ git.ref }}", 10, 'undefined variable "git"'),
        ("    steps:", "    env: {A: '${{ job.status }}'}\n    steps:", 6, 'context "job" is not allowed here.'),
        ("echo two", 'echo ${{ github.ref == "main" }}', 10, "got unexpected character '\"'"),
    ],
)
def test_what_github_refuses_is_named_with_its_line(
    tmp_path: Path, right: str, wrong: str, line: int, said: str
) -> None:
    problem = refused(tmp_path, GOOD.replace(right, wrong))

    assert problem.what.startswith(f"GitHub would refuse {tmp_path / 'ci.yml'}, line {line}: {said}")
    assert ". available" not in problem.what


@pytest.mark.parametrize(
    ("uses", "said"),
    [
        ("actions/cache@v2", "is retired on GitHub.com"),
        ("actions/upload-artifact@v3", "is retired on GitHub.com"),
        ("actions/checkout", "ref is missing"),
        ("actions/chekout@v4", "there is no action actions/chekout; actions/checkout is meant"),
        ("action/setup-python@v5", "there is no action action/setup-python; actions/setup-python is meant"),
        ("astral/setup-uv@v6", "there is no action astral/setup-uv; astral-sh/setup-uv is meant"),
    ],
)
def test_an_action_that_github_refuses_is_named_with_its_line(tmp_path: Path, uses: str, said: str) -> None:
    problem = refused(tmp_path, USES.replace("actions/checkout@v4", uses))

    assert problem.what.startswith(f"GitHub would refuse {tmp_path / 'ci.yml'}, line 7: ")
    assert said in problem.what


@pytest.mark.parametrize(
    "text",
    [
        USES.replace("checkout@v4", "setup-node@v4"),
        USES.replace("actions/checkout@v4", "somebody/checkout@v1"),
        USES.replace("ubuntu-24.04", "[self-hosted, gpu]"),
        GOOD.replace("echo one", "echo ${{ job.services.mysql.ports[3306] }}"),
        GOOD.replace("echo one", "echo ${{ steps.unknown.outputs.word }}"),
    ],
)
def test_what_github_takes_is_not_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "ci.yml"
    file.write_text(text)

    assert read(file).jobs.keys() == {"test"}


def test_values_are_read_as_github_reads_them(tmp_path: Path) -> None:
    values = "env:\n  PORT: 3306\n  PASSWORD: 0123\n  PAIR: 22:22\n  YES: yes\n  ON: true\n  NOTHING:\n  HALF: 0.5\n"
    file = tmp_path / "ci.yml"
    file.write_text(values + GOOD)

    content = read(file).content
    assert content["on"] == "push"
    assert list(content["env"].values()) == [3306, "0123", "22:22", "yes", True, None, 0.5]


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("push", ""),
        (["push", "pull_request"], ""),
        ({"push": None}, ""),
        ({"push": {"branches": ["main", "my-*"]}}, ""),
        ({"push": {"branches": ["!main"]}}, ""),
        ({"push": {"paths": ["app/**"]}}, ""),
        ({"push": {"branches": ["main"]}}, "On GitHub a push of the branch my-work starts nothing"),
        ({"pull_request": None}, "On GitHub a push does not start this workflow."),
    ],
)
def test_a_push_that_starts_nothing_is_told(on: Any, said: str) -> None:
    told = unheard_push({"on": on}, "my-work")
    assert told.startswith(said)
    assert bool(told) == bool(said)


@pytest.mark.parametrize(
    ("more", "named"),
    [
        ("runs-on: windows-latest", "a job on windows-latest"),
        ("runs-on: macos-26", "a job on macos-26"),
        ("runs-on: [self-hosted, gpu]", "a job on ['self-hosted', 'gpu']"),
        ("runs-on: ${{ matrix.os }}\nstrategy: {matrix: {os: [macos-26]}}", "a job on macos-26"),
        ("runs-on: ${{ matrix.os }}\nstrategy: {matrix: {os: [macos-26, ubuntu-24.04]}}", ""),
        ("runs-on: ubuntu-24.04\ncontainer: python:3.12", "a job in a container, which needs Docker"),
        ("uses: ./.github/workflows/other.yml", "the workflow ./.github/workflows/other.yml"),
    ],
)
def test_a_job_that_cannot_run_here_is_known(more: str, named: str) -> None:
    assert steps.elsewhere(yaml.safe_load(more)) == named


def described(text: str) -> Service:
    service = mysql_service(yaml.safe_load(text))
    assert service
    return service


@pytest.mark.parametrize(
    ("ports", "known"),
    [
        ("- 3306:3306", (3306,)),
        ("- 3307:3306/tcp", (3307,)),
        ("- 127.0.0.1:3306:3306", (3306,)),
        ("- 3306", (ANY_PORT,)),
        ("- 33060", ()),
    ],
)
def test_the_ports_that_lead_to_a_service_are_those_that_it_publishes(ports: str, known: tuple[int, ...]) -> None:
    assert described(MYSQL.replace("- 3306:3306", ports)).ports == known


def test_a_service_without_a_health_check_or_a_port_is_warned_of() -> None:
    mysql = Mysql("9.7.4", {})
    assert [*mysql.sentences(described(MYSQL))] == ["MySQL 9.7.4 of this machine plays the service mysql (mysql:8.4)."]

    poor = described(MYSQL.replace("--health-cmd", "--label").replace("- 3306:3306", "- 33060"))
    assert [*mysql.sentences(poor)][1:] == [
        "mysql has no --health-cmd: on GitHub the steps may start before it answers.",
        "mysql publishes no port such as 3306:3306, so no step can reach it.",
    ]


@pytest.mark.parametrize(
    ("environment", "reason"),
    [
        ({}, "It wants one of MYSQL_ROOT_PASSWORD"),
        ({"MYSQL_ROOT_PASSWORD": "1234", "MYSQL_USER": "root"}, "MYSQL_USER is for a further user and must not be"),
        ({"MYSQL_ROOT_PASSWORD": "1234", "MYSQL_USER": "me"}, "MYSQL_USER needs MYSQL_PASSWORD"),
        ({"MYSQL_ALLOW_EMPTY_PASSWORD": "yes"}, ""),
    ],
)
def test_a_service_that_the_image_would_refuse_is_known(environment: dict[str, str], reason: str) -> None:
    assert Service("mysql", "mysql:8.4", environment).refusal.startswith(reason)
