"""What history reads in a command line."""

import pytest

from workbook.lesson.commands import commit_message, file_command, simple_commands


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ('git commit -m "Say hello"', "Say hello"),
        ("git add -A && git commit -qm 'It is; done'", "It is; done"),
        ('git commit -m "One" -m "Two"', "One\n\nTwo"),
        ("git commit --message=One", "One"),
        ("git commit", ""),
        ("git status", None),
        ("echo git commit -m x", None),
    ],
)
def test_commits_are_recognised(typed: str, message: str | None) -> None:
    assert commit_message(typed) == message


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("git rm -q a b", [("rm", ["a", "b"], True)]),
        ("git mv a b && rm -rf c/", [("mv", ["a", "b"], True), ("rm", ["c"], False)]),
        ("cp ./.env.example .env", [("cp", [".env.example", ".env"], False)]),
        ("mkdir -p a", []),
        ("git", []),
        ("cat <<END\nrm a\nEND", []),
        ("ls | rm a", []),
        ("echo 'unclosed", []),
    ],
)
def test_file_commands_are_followed(typed: str, found: list[tuple[str, list[str], bool]]) -> None:
    assert [command for words in simple_commands(typed) if (command := file_command(words))] == found
