"""`python -m app.check`: are these settings and this code fit for production? A line a point; exit code 1 if not."""

import asyncio
import logging
import sys

import httpx
from aerich.utils import compress_dict, decompress_dict, get_models_describe, import_py_file
from tortoise.context import TortoiseContext

from app.configs import config
from app.configs.base_config import Env
from app.configs.tortoise_config import MIGRATION_ORM
from app.main import app
from app.migrate import FILES

NOT_HERE = {
    "HTTPS": "`curl -I http://<your host>/livez` answers 301 or 308, to https",
    "error tracking": "somebody is called when a line of the log has the level ERROR",
    "migrations": "the deployment runs `python -m app.migrate` before the new version starts",
    "backups": "the last one was restored into an empty server, and yesterday's rows are in it",
    "monitoring": "somebody sees how many answers are 5xx, and how long an answer takes",
    "visitors": "one who is over the rate limit does not lock out another: a proxy may lend all its own address",
}


def strong(secret: str, length: int) -> bool:
    return len(secret) >= length and len(set(secret)) >= 8


async def answer(path: str) -> int:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://check") as client:
        return (await client.get(path)).status_code


async def models_are_migrated() -> bool:
    async with TortoiseContext() as context:
        await context.init(config=MIGRATION_ORM)  # connects to nothing yet
        models = decompress_dict(compress_dict(get_models_describe("models")))
    return bool(FILES) and models == decompress_dict(import_py_file(FILES[-1]).MODELS_STATE)


async def check() -> list[tuple[str, bool, str]]:
    """Of each point its name, whether it holds, and what is wrong if it does not."""
    https = all(origin.startswith("https://") for origin in config.CORS_ORIGINS)
    private = config.MYSQL_SSL_CA != "" or config.MYSQL_HOST.endswith(".internal")  # Railway and Fly encrypt these
    counted = config.RATE != "" and "memory" not in config.RATE_STORAGE
    return [
        ("ENV", config.ENV is Env.PROD, f"ENV is {config.ENV}, not prod"),
        ("secret", strong(config.JWT_SECRET, 64), "JWT_SECRET is short or simple: secrets.token_urlsafe(48) makes one"),
        ("debug", not app.debug, "debug is on: an error shows its source to everybody"),
        ("docs", await answer("/openapi.json") == 404, "the docs are open: they name every route"),
        ("CORS", https, "CORS_ORIGINS has one that is not https://…: name yours"),
        ("password", strong(config.MYSQL_PASSWORD, 16), "MYSQL_PASSWORD is short or simple: it can be guessed"),
        ("account", config.MYSQL_USER != "root", "MYSQL_USER is root: it may drop all other databases, too"),
        ("TLS", private, "MYSQL_SSL_CA is empty: rows travel to MySQL and back for everybody to read"),
        ("log level", config.LOG_LEVEL != "DEBUG", "LOG_LEVEL is DEBUG: statements are logged with their values"),
        ("rate limit", counted, "RATE is empty, or RATE_STORAGE is memory: then each process counts for itself"),
        ("health", await answer("/livez") == 200, "/livez does not answer"),
        ("drift", await models_are_migrated(), "a model has changed without a migration: aerich migrate"),
    ]


def main() -> None:
    points = asyncio.run(check())
    for name, holds, wrong in points:
        print(f"{name:<15}{'ok' if holds else f'FAULT: {wrong}'}")
    for name, look in NOT_HERE.items():
        print(f"{name:<15}cannot be checked here. See that {look}")
    sys.exit(not all(holds for _, holds, _ in points))


if __name__ == "__main__":
    logging.disable()  # the log of the requests that it sends itself
    main()
