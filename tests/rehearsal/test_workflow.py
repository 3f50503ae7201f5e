"""What GitHub would refuse is a sentence with the line, before anything is started; ours pass every linter."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.rehearsal.conftest import one_job
from workbook.place import CLONE, TEMPLATE
from workbook.rehearsal import unheard_push
from workbook.rehearsal.service import ANY_PORT, STARTS_MYSQL, mysql_service
from workbook.rehearsal.workflow import elsewhere, read
from workbook.say import Problem

GOOD = one_job("- name: One\n  run: echo one\n- name: Two\n  run: echo two\n- uses: actions/checkout@v4")


@pytest.mark.parametrize(
    ("right", "wrong", "line", "said"),
    [
        ("      - name: Two", "       - name: Two", 9, "did not find expected '-' indicator"),
        ("echo one", "echo \x07", 0, "control characters are not allowed"),
        ("runs-on:", "run-on:", 3, '"runs-on" section is missing in job "test"'),
        ("on: push", "on: pushed", 1, 'unknown Webhook event "pushed"'),
        ("    steps:", "    needs: build\n    steps:", 3, 'job "test" needs job "build" which does not exist'),
        ("ubuntu-24.04", "ubuntu-20.04", 4, 'label "ubuntu-20.04" is unknown.'),
        ("echo two", "echo ${{ git.ref }}", 10, 'undefined variable "git"'),
        ("    steps:", "    env: {A: '${{ job.status }}'}\n    steps:", 6, 'context "job" is not allowed here.'),
        ("echo two", 'echo ${{ github.ref == "main" }}', 10, "got unexpected character '\"'"),
        ("actions/checkout@v4", "actions/cache@v2", 11, "actions/cache@v2 is retired on GitHub"),
        ("actions/checkout@v4", "'actions/cache/restore@v4.1.2'", 11, "is retired on GitHub"),
        ("actions/checkout@v4", "actions/upload-artifact@v3.2.1 # old", 11, "upload-artifact@v3.2.1 is retired"),
        ("actions/checkout@v4", "actions/deploy-pages@v3", 11, "is retired on GitHub"),
        ("actions/checkout@v4", "actions/chekout@v4", 11, "no action actions/chekout; did you mean actions/checkout?"),
        ("actions/checkout@v4", "actions/cache@v4\n        with: {path: a}", 11, 'missing input "key"'),
        ("run: echo two", "run: echo two\n        shell: zsh", 11, 'shell name "zsh" is invalid'),
        ("run: echo two", "run: echo two\n        if: succes()", 11, 'undefined function "succes"'),
        ("echo two", "echo ${{ contains(1) }}", 10, "number of arguments is wrong"),
        ("echo two", "echo '::set-env name=A::b'", 10, 'command "set-env" was deprecated'),
        ("actions/checkout@v4", "actions/checkout", 11, "ref is missing"),
    ],
)
def test_what_github_refuses_is_named_by_its_line(tmp_path: Path, right: str, wrong: str, line: int, said: str) -> None:
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
    kept = ("cache@v3.4.0", "cache@v4", "upload-artifact@v4.3.0", "attest@v2", "upload-pages-artifact@v3", "stale@v9")
    others = ("someone/upload-artifact@v1", "docker://alpine:3", "docker/login-action@v3", "./.github/actions/chekout")
    steps = "- run: echo ${{ job.services.mysql.ports[3306] }}\n"
    for uses in (*(f"actions/{name}" for name in kept), *others):
        steps += f"- uses: {uses}\n" + ("  with: {key: a, path: b}\n" if "cache@" in uses else "")
    values = "env: {PORT: 3306, PASSWORD: 0123, PAIR: 22:22, YES: yes, ON: true, NOTHING: }\n"
    file.write_text(values + one_job(steps).replace("ubuntu-24.04", "[self-hosted, gpu]"))

    content = read(file).content
    assert content["on"] == "push"
    assert list(content["env"].values()) == ["3306", "0123", "22:22", "yes", "true", ""]


def test_a_push_that_starts_nothing_is_told() -> None:
    told = unheard_push({"on": {"push": {"branches": ["main"]}}}, "my-work")
    assert told.startswith("On GitHub a push of the branch my-work starts nothing")
    for heard in (["push"], {"push": {"branches": ["main", "my-*"]}}, {"push": {"branches": ["!main"]}}):
        assert unheard_push({"on": heard}, "my-work") == ""


def test_a_job_that_cannot_run_here_is_known() -> None:
    for there in ("windows-latest", "${{ vars.RUNNER }}", ["self-hosted", "gpu"]):
        assert elsewhere({"runs-on": there}) == f"a job on {there}"
    for here in (["ubuntu-latest"], "Ubuntu-24.04", "ubuntu-24.04-arm"):
        assert elsewhere({"runs-on": here, "strategy": {"fail-fast": True}}) == ""
    assert elsewhere({"uses": "./other.yml"}) == "the workflow ./other.yml"
    assert elsewhere({"runs-on": "ubuntu-24.04", "strategy": {"matrix": {}}}) == "a job with a matrix"


def test_the_ports_that_lead_to_a_service_are_those_that_it_publishes() -> None:
    ports = {
        "3306:3306": (3306,),
        "3307:3306/tcp": (3307,),
        "::1:3306:3306": (3306,),
        "3306": (ANY_PORT,),
        "3306/tcp": (ANY_PORT,),
    }
    ports |= {"33060": ()}
    job = {port: {"services": {"mysql": {"image": "mysql", "ports": [port]}}} for port in ports}
    assert {port: mysql_service(job[port]).ports for port in ports} == ports


STARTED = {
    "sudo systemctl start mysql": "true",
    "cd app && sudo systemctl restart --quiet mysql.service && ls": "cd app && true && ls",
    "systemctl enable --now mysqld": "true",
    "sudo -E -u root service mysql start": "true",
    "sudo /etc/init.d/mysql start": "true",
    "sudo systemctl stop mysql": "sudo systemctl stop mysql",
    "# sudo systemctl start mysql": "# sudo systemctl start mysql",
}


def test_what_starts_githubs_own_mysql_is_known() -> None:
    assert {command: STARTS_MYSQL.sub(r"\1true", command) for command in STARTED} == STARTED


WORKFLOWS = sorted(file for root in (CLONE, TEMPLATE) for file in (root / ".github/workflows").glob("*.yml"))
BESIDE = Path(sys.executable).parent
LINTERS = {
    "actionlint": [f"-shellcheck={BESIDE / 'shellcheck'}"],
    "zizmor": ["--offline", "--no-progress", "--quiet"],
    "check-jsonschema": ["--builtin-schema", "vendor.github-workflows"],
}


def lint(name: str, *files: Path) -> str:
    """What a linter says of workflows; empty when all pass."""
    done = subprocess.run([BESIDE / name, *LINTERS[name], *files], capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ""


@pytest.mark.parametrize(
    ("linter", "right", "wrong", "said"),
    [
        ("actionlint", "run: uv sync --locked", "run: cd $HOME && echo `ls`", "shellcheck reported issue"),
        ("zizmor", "@3d3c42e5aac5ba805825da76410c181273ba90b1", "@v7", "unpinned-uses"),
        ("check-jsonschema", "timeout-minutes: 10", "timeout: 10", "'timeout' was unexpected"),
    ],
)
def test_our_workflows_pass_the_linter_that_sees_a_fault(
    linter: str, right: str, wrong: str, said: str, tmp_path: Path
) -> None:
    assert lint(linter, *WORKFLOWS) == ""
    text = (TEMPLATE / ".github/workflows/ci.yml").read_text()
    assert right in text
    (file := tmp_path / ".github/workflows/ci.yml").parent.mkdir(parents=True)
    file.write_text(text.replace(right, wrong))
    assert said in lint(linter, file)
