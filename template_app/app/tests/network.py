"""A network that can fall silent: nothing is refused, and nothing arrives."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from app.configs import config

SIZE = 2  # of the pool in tests that use this network


class Network:
    def __init__(self) -> None:
        self.talks = asyncio.Event()
        self.talks.set()
        self.withheld = asyncio.Event()  # something was sent while it was silent

    def be_silent(self) -> None:
        self.talks.clear()

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answers, questions = await asyncio.open_connection(config.MYSQL_HOST, config.MYSQL_PORT)
        with suppress(ConnectionError):
            await asyncio.gather(self.carry(reader, questions), self.carry(answers, writer))

    async def carry(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        while data := await source.read(2**16):
            if not self.talks.is_set():
                self.withheld.set()
            await self.talks.wait()
            target.write(data)
        target.close()


@asynccontextmanager
async def network_to_mysql() -> AsyncIterator[tuple[Network, int]]:
    """The network, and the port on 127.0.0.1 behind which MySQL is."""
    network = Network()
    async with await asyncio.start_server(network.connect, "127.0.0.1") as server:
        yield network, server.sockets[0].getsockname()[1]
        network.talks.set()
