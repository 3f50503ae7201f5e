"""What a project's settings say, read as the project itself reads them."""

import os
from pathlib import Path

from dotenv import dotenv_values

DEFAULT_DATABASE = "when2meet_vod"
"""The notes' name for the database; `MYSQL_DB` in the environment or in `.env` names another."""


def database_name(project: Path) -> str:
    """The application's database: `MYSQL_DB` of the environment, else of `.env`, else the notes' name."""
    values = dotenv_values(project / ".env", interpolate=False)
    return os.environ.get("MYSQL_DB") or values.get("MYSQL_DB") or DEFAULT_DATABASE
