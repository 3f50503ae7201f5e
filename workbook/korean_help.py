"""The helps of the verbs and of their options in the person's language: typer takes them before it is known.

Those of authors (build, run, refresh, translation and the like) speak English alone, and so do typer's own words.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, get_args

from typer.core import TyperCommand, TyperGroup

from workbook.say import Language, _, choose, language


def speak(command: object, arguments: Sequence[str]) -> None:
    """Put the Korean helps in place, when Korean is what `--lang` or the locale asks for.

    Args:
        command: all of `workbook`, as typer's `get_command` makes it.
        arguments: what was typed; `--lang` is read here, because `--help` answers before typer reads it.
    """
    for known in get_args(Language):
        if f"--lang={known}" in arguments or ("--lang", known) in pairwise(arguments):
            choose(known)
    if language() == "ko":
        for each in helped(command):
            each.help = _(each.help)


def helped(command: object) -> Iterator[Any]:
    """A command, its options, and those below it: whatever has a `help`."""
    if isinstance(command, TyperGroup | TyperCommand):
        yield from (each for each in (command, *command.params) if getattr(each, "help", None))
    if isinstance(command, TyperGroup):
        for below in command.commands.values():
            yield from helped(below)
