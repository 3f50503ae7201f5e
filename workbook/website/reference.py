"""The reference pages that are made from code: the verbs of `workbook`, and the template's OpenAPI schema."""

import re
from importlib import resources

import typer
from typer.cli import get_docs_for_click
from typer.main import get_command

from workbook.cli import app
from workbook.place import CLONE

SWAGGER = ("swagger-ui-bundle.js", "swagger-ui.css")
"""What of the package fastapi-swagger the site takes over."""


def verbs() -> str:
    """Every verb of `workbook` with its help, as Markdown below a heading of the second level."""
    command = get_command(app)
    text = get_docs_for_click(obj=command, ctx=typer.Context(command), name="workbook", indent=1)
    # The list of verbs cuts their sentences short; the headings below it are the list.
    text = re.sub(r"\*\*Commands\*\*:\n\n(?:\* .*\n)+\n?", "", text)
    return text.replace(f"{CLONE}/", "").replace("\n* ", "\n- ")


def swagger() -> dict[str, bytes]:
    """Swagger UI's files by name, out of the pinned package fastapi-swagger. The template serves the same ones."""
    folder = resources.files("fastapi_swagger") / "resources"
    return {name: (folder / name).read_bytes() for name in SWAGGER}


API = """\
<div id="wb-api" class="wb-api" data-assets="../../assets/"></div>
"""
