"""One setup of a clone at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from workbook.say import _
from workbook.setup.paths import NOTES, TURN


@contextmanager
def taken() -> Iterator[int]:
    """Wait until no other setup of this clone is at work, then keep others waiting.

    The lock is the system's own (`flock`), so there is no stale one to detect: it goes with the last process that
    holds it. The tools that setup starts inherit it. So when setup is killed and its uv works on, the next setup
    waits for that uv.

    Yields:
        the descriptor that child processes have to inherit.
    """
    descriptor = _lock()
    while not _is_the_one(descriptor):  # `make clean` has removed the file that was waited for
        os.close(descriptor)
        descriptor = _lock()
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def _lock() -> int:
    NOTES.mkdir(exist_ok=True)
    descriptor = os.open(TURN, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 20, 0).decode() or "?"
        waiting = _("Waiting for another setup of this clone to finish (process {holder}) …", holder=holder)
        print(waiting, flush=True)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def _is_the_one(descriptor: int) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(TURN))
    except FileNotFoundError:
        return False
