"""The command `workbook`: one thin function a verb."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.main import get_command

from workbook.authoring import app as authoring
from workbook.korean_help import speak
from workbook.place import TEMPLATE
from workbook.say import Problem, say
from workbook.student.commands import app as student
from workbook.tools_commands import app as tools

app = typer.Typer(
    name="workbook",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A test-first workbook for a FastAPI, Tortoise ORM and MySQL backend.",
)
database = typer.Typer(no_args_is_help=True, help="The MySQL that the workbook found or brought up.")
app.add_typer(database, name="db")
app.add_typer(student)
app.add_typer(tools)
app.add_typer(authoring)


@app.callback()
def workbook(
    context: typer.Context,
    lang: Annotated[str | None, typer.Option(help="en or ko; else as the locale says.", metavar="LANG")] = None,
    manual: Annotated[bool, typer.Option("--manual", hidden=True)] = False,  # every verb's help, for the site
) -> None:
    """Without a verb: show where you are, and the next command."""
    from workbook.say import choose

    try:
        choose(lang)
    except ValueError as error:
        raise Problem(f"--lang is {lang!r}, and there are en and ko.", code=2) from error
    if manual:
        from typer.cli import get_docs_for_click

        typer.echo(get_docs_for_click(obj=context.command, ctx=context, name="workbook", indent=1), nl=False)
    elif context.invoked_subcommand is None:
        from workbook.student.commands import where

        where()


Project = Annotated[
    Path, typer.Option(help="The application's folder; its .env may name a server.", exists=True, file_okay=False)
]


@app.command()
def up(
    port: Annotated[int, typer.Option(help="Where the API listens on 127.0.0.1.", min=1, max=65535)] = 8000,
    project: Project = TEMPLATE,
) -> None:
    """Serve the application on a real MySQL; Ctrl-C stops all of it."""
    from workbook.up import serve

    raise typer.Exit(serve(project, port))


@app.command()
def ci(
    workflow: Annotated[Path, typer.Argument(help="The workflow.")] = Path(".github/workflows/ci.yml"),
    job: Annotated[str | None, typer.Option(help="One of its jobs; all when not given.")] = None,
    project: Annotated[Path, typer.Option(help="The project.", exists=True, file_okay=False)] = Path(),
) -> None:
    """Run your workflow's jobs here, before you push."""
    from workbook.ci import run

    raise typer.Exit(run(workflow, project, job))


@app.command()
def translation(
    sync: Annotated[bool, typer.Option("--sync", help="Copy changed fences from the English pages.")] = False,
    accept: Annotated[
        list[str] | None, typer.Option(help="This page, or one section of it, is up to date.", metavar="FILE[#SLUG]")
    ] = None,
) -> None:
    """List the Korean pages and sections that are missing, stale or different."""
    from workbook.translation import sync as verb

    raise typer.Exit(verb.translation(copy=sync, accepted=accept or ()))


@database.command("up")
def database_up(project: Project = TEMPLATE) -> None:
    """Find a MySQL or bring one up, and print how to reach it."""
    from workbook import database as verbs

    verbs.up(project)


@database.command("down")
def database_down(project: Project = TEMPLATE) -> None:
    """Stop the MySQL that the workbook started; its data stays."""
    from workbook import database as verbs

    verbs.down(project)


@database.command("status")
def database_status(project: Project = TEMPLATE) -> None:
    """Say which MySQL answers, and which databases it holds."""
    from workbook import database as verbs

    raise typer.Exit(verbs.status(project))


@database.command("shell")
def database_shell(project: Project = TEMPLATE) -> None:
    """Open the mysql client on the application's database."""
    from workbook import database as verbs

    raise typer.Exit(verbs.shell(project))


def main() -> None:
    """Run the command; what a person can mend is shown as a sentence, never as a traceback."""
    command = get_command(app)
    speak(command, sys.argv)
    try:
        command()
    except Problem as problem:
        say(f"\n{problem}")
        sys.exit(problem.code)
