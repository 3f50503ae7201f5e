"""Import the project and say which database it would use. Nothing is connected."""

from typing import Any

from . import find, report


async def main() -> None:
    """Tells `config` (whether there is one), `models` (their modules), and where its first connection leads."""
    config = find.tortoise_config()
    if config is None:
        report.tell(config=False)
        return
    credentials = _credentials(next(iter(config["connections"].values())))
    names = ("host", "port", "user", "password", "database")
    modules = [module for app in config["apps"].values() for module in app.get("models", ())]
    report.tell(config=True, models=list(map(_named, modules)), **{name: credentials.get(name) for name in names})


def _named(module: Any) -> str:
    return module if isinstance(module, str) else str(getattr(module, "__name__", ""))


def _credentials(connection: Any) -> dict[str, Any]:
    if isinstance(connection, str):
        from tortoise.backends.base.config_generator import expand_db_url

        connection = expand_db_url(connection)
    return dict(connection["credentials"])


if __name__ == "__main__":
    report.run(main)
