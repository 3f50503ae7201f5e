"""Create meetings through the application, as a client does."""

import os
import uuid
from collections.abc import Iterator
from typing import Any

from . import asgi, find, redirect, report

EDGES = (62, 62**2, 62**5 + 61, 2**128 - 1)
"""UUIDs at which a conversion to base 62 goes wrong first: a digit more, and all digits."""

_edges: list[int] = []


def _patch_uuid() -> None:
    """`uuid4` gives the edges first, if there are any waiting. Before the application imports it."""
    original = uuid.uuid4

    def uuid4() -> uuid.UUID:
        return uuid.UUID(int=_edges.pop(0)) if _edges else original()

    uuid.uuid4 = uuid4


async def main() -> None:
    """Tells `paths`, one `posted` for each of three requests, and one `edge` for each UUID at an edge."""
    path = os.environ["WORKBOOK_PATH"]
    _patch_uuid()
    redirect.redirect(os.environ["WORKBOOK_DATABASE"])
    app = find.application()
    report.tell(app=app is not None, paths=sorted(app.openapi()["paths"]) if app else [])
    if app is None:
        return
    async with app.router.lifespan_context(app):
        for _ in range(3):
            report.tell(posted=await asgi.send(app, "POST", path))
        for edge in _numbers():
            answer: dict[str, Any] = await asgi.send(app, "POST", path)
            # An application that makes its codes from something else than uuid4 leaves the edge where it is.
            report.tell(edge=str(edge), taken=not _edges, **answer)


def _numbers() -> Iterator[int]:
    for edge in EDGES:
        _edges[:] = [edge]
        yield edge
    _edges.clear()


if __name__ == "__main__":
    report.run(main)
