"""The application as users meet it: under Uvicorn, in a process of its own."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.configs.base_config import PROJECT


@asynccontextmanager
async def process(
    app: str, stdout: int | None, /, *flags: str, **settings: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """Uvicorn with this application, flags and settings, and its address."""
    # The socket listens before Uvicorn runs: whoever comes early waits in line, and nobody has to ask whether it is up.
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # Uvicorn forgets it with --fd: 40 ms an answer
        uvicorn = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "uvicorn", app, *flags, "--fd", str(listening.fileno())),
            pass_fds=[listening.fileno()],
            env=os.environ | settings,
            cwd=PROJECT,
            stdout=stdout,
            stderr=asyncio.subprocess.STDOUT,
        )
        address = "http://{}:{}".format(*listening.getsockname())
    try:
        yield uvicorn, address
    finally:
        if uvicorn.returncode is None:
            uvicorn.kill()
            await uvicorn.wait()


@asynccontextmanager
async def served(database: str, **settings: str) -> AsyncIterator[str]:
    """Serve the application on this database and a free port, and give its address."""
    async with process("app.main:app", None, "--log-level", "warning", MYSQL_DB=database, **settings) as (_, address):
        yield address


@asynccontextmanager
async def stand_in(answer: bytes | None) -> AsyncIterator[str]:
    """A service that answers this JSON whatever it is asked, or, without one, nothing at all; gives its address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer is None:
            await reader.read()  # until the other side gives up
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(answer) + answer)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1") as server:
        yield "http://{}:{}".format(*server.sockets[0].getsockname())
