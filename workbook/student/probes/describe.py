"""Import the application and ask it for its description. Nothing is connected."""

from . import asgi, find, report


async def main() -> None:
    """Tells `app` (whether there is one), and `docs`, what it answers to `GET /openapi.json`."""
    app = find.application()
    report.tell(app=app is not None)
    if app is not None:
        report.tell(docs=await asgi.send(app, "GET", "/openapi.json"))


if __name__ == "__main__":
    report.run(main)
