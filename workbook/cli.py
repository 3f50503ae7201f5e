"""The command `workbook`: one thin function a verb."""

import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import typer
from typer.main import get_command

from workbook.authoring import app as authoring
from workbook.place import TEMPLATE
from workbook.say import Language, Problem, _, choose, language, say
from workbook.student.commands import app as student
from workbook.student.commands import where

app = typer.Typer(
    name="workbook",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A test-first workbook for a FastAPI, Tortoise ORM and MySQL backend.",
)
app.add_typer(student)
app.add_typer(authoring)

Project = Annotated[Path, typer.Option(help="The project's folder.", exists=True, file_okay=False)]


@app.callback()
def workbook(
    context: typer.Context,
    lang: Annotated[Language | None, typer.Option(help="en or ko; else as the locale says.")] = None,
    manual: Annotated[bool, typer.Option("--manual", hidden=True)] = False,  # every verb's help, for the site
) -> None:
    """Without a verb: show where you are, and the next command."""
    choose(lang)
    if manual:
        from typer.cli import get_docs_for_click

        typer.echo(get_docs_for_click(obj=context.command, ctx=context, name="workbook", indent=1), nl=False)
    elif context.invoked_subcommand is None:
        where()


@app.command()
def up(
    port: Annotated[int, typer.Option(help="Where the API listens on 127.0.0.1.", min=1, max=65535)] = 8000,
    project: Project = TEMPLATE,
) -> None:
    """Serve the application on a real MySQL; Ctrl-C stops all of it."""
    from workbook.serve import serve

    raise typer.Exit(serve(project, port))


@app.command()
def notebook(
    chapter: Annotated[str, typer.Argument(help="Such as ch35.")] = "ch32",
    browser: Annotated[bool, typer.Option(help="Open a browser, or only say the address.")] = True,
) -> None:
    """Open a chapter's notebook in JupyterLab, on a real MySQL; Ctrl-C stops both."""
    from workbook.serve import open_notebook

    raise typer.Exit(open_notebook(chapter, browser=browser))


@app.command()
def ci(
    workflow: Annotated[Path, typer.Argument(help="The workflow.")] = Path(".github/workflows/ci.yml"),
    job: Annotated[str | None, typer.Option(help="One of its jobs; all when not given.")] = None,
    project: Project = Path(),
) -> None:
    """Run your workflow's jobs here, before you push."""
    from workbook.rehearsal import run

    raise typer.Exit(run(workflow, project, job))


@app.command(no_args_is_help=True)
def db(
    verb: Annotated[
        Literal["up", "status", "shell", "down"],
        typer.Argument(
            help="up finds a MySQL or brings one up, and prints how to reach it; status says which answers, and which "
            "databases it holds; shell opens the mysql client on the application's; down stops it, and its data stays."
        ),
    ],
    project: Project = TEMPLATE,
) -> None:
    """The MySQL that the workbook found or brought up."""
    from workbook.mysql import database

    raise typer.Exit(getattr(database, verb)(project) or 0)


@app.command()
def explain(
    file: Annotated[
        str | None,
        typer.Argument(help="A file that holds the error; - to paste it. Else what is piped, or the last check's."),
    ] = None,
) -> None:
    """Find the clinic's page for an error: its cause and its cure."""
    from workbook.clinic import explain as verb
    from workbook.student.project import find

    raise typer.Exit(verb(file, project=find(Path.cwd()) or Path.cwd()))


@app.command()
def doctor(
    project: Annotated[
        Path | None, typer.Option(help="The project; else the folder you are in.", exists=True, file_okay=False)
    ] = None,
) -> None:
    """Examine this machine and the project: what is wrong, why it matters, the command that mends it."""
    from workbook.student.doctor import doctor as verb

    raise typer.Exit(verb(project))


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="The project's name, such as my-app.")],
    directory: Annotated[Path | None, typer.Argument(help="Where it goes; a folder of that name here.")] = None,
    server: Annotated[bool, typer.Option(help="Make its database and account on the MySQL that answers.")] = True,
    bare: Annotated[bool, typer.Option("--bare", help="Leave out the example.")] = False,
) -> None:
    """Make a project of your own from the template."""
    from workbook.new import new as verb

    verb(name, directory, server=server, bare=bare)


def speak(command: object, arguments: Sequence[str]) -> None:
    """Put helps in Korean where `--lang` or the locale asks; `--lang` as it was typed, for `--help` comes before it."""
    for known in get_args(Language):
        if f"--lang={known}" in arguments or ("--lang", known) in pairwise(arguments):
            choose(known)
    if language() == "ko":
        for each in helped(command):
            each.help = _(each.help)


def helped(command: Any) -> Iterator[Any]:
    """A command, its options, and those below it: whatever has a `help`."""
    yield from (each for each in (command, *command.params) if getattr(each, "help", None))
    for below in getattr(command, "commands", {}).values():
        yield from helped(below)


def main() -> None:
    """Run the command; what a person can mend is shown as a sentence, never as a traceback."""
    command = get_command(app)
    speak(command, sys.argv)
    try:
        command()
    except Problem as problem:
        say(f"\n{problem}")
        sys.exit(problem.code)
