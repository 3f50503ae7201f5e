"""The authors' verbs: build, run, refresh, edit, absorb, bump, report. `cli.py` adds `app` without a name."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from workbook.course import CHAPTERS, checked, history_folder, history_until, max_skips, pages
from workbook.history.absorb import absorb as write_back
from workbook.history.build import History
from workbook.history.lock import check_lock, write_lock
from workbook.history.template import check_template, lay_out, write_template
from workbook.history.trace import lesson_files, mistake_files
from workbook.history.versions import bump as bump_version
from workbook.lesson.count import Count, count, require_budget
from workbook.lesson.errors import shown
from workbook.lesson.reader import read_lesson, read_mistake
from workbook.place import TEMPLATE
from workbook.say import say, stage
from workbook.translation.sync import followed

if TYPE_CHECKING:
    from workbook.runner.ground import Settings

app = typer.Typer(help="For authors of lessons.")

Chapters = Annotated[Path, typer.Option(help="The folder of the lessons.", exists=True, file_okay=False)]
ChapterId = Annotated[str, typer.Argument(help="A chapter's id, such as ch35.")]


@app.command()
def build(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if the template differs.")] = False,
    chapters: Chapters = CHAPTERS,
    template: Annotated[Path, typer.Option(help="The template's folder.")] = TEMPLATE,
) -> None:
    """Turn the lessons into the history and the template. Runs no command of a lesson."""
    if check:
        with tempfile.TemporaryDirectory() as scratch:
            history = checked(chapters, Path(scratch) / "history")
            check_lock(history, chapters)
            check_template(history, template)
        say(f"{shown(template)} is what the lessons build.")
        return
    history = checked(chapters, history_folder())
    write_lock(history, chapters)
    changed = write_template(history, template)
    for tag, commit in history.tags.items():
        typer.echo(f"{commit.sha[:10]}  {tag}")
    where = shown(history.repository)
    say(f"{len(history.commits)} commits: {where}. {len(changed)} files of {shown(template)} changed.")


@app.command()
def run(
    chapter: ChapterId,
    mistakes: Annotated[bool, typer.Option("--mistakes", help="Its mistakes too.")] = False,
    chapters: Chapters = CHAPTERS,
) -> None:
    """Replay a lesson in a scratch project on a throwaway MySQL, and compare all it shows."""
    from workbook.runner.replay import replay

    with _ground(chapters, chapter) as (history, settings, scratch):
        for page in pages(history, chapter, mistakes=mistakes):
            with stage(str(shown(page.file))) as tell:
                replay(page, history, settings, scratch, progress=tell)


@app.command()
def refresh(
    chapter: ChapterId,
    mistakes: Annotated[bool, typer.Option("--mistakes", help="Its mistakes too.")] = False,
    chapters: Chapters = CHAPTERS,
) -> None:
    """Replay a lesson and rewrite the outputs that are not as shown. Review the diff."""
    from workbook.runner.refresh import refresh as take

    changed: list[Path] = []
    with _ground(chapters, chapter) as (history, settings, scratch):
        for page in pages(history, chapter, mistakes=mistakes):
            with stage(str(shown(page.file))):
                changed += take(page, history, settings, scratch)
    for path in changed:
        typer.echo(f"rewritten: {shown(path)}")
    _follow(changed)
    if not changed:
        typer.echo("All is as shown.")


@app.command()
def edit(
    chapter: ChapterId,
    directory: Annotated[Path, typer.Argument(help="An empty folder, or one that is not there yet.")],
    chapters: Chapters = CHAPTERS,
) -> None:
    """Lay out the files as they are at a chapter's end, to change them and absorb them."""
    with history_until(chapters, chapter) as history:
        state = history.chapters[chapter]
        lay_out({path: text for path, text in state.end.items() if path not in state.left_out}, directory)
    say(f"Change the files in {directory}, then: workbook absorb {chapter} {directory}")


@app.command()
def absorb(
    chapter: ChapterId,
    directory: Annotated[Path, typer.Argument(help="The folder that was edited.", exists=True, file_okay=False)],
    chapters: Chapters = CHAPTERS,
) -> None:
    """Write the changed files of a folder back into the chapter's fences."""
    with history_until(chapters, chapter) as history:
        done = write_back(history, history.chapters[chapter], directory)
    for file, line, path in done.placed:
        typer.echo(f"{shown(file)}:{line}: {path}")
    for path, reason in done.unplaced:
        typer.echo(f"not placed: {path}: {reason}")
    _follow({file for file, _, _ in done.placed})
    with history_until(chapters, None):
        say("All lessons still build.")
    if done.unplaced:
        raise typer.Exit(1)


@app.command()
def bump(
    name: Annotated[str, typer.Argument(help="A package of the table.")],
    version: Annotated[str, typer.Argument(help="Its new version.")],
    chapters: Chapters = CHAPTERS,
) -> None:
    """Change a package's version in the table and in every lesson. `workbook run` says what it breaks."""
    changed = bump_version(chapters, sorted(chapters.glob("ch*/**/*.md")), name, version)
    for path in changed:
        typer.echo(f"changed: {shown(path)}")
    _follow(changed)


@app.command()
def report(chapters: Chapters = CHAPTERS) -> None:
    """Per lesson: listings, commands, outputs, how many are verified, and every skip with its reason."""
    from rich.table import Table

    counts: list[tuple[str, Count]] = []
    for file in lesson_files(chapters):
        counts.append((file.parent.name, count(read_lesson(file).blocks)))
        counts += [(f"  {each.stem}", count(read_mistake(each).blocks)) for each in mistake_files(file)]
    table = Table("page", *("listings", "commands", "outputs", "verified", "skips"), box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for name, each in counts:
        numbers = (each.listings, each.commands, each.outputs, each.verified, len(each.skips))
        table.add_row(name, *map(str, numbers))
    typer.echo(_text_of(table))
    skips = [skip for _, each in counts for skip in each.skips]
    for skip in skips:
        typer.echo(f"{shown(skip.file)}:{skip.line}: not run: {skip.reason}")
    require_budget(skips, max_skips())


def _follow(changed: Iterable[Path]) -> None:
    """Copy rewritten fences into the Korean pages, and say where that is not possible."""
    copied, refused = followed(changed)
    for path in copied:
        typer.echo(f"fences copied: {shown(path)}")
    for error in refused:
        say(str(error))


def _text_of(table: object) -> str:
    console = Console(width=80)
    with console.capture() as captured:
        console.print(table)
    return captured.get().rstrip()


@contextmanager
def _ground(chapters: Path, chapter: str) -> Iterator[tuple[History, "Settings", Path]]:
    """The history up to a chapter, a throwaway server, and an empty folder for scratch projects."""
    from workbook.mysql import ladder
    from workbook.runner.ground import Settings

    scratch = Path(tempfile.mkdtemp(prefix="workbook-lesson-"))
    try:
        with history_until(chapters, chapter) as history, ladder.climb(TEMPLATE, use="test") as server:
            yield history, Settings(server=server, own_server=True), scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
