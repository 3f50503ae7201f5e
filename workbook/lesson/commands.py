"""What history understands of a command line, without running it."""

import shlex
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Effect:
    """A change that a command makes to files.

    Attributes:
        verb: `rm` of each path, or `mv` or `cp` of the first to the second.
        strict: whether git insists that the path is there.
    """

    verb: str
    paths: tuple[str, ...]
    strict: bool


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


def effects(typed: str) -> list[Effect]:
    """What the line does to files as far as history follows it: `git rm`, `git mv`, `rm`, `mv`, `cp`, plain paths."""
    found = []
    for words in simple_commands(typed):
        strict = words[0] == "git"
        verb, arguments = (words[1] if len(words) > 1 else "", words[2:]) if strict else (words[0], words[1:])
        if verb in ("rm", "mv") or (verb == "cp" and not strict):
            paths = tuple(word.removeprefix("./").rstrip("/") for word in arguments if not word.startswith("-"))
            found.append(Effect(verb, paths, strict))
    return found
