"""Build the tables twice, by the migrations and by the models, each in a database of its own."""

import os
from pathlib import Path
from typing import Any

from . import find, redirect, report


async def main() -> None:
    """Tells `files` (the migrations), then `migrated` and `modelled` when each is built, or `failed` with the error."""
    config = find.tortoise_config()
    location = Path(str(find.tool_table().get("location", "./migrations")))
    app = next(iter(config["apps"])) if config else "models"
    files = sorted(file.name for file in (location / app).glob("*.py") if file.name[0].isdigit())
    report.tell(config=config is not None, files=files)
    if config is None:
        return
    redirect.redirect(os.environ["WORKBOOK_MODELS_DATABASE"])
    await _by_models(config)
    report.tell(modelled=True)
    if files:
        from aerich import Command

        redirect.redirect(os.environ["WORKBOOK_DATABASE"])
        command = Command(config, app=app, location=str(location))
        await command.init()
        try:
            ran = await command.upgrade(run_in_transaction=True)
            report.tell(migrated=True, ran=ran)
        finally:
            await redirect.close()


async def _by_models(config: dict[str, Any]) -> None:
    try:
        from tortoise.context import TortoiseContext
    except ImportError:  # before Tortoise 1.0
        from tortoise import Tortoise

        await Tortoise.init(config=config)
        try:
            await Tortoise.generate_schemas()
        finally:
            await redirect.close()
        return
    # A context of its own: Aerich will initialise Tortoise once more.
    async with TortoiseContext() as context:
        await context.init(config=config)
        await context.generate_schemas()


if __name__ == "__main__":
    report.run(main)
