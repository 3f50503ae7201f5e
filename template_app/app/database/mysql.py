"""Tortoise's MySQL client, but it loses no connection, waits for none without end, and keeps off another's."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

from asyncmy.constants.ER import LOCK_DEADLOCK
from asyncmy.errors import MySQLError
from tortoise.backends.base.client import (
    ConnectionWrapper,
    NestedTransactionContext,
    PoolConnectionWrapper,
    TransactionContextPooled,
)
from tortoise.backends.mysql.client import MySQLClient, TransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import BaseORMException, OperationalError, TransactionManagementError

BUSY = 0.5  # seconds to wait while all connections are in use
CONNECT = 3.0  # seconds to wait while one is opened, or is asked to begin
ERRORS = (BaseORMException, MySQLError)  # Tortoise does not translate what COMMIT and ROLLBACK raise
OUTLIVED = "This task has outlived its transaction: await it inside, or start it afterwards."


class NoConnection(OperationalError):
    """All connections are in use, or MySQL does not answer. Nothing has been done."""


def code_of(error: BaseException) -> int | None:
    """MySQL's number of an error, in whatever it is wrapped."""
    first = error.args[0] if error.args else None
    return code_of(first) if isinstance(first, BaseException) else first if isinstance(first, int) else None


@asynccontextmanager
async def bounded(pool: Any) -> AsyncIterator[None]:
    """The wait for a connection."""
    full = pool is not None and not pool.freesize and pool.size >= pool.maxsize
    try:
        async with asyncio.timeout(BUSY if full else CONNECT):
            yield
    except (MySQLError, TimeoutError, RuntimeError) as error:  # asyncmy lets through what its transport raises
        raise NoConnection("all connections are in use" if full else f"MySQL does not answer: {error!r}") from error


class Connection(PoolConnectionWrapper[Any]):
    async def __aenter__(self) -> Any:
        async with bounded(self.client._pool):
            return await super().__aenter__()


class Lease:
    """A connection as its transaction sees it: when that is over, whoever uses it is told why."""

    over: Exception | None = None

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def __getattr__(self, name: str) -> Any:
        if self.over:
            raise self.over
        return getattr(self.connection, name)


class Statement(ConnectionWrapper[Any]):
    async def __aexit__(self, kind: Any, error: Any, traceback: Any) -> None:
        if error and code_of(error) == LOCK_DEADLOCK:  # MySQL has rolled all back; what came now would be committed
            self.connection.over = OperationalError(error)
        await super().__aexit__(kind, error, traceback)


class Savepoint(NestedTransactionContext):
    async def __aexit__(self, kind: Any, error: Any, traceback: Any) -> None:
        with suppress(*(ERRORS if kind else ())):  # a ROLLBACK that fails would hide the error of the block
            await super().__aexit__(kind, error, traceback)


class Work(TransactionWrapper):
    def acquire_connection(self) -> Statement:
        return Statement(self._lock, self)

    def _in_transaction(self) -> Savepoint:
        return Savepoint(Work(self))


class Transaction(TransactionContextPooled):
    async def __aenter__(self) -> Any:
        pool, mine = self.client._parent._pool, self.client
        try:
            async with bounded(pool):
                await super().__aenter__()
        except BaseException:  # BEGIN failed or was cancelled, and Python will not call __aexit__
            if mine._connection:
                mine._connection.close()
                await mine._parent._pool.release(mine._connection)
                get_connections().reset(self.token)
            raise
        mine._connection = Lease(mine._connection)
        return mine

    async def __aexit__(self, kind: Any, error: Any, traceback: Any) -> None:
        lease = self.client._connection
        try:
            if kind and not issubclass(kind, Exception):  # cancelled: MySQL rolls back what a closed connection leaves
                lease.connection.close()
            elif not lease.over:
                with suppress(*(ERRORS if kind else ())):
                    async with self.client.acquire_connection():  # after the statements that are on their way
                        await (self.client.rollback() if kind else self.client.commit())
        finally:
            deadlock, lease.over = lease.over, TransactionManagementError(OUTLIVED)
            await self.client._parent._pool.release(lease.connection)
            get_connections().reset(self.token)
        if deadlock and not kind:
            raise deadlock


class Client(MySQLClient):
    def acquire_connection(self) -> Connection:
        return Connection(self, self._pool_init_lock)

    def _in_transaction(self) -> Transaction:
        return Transaction(Work(self), self._pool_init_lock)


client_class = Client  # the name that Tortoise looks for
