"""The three verbs on the command line: what they take, and the exit codes that scripts read."""

import pytest
from typer.testing import CliRunner

from workbook.tools_commands import app

WITH = CliRunner()


def test_each_verb_says_what_it_is_for() -> None:
    shown = WITH.invoke(app, ["--help"]).output
    assert [verb for verb in ("explain", "doctor", "new") if verb not in shown] == []


@pytest.mark.parametrize(("text", "code"), [("ERROR 1049 (42000): Unknown database 'shop'", 0), ("KeyError: 3", 1)])
def test_what_is_piped_is_explained(text: str, code: int) -> None:
    assert WITH.invoke(app, ["explain"], input=text).exit_code == code


def test_a_folder_that_is_not_there_is_bad_usage() -> None:
    assert WITH.invoke(app, ["doctor", "--project", "no/such/folder"]).exit_code == 2
