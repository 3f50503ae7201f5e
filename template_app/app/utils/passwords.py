"""Passwords are kept as hashes of Argon2, which are slow on purpose: about half a second and 64 MiB each."""

import asyncio

from pwdlib import PasswordHash

HASHER = PasswordHash.recommended()
AT_ONCE = asyncio.Semaphore(2)  # hashes, for the sake of the memory


async def hash_password(password: str) -> str:
    """In a thread: on the event loop, nobody else would be served meanwhile."""
    async with AT_ONCE:
        return await asyncio.to_thread(HASHER.hash, password)


async def fits(password: str, password_hash: str) -> bool:
    async with AT_ONCE:
        return await asyncio.to_thread(HASHER.verify, password, password_hash)
