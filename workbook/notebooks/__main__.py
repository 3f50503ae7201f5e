"""`python -m workbook.notebooks`: run the notebooks and write their outputs back, or check them without running."""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from nbformat import NotebookNode

from workbook.mysql import ladder
from workbook.notebooks import book, faults, korean
from workbook.notebooks.run import execute
from workbook.place import TEMPLATE
from workbook.say import Problem, say, stage

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help="The notebooks, for their authors.")

Chapters = Annotated[list[str] | None, typer.Argument(help="Chapters, such as ch34; all when none is named.")]


@app.command()
def run(
    chapters: Chapters = None,
    carry: Annotated[
        bool, typer.Option("--carry", help="Run nothing; bring the Korean files up to the English.")
    ] = False,
) -> None:
    """Run them one after the other on a throwaway MySQL, and write outputs into both languages."""
    paths = chosen(chapters)
    with nullcontext() if carry else ladder.climb(TEMPLATE, use="test") as server:
        for path in paths:
            notebook = book.read(path)
            if server:
                with stage(path.name):
                    execute(path, notebook, server)
                book.write(path, notebook)
            ours = book.korean(path)
            book.write(ours, korean.carry_over(notebook, book.read(ours) if ours.exists() else None))
    report(paths)


@app.command()
def accept(
    chapter: Annotated[str, typer.Argument(help="A chapter, such as ch34.")],
    cells: Annotated[list[str] | None, typer.Argument(help="Ids of cells; all when none is named.")] = None,
) -> None:
    """Say that the Korean texts are up to date with the English ones: you have read both."""
    (path,) = chosen([chapter])
    english, ours = book.read(path), book.read(book.korean(path))
    unknown = set(cells or ()) - {cell.id for cell in english.cells}
    if unknown:
        raise Problem(f"{path.name} has no cell called {', '.join(sorted(unknown))}.", code=2)
    stamped = korean.accept(english, ours, cells or ())
    book.write(book.korean(path), ours)
    say(f"{path.name}: {', '.join(stamped) or 'nothing was stale'}")


@app.command()
def check(chapters: Chapters = None) -> None:
    """Name what is wrong with the files; nothing is run."""
    report(chosen(chapters))


def chosen(chapters: list[str] | None) -> list[Path]:
    """The English notebooks of these chapters; all when none is named.

    Raises:
        Problem: there is no such notebook.
    """
    paths = {path.stem: path for path in book.english()}
    unknown = set(chapters or ()) - set(paths)
    if unknown:
        names = ", ".join(sorted(unknown))
        raise Problem(f"There is no notebook of {names}.", ways=(f"There are {', '.join(paths)}.",), code=2)
    return [paths[chapter] for chapter in sorted(chapters or paths)]


def all_faults(path: Path) -> list[str]:
    """What is wrong with an English notebook and its Korean one."""
    english, ours = book.read(path), book.korean(path)
    found = faults.name(path, faults.faults(english))
    if not ours.exists():
        return [*found, f"{ours.name} is missing"]
    other: NotebookNode = book.read(ours)
    return found + faults.name(ours, faults.faults(other) + korean.faults(english, other))


def report(paths: list[Path]) -> None:
    """Print the faults; exit with 1 if there are any."""
    found = [fault for path in paths for fault in all_faults(path)]
    for fault in found:
        typer.echo(fault)
    if found:
        raise typer.Exit(1)


if __name__ == "__main__":
    try:
        app()
    except Problem as problem:
        say(f"\n{problem}")
        sys.exit(problem.code)
