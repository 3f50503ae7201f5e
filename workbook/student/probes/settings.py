"""Import the project and say which database it would use. Nothing is connected."""

from typing import Any

from . import find, report


async def main() -> None:
    """Tells `config` (whether there is one), `host`, `port`, `user`, `database` of its first connection."""
    config = find.tortoise_config()
    if config is None:
        report.tell(config=False)
        return
    credentials = _credentials(next(iter(config["connections"].values())))
    names = ("host", "port", "user", "password", "database")
    report.tell(config=True, **{name: credentials.get(name) for name in names})


def _credentials(connection: Any) -> dict[str, Any]:
    if isinstance(connection, str):
        from tortoise.backends.base.config_generator import expand_db_url

        connection = expand_db_url(connection)
    return dict(connection["credentials"])


if __name__ == "__main__":
    report.run(main)
