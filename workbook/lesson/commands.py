"""What history understands of a command line, without running it."""

import shlex
from itertools import groupby


def simple_commands(typed: str) -> list[list[str]]:
    """The words of each command in a line joined by `&&` or `;`.

    A command with a pipe, a redirection or a heredoc is left out.
    """
    if "<<" in typed:
        return []
    lexer = shlex.shlex(typed.replace("\\\n", " "), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    lexer.commenters = "#"
    try:
        words = list(lexer)
    except ValueError:
        return []
    commands = [list(group) for ends, group in groupby(words, key=lambda word: word in ("&&", ";")) if not ends]
    return [command for command in commands if not any(set(word) <= set("|<>&()") for word in command)]


def commit_message(typed: str) -> str | None:
    """The message when the line commits (`git commit -m …`; further `-m` are paragraphs), else None."""
    for words in simple_commands(typed):
        if words[:2] == ["git", "commit"]:
            paragraphs = [
                words[index + 1]
                for index, word in enumerate(words[:-1])
                if word.startswith("-") and not word.startswith("--") and word.endswith("m")
            ]
            paragraphs += [word.removeprefix("--message=") for word in words if word.startswith("--message=")]
            return "\n\n".join(paragraphs)
    return None


def file_command(words: list[str]) -> tuple[str, list[str], bool] | None:
    """What a simple command does to files, as far as history follows it: `git rm`, `git mv`, `rm`, `mv`, `cp`.

    Returns:
        the verb; its paths; whether git insists that the path is there. None when it is another command.
    """
    strict = words[0] == "git"
    verb, *arguments = words[1:] if strict and words[1:] else words
    if verb not in ("rm", "mv", "cp") or (strict and verb == "cp"):
        return None
    return verb, [word.removeprefix("./").rstrip("/") for word in arguments if not word.startswith("-")], strict
