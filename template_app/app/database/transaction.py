"""Work that is done whole or not at all, and again when MySQL asks for that."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from asyncmy.constants.ER import LOCK_DEADLOCK, SP_DOES_NOT_EXIST
from tortoise.backends.base.client import TransactionalDBClient
from tortoise.connection import get_connection
from tortoise.transactions import in_transaction

from app.database.mysql import ERRORS, code_of

P = ParamSpec("P")
R = TypeVar("R")
TRIES = 3
TRY_AGAIN = {LOCK_DEADLOCK, SP_DOES_NOT_EXIST}  # a deadlock takes the savepoints along


def transaction(work: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """`work` as a transaction, from its start again after a deadlock: so it does nothing but ask MySQL.

    Inside of another transaction it is a part of that one, and that one starts again.
    """

    @wraps(work)
    async def whole(*args: P.args, **kwargs: P.kwargs) -> R:
        left = 1 if isinstance(get_connection("default"), TransactionalDBClient) else TRIES
        while True:
            left -= 1
            try:
                async with in_transaction("default"):
                    return await work(*args, **kwargs)
            except ERRORS as error:
                if not left or code_of(error) not in TRY_AGAIN:
                    raise
            await asyncio.sleep(random.uniform(0.01, 0.1))  # seconds; not all at once again

    return whole
