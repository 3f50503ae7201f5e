"""The verbs of those who write lessons. `cli.py` adds `app` without a name; their helps are English alone."""

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Literal

import typer

from workbook.history import lock
from workbook.history.build import build, history_folder, history_until
from workbook.lesson import chapters as course
from workbook.lesson.errors import shown
from workbook.lesson.reader import read_mistake
from workbook.pages.translation import Pair
from workbook.pages.translation.sync import follow
from workbook.place import CHAPTERS, CLONE, TEMPLATE
from workbook.say import Problem, say, stage

app = typer.Typer(help="For authors of lessons.")

Chapters = Annotated[Path, typer.Option(help="The folder of the lessons.", exists=True, file_okay=False)]
ChapterId = Annotated[str, typer.Argument(help="A chapter's id, such as ch35.")]
Edited = Annotated[Path, typer.Argument(exists=True, file_okay=False)]
Mistakes = Annotated[bool, typer.Option("--mistakes", help="Its mistakes too.")]


@app.command("build")
def build_course(
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if the template differs.")] = False,
    chapters: Chapters = CHAPTERS,
) -> None:
    """Turn the lessons into the history and the template. Runs no command of a lesson."""
    readme, template = course.new_readme(chapters), chapters.parent / "template_app"
    if check:
        with history_until(chapters, None) as history:
            lock.check_lock(history, chapters)
            lock.check_template(history, template)
        if readme:
            raise Problem("README.md's table of chapters is not that of the lock.", ways=("workbook build",))
        say(f"{shown(template)} is what the lessons build.")
        return
    history = build(chapters, history_folder())
    lock.write_lock(history, chapters)
    changed = lock.write_template(history, template)
    if readme:
        (chapters.parent / course.README).write_text(readme, encoding="utf-8", newline="\n")
    typer.echo("\n".join(f"{commit.sha[:10]}  {tag}" for tag, commit in history.tags.items()))
    say(f"{shown(history.repository)}: {len(history.commits)} commits; {shown(template)}: {len(changed)} changed.")


@app.command()
def run(chapter: ChapterId, mistakes: Mistakes = False, chapters: Chapters = CHAPTERS) -> None:
    """Replay a lesson in a scratch project on a throwaway MySQL, and compare all it shows."""
    from workbook.replay.replay import replay

    _replayed(chapters, chapter, mistakes, replay)


@app.command()
def refresh(chapter: ChapterId, mistakes: Mistakes = False, chapters: Chapters = CHAPTERS) -> None:
    """Replay a lesson and rewrite the outputs that are not as shown. Review the diff."""
    from workbook.replay.replay import refresh as take

    _replayed(chapters, chapter, mistakes, lambda *page, progress: _tell(take(*page)))


@app.command()
def edit(chapter: ChapterId, directory: Path, chapters: Chapters = CHAPTERS) -> None:
    """Lay out the files as they are at a chapter's end in a new folder, to change them and absorb them."""
    with history_until(chapters, chapter) as history:
        lock.lay_out(history.chapters[chapter].end, directory)
    say(f"Change the files in {directory}, then: workbook absorb {chapter} {directory}")


@app.command()
def absorb(chapter: ChapterId, directory: Edited, chapters: Chapters = CHAPTERS) -> None:
    """Write the changed files of a folder back into the chapter's fences."""
    with history_until(chapters, chapter) as history:
        page = history.chapters[chapter].lesson.file
        done = lock.absorb(history, history.chapters[chapter], directory)
    for path, line in done.items():
        typer.echo(f"{shown(page)}:{line}: {path}" if line else f"not placed, no fence shows it: {path}")
    _tell([page])
    with history_until(chapters, None):
        say("All lessons still build.")
    raise typer.Exit(None in done.values())


@app.command()
def bump(name: str, version: str, chapters: Chapters = CHAPTERS) -> None:
    """Change a package's version in the table and in every lesson. `workbook run` says what it breaks."""
    _tell(lock.bump(chapters, sorted(chapters.glob("ch*/**/*.md")), name, version))


