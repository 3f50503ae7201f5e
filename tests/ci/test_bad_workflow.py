"""What GitHub would refuse is a sentence with the line, before anything is started."""

from pathlib import Path

import pytest

from tests.ci.conftest import one_job
from workbook.ci.workflow import read
from workbook.say import Problem

GOOD = one_job("- name: One\n  run: echo one\n- name: Two\n  run: echo two\n")


def refused(tmp_path: Path, text: str) -> Problem:
    file = tmp_path / "ci.yml"
    file.write_text(text)
    with pytest.raises(Problem) as problem:
        read(file)
    return problem.value


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"There is no workflow at .*ci\.yml"):
        read(tmp_path / "ci.yml")


def test_a_step_that_is_indented_too_far_is_named_with_its_line(tmp_path: Path) -> None:
    problem = refused(tmp_path, GOOD.replace("      - name: Two", "       - name: Two"))

    assert problem.what.startswith(f"{tmp_path / 'ci.yml'}, line 9: this is not YAML: ")
    assert "   9 |        - name: Two" in problem.why


def test_a_tab_is_named_with_its_line(tmp_path: Path) -> None:
    problem = refused(tmp_path, GOOD.replace("    steps:", "\tsteps:"))

    assert "line 6: this is not YAML: found character '\\t' that cannot start any token." in problem.what


def test_a_colon_in_a_command_is_named_with_its_line(tmp_path: Path) -> None:
    problem = refused(tmp_path, GOOD.replace("echo one", "echo: one: two"))

    assert "line 8: this is not YAML: mapping values are not allowed here." in problem.what


@pytest.mark.parametrize(
    ("right", "wrong", "line", "said"),
    [
        ("runs-on:", "run-on:", 3, '"runs-on" section is missing in job "test"'),
        ("steps:", "step:", 3, '"steps" section is missing in job "test"'),
        ("run: echo two", "runs: echo two", 9, 'step must run script with "run" section or run action with "uses"'),
        ("jobs:", "job:", 1, '"jobs" section is missing in workflow'),
        ("on: push", "on: pushed", 1, 'unknown Webhook event "pushed"'),
        ("    steps:", "    needs: build\n    steps:", 3, 'job "test" needs job "build" which does not exist'),
    ],
)
def test_a_misspelt_key_is_named_with_its_line(tmp_path: Path, right: str, wrong: str, line: int, said: str) -> None:
    problem = refused(tmp_path, GOOD.replace(right, wrong))

    assert problem.what.startswith(f"GitHub would refuse {tmp_path / 'ci.yml'}, line {line}: {said}")


def test_on_is_a_word_and_not_true(tmp_path: Path) -> None:
    file = tmp_path / "ci.yml"
    file.write_text(GOOD.replace("echo one", "echo yes"))

    content = read(file).content

    assert content["on"] == "push"
    assert content["jobs"]["test"]["steps"][0]["run"] == "echo yes"


def test_ports_and_passwords_are_read_as_github_reads_them(tmp_path: Path) -> None:
    values = "env:\n  PORT: 3306\n  PASSWORD: 0123\n  PAIR: 22:22\n  YES: yes\n  ON: true\n  NOTHING:\n  HALF: 0.5\n"
    file = tmp_path / "ci.yml"
    file.write_text(values + GOOD)

    assert list(read(file).content["env"].values()) == [3306, "0123", "22:22", "yes", True, None, 0.5]
