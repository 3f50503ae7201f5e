"""The authors' verbs: build, run, refresh, edit, absorb, bump, report. `cli.py` adds `app` without a name."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from workbook.history.absorb import absorb as write_back
from workbook.history.build import History, checked, history_folder, history_until
from workbook.history.lock import check_lock, write_lock
from workbook.history.template import check_template, lay_out, write_template
from workbook.history.versions import bump as bump_version
from workbook.lesson import chapters as course
from workbook.lesson.errors import shown
from workbook.lesson.model import Lesson, Mistake
from workbook.lesson.reader import read_lesson, read_mistake
from workbook.place import CHAPTERS, CLONE, TEMPLATE
from workbook.say import Problem, say, stage
from workbook.translation.pairs import Pair
from workbook.translation.sync import follow

if TYPE_CHECKING:
    from workbook.runner.ground import Settings

app = typer.Typer(help="For authors of lessons.")

Page = Lesson | Mistake
Chapters = Annotated[Path, typer.Option(help="The folder of the lessons.", exists=True, file_okay=False)]
ChapterId = Annotated[str, typer.Argument(help="A chapter's id, such as ch35.")]
Mistakes = Annotated[bool, typer.Option("--mistakes", help="Its mistakes too.")]


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
        if course.new_readme(chapters) is not None:
            raise Problem("README.md's table of chapters is not that of the folders.", ways=("workbook build",))
        say(f"{shown(template)} is what the lessons build.")
        return
    history = checked(chapters, history_folder())
    write_lock(history, chapters)
    changed = write_template(history, template)
    readme = course.new_readme(chapters)
    if readme is not None:
        (chapters.parent / course.README).write_text(readme, encoding="utf-8", newline="\n")
    for tag, commit in history.tags.items():
        typer.echo(f"{commit.sha[:10]}  {tag}")
    where = shown(history.repository)
    say(f"{len(history.commits)} commits: {where}. {len(changed)} files of {shown(template)} changed.")


@app.command()
def run(chapter: ChapterId, mistakes: Mistakes = False, chapters: Chapters = CHAPTERS) -> None:
    """Replay a lesson in a scratch project on a throwaway MySQL, and compare all it shows."""
    from workbook.runner.replay import replay

    with _ground(chapters, chapter, mistakes) as (history, settings, pages, folder):
        for page in pages:
            with stage(str(shown(page.file))) as tell:
                replay(page, history, settings, folder, progress=tell)


@app.command()
def refresh(chapter: ChapterId, mistakes: Mistakes = False, chapters: Chapters = CHAPTERS) -> None:
    """Replay a lesson and rewrite the outputs that are not as shown. Review the diff."""
    from workbook.runner.refresh import refresh as take

    changed: list[Path] = []
    with _ground(chapters, chapter, mistakes) as (history, settings, pages, folder):
        for page in pages:
            with stage(str(shown(page.file))):
                changed += take(page, history, settings, folder)
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
        lay_out(state.kept(state.end), directory)
    say(f"Change the files in {directory}, then: workbook absorb {chapter} {directory}")


@app.command()
def absorb(
    chapter: ChapterId,
    directory: Annotated[Path, typer.Argument(help="The folder that was edited.", exists=True, file_okay=False)],
    chapters: Chapters = CHAPTERS,
) -> None:
    """Write the changed files of a folder back into the chapter's fences."""
    with history_until(chapters, chapter) as history:
        page = history.chapters[chapter].lesson.file
        done = write_back(history, history.chapters[chapter], directory)
    for path, where in done.items():
        typer.echo(f"{shown(page)}:{where}: {path}" if isinstance(where, int) else f"not placed: {path}: {where}")
    _follow([page])
    with history_until(chapters, None):
        say("All lessons still build.")
    if not all(isinstance(where, int) for where in done.values()):
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
def notebooks(
    action: Annotated[Literal["run", "check"], typer.Argument(help="check runs nothing.")] = "run",
    chapters: Annotated[list[str] | None, typer.Argument(help="Such as ch34; all when none is named.")] = None,
) -> None:
    """Run the notebooks on a throwaway MySQL, write their outputs into both languages, and name what is wrong."""
    from workbook.notebooks import notebooks as verb

    raise typer.Exit(verb(action, chapters or ()))


@app.command()
def report(chapters: Chapters = CHAPTERS) -> None:
    """Per lesson: listings, commands, outputs, how many are verified, and every skip with its reason."""
    pages: dict[str, Page] = {}
    for file in course.lesson_files(chapters):
        pages[file.parent.name] = read_lesson(file)
        pages |= {f"{course.chapter_id(file)}/{each.stem}": read_mistake(each) for each in course.mistake_files(file)}
    width = max(map(len, pages))
    typer.echo("  ".join(["page".ljust(width), *course.count(())]))
    for name, page in pages.items():
        numbers = (str(number).rjust(len(column)) for column, number in course.count(page.blocks).items())
        typer.echo("  ".join([name.ljust(width), *numbers]))
    not_run = [skip for page in pages.values() for skip in course.skips(page.blocks)]
    typer.echo("\n".join(not_run))
    course.require_budget(not_run)


@app.command()
def site(
    serve: Annotated[bool, typer.Option("--serve", help="Serve it afterwards, until Ctrl-C.")] = False,
    port: Annotated[int, typer.Option(help="Where to serve it on 127.0.0.1.", min=0, max=65535)] = 8100,
    draft: Annotated[bool, typer.Option("--draft", help="Build in spite of broken links, and list them.")] = False,
    into: Annotated[Path, typer.Option(help="The folder to build.", file_okay=False)] = CLONE / "site",
) -> None:
    """Build the site, English and Korean."""
    from workbook.website import build

    if serve:
        build.server(CLONE, port).server_close()  # a taken port is said before the build, not after it
    build.build(into, draft=draft)
    say(f"{shown(into)}/index.html, {shown(into)}/ko/index.html")
    if serve:
        build.serve(into, port)


def _follow(changed: Iterable[Path]) -> None:
    """Copy rewritten fences into the Korean pages, and say where that is not possible."""
    follow(Pair(file, file.with_suffix(".ko.md")) for file in changed if file.suffix == ".md")


@contextmanager
def _ground(chapters: Path, chapter: str, mistakes: bool) -> Iterator[tuple[History, "Settings", list[Page], Path]]:
    """The history up to a chapter, a throwaway server, the chapter's pages, and a folder for their replays."""
    from workbook.mysql import ladder
    from workbook.runner.ground import Settings

    with (
        tempfile.TemporaryDirectory(prefix="workbook-lesson-", ignore_cleanup_errors=True) as scratch,
        history_until(chapters, chapter) as history,
        ladder.climb(TEMPLATE, use="test") as server,
    ):
        lesson = history.chapters[chapter].lesson
        pages = [lesson, *(map(read_mistake, course.mistake_files(lesson.file)) if mistakes else ())]
        yield history, Settings(server=server, own_server=True), pages, Path(scratch)
