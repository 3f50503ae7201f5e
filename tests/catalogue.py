"""The Korean catalogue against the code: `python -m tests.catalogue` brings `workbook/ko.po` in step.

It keeps every translation that is still said, adds an empty one for each new sentence, and drops the others.
"""

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import write_po
from typer.main import get_command

from workbook.authoring import app as authoring
from workbook.cli import app, helped
from workbook.place import CLONE
from workbook.say import CATALOGUE, korean

AUTHORS = {each.name or each.callback.__name__ for each in authoring.registered_commands if each.callback}
"""The verbs of those who write lessons; their helps are English alone."""


def sentences(folder: Path = CLONE / "workbook") -> set[str]:
    """Every sentence that the code below a folder says through `_` or keeps by `marked`."""
    keywords = DEFAULT_KEYWORDS | {"marked": None}
    found = extract_from_dir(folder, [("**.py", "python")], keywords=keywords, directory_filter=lambda name: True)
    return {message for _file, _line, message, _comments, _context in found if isinstance(message, str)}


def helps() -> Iterator[str]:
    """What typer says of the verbs that are no author's."""
    command = get_command(app)
    authors = {id(each) for name in AUTHORS for each in helped(command.commands[name])}  # type: ignore[attr-defined]
    yield from (each.help for each in helped(command) if id(each) not in authors)


def said() -> set[str]:
    """All that has to have its Korean."""
    return sentences() | set(helps())


if __name__ == "__main__":
    known, wanted = korean(), Catalog(locale="ko")
    for sentence in said():
        wanted.add(sentence, known.get(sentence, ""))
    with CATALOGUE.open("wb") as file:
        write_po(file, wanted, sort_output=True, width=110, omit_header=True)