@app.command()
def publish(
    remote: Annotated[str, typer.Argument(help="A git remote, such as origin, or an address.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Look, and push nothing.")] = False,
) -> None:
    """Push this edition's commits and tags, and the template's version. No tag ever moves."""
    from workbook.history.publish import publish as verb

    pushed = verb(remote, dry_run=dry_run)
    for ref, sha in pushed.items():
        typer.echo(f"{sha[:10]}  {ref.split('/', 2)[2]}")
    say(f"{'To publish' if dry_run else 'Published'}: {len(pushed)}." if pushed else f"{remote} has all of it already.")


@app.command()
def notebooks(
    action: Annotated[Literal["run", "check"], typer.Argument(help="check runs nothing.")] = "run",
    chapters: Annotated[list[str] | None, typer.Argument(help="Such as ch34; all when none is named.")] = None,
) -> None:
    """Run the notebooks on a throwaway MySQL, write down their outputs in both languages, and name what is wrong."""
    from workbook.pages.notebooks import notebooks as verb

    raise typer.Exit(verb(action, chapters or ()))


@app.command()
def report(chapters: Chapters = CHAPTERS) -> None:
    """Name every block that is shown and not run, with its reason, and fail when there are more than are allowed."""
    skips = course.skips(chapters)
    typer.echo("\n".join(skips))
    course.require_budget(skips)


@app.command()
def translation(
    sync: Annotated[bool, typer.Option("--sync", help="Copy changed fences from the English pages.")] = False,
    accept: Annotated[list[str] | None, typer.Option(help="It is up to date.", metavar="FILE[#SLUG]")] = None,
) -> None:
    """List the Korean pages and sections that are missing, stale or different."""
    from workbook.pages.translation import sync as verb

    raise typer.Exit(verb.translation(copy=sync, accepted=accept or ()))


@app.command()
def site(
    serve: Annotated[bool, typer.Option("--serve", help="Serve it afterwards, until Ctrl-C.")] = False,
    port: Annotated[int, typer.Option(help="Where to serve it on 127.0.0.1.", min=0, max=65535)] = 8100,
    draft: Annotated[bool, typer.Option("--draft", help="Build in spite of broken links, and list them.")] = False,
    into: Annotated[Path, typer.Option(help="The folder to build.", file_okay=False)] = CLONE / "site",
) -> None:
    """Build the site, English and Korean."""
    from workbook.pages import build as website

    if serve:
        website.server(CLONE, port).server_close()  # a taken port is said before the build, not after it
    website.build(into, draft=draft)
    say(f"{shown(into)}/index.html, {shown(into)}/ko/index.html")
    if serve:
        website.serve(into, port)


def _tell(changed: Iterable[Path]) -> None:
    """Name rewritten files, and copy their fences into the Korean pages; that says where it is not possible."""
    for file in changed:
        typer.echo(f"rewritten: {shown(file)}")
        if file.suffix == ".md":
            follow([Pair(file, file.with_suffix(".ko.md"))])


def _replayed(chapters: Path, chapter: str, mistakes: bool, replay: Callable[..., None]) -> None:
    """Hand a chapter's pages to a replay, with the history up to it, a throwaway server and a folder."""
    from workbook.mysql import ladder
    from workbook.replay.ground import Settings

    with (
        tempfile.TemporaryDirectory(prefix="workbook-lesson-", ignore_cleanup_errors=True) as scratch,
        history_until(chapters, chapter) as history,
        ladder.climb(TEMPLATE, use="test") as server,
    ):
        lesson = history.chapters[chapter].lesson
        for page in (lesson, *(map(read_mistake, course.mistake_files(lesson.file)) if mistakes else ())):
            with stage(str(shown(page.file))) as tell:
                replay(page, history, Settings(server=server, own_server=True), Path(scratch), progress=tell)
