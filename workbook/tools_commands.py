"""The verbs that look at an error or a machine, and make a project: explain, doctor, new. `cli.py` adds `app`."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="Tools.")


@app.command()
def explain(
    file: Annotated[
        str | None,
        typer.Argument(help="A file that holds the error; - to paste it. Else what is piped, or the last check's."),
    ] = None,
) -> None:
    """Find the clinic's page for an error: its cause and its cure."""
    from workbook.explain import explain as verb
    from workbook.student.project import find

    raise typer.Exit(verb(file, project=find(Path.cwd()) or Path.cwd()))


@app.command()
def doctor(
    project: Annotated[
        Path | None, typer.Option(help="The project; else the folder you are in.", exists=True, file_okay=False)
    ] = None,
) -> None:
    """Examine this machine and the project: what is wrong, why it matters, the command that mends it."""
    from workbook.doctor import doctor as verb

    raise typer.Exit(verb(project))


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="The project's name, such as my-app.")],
    directory: Annotated[Path | None, typer.Argument(help="Where it goes; a folder of that name here.")] = None,
    server: Annotated[bool, typer.Option(help="Make its database and account on the MySQL that answers.")] = True,
) -> None:
    """Make a project of your own from the template."""
    from workbook.new import new as verb

    verb(name, directory, server=server)
