"""Waiting for something to happen, with a deadline."""

import time
from collections.abc import Callable


def until(happened: Callable[[], object], what: str = "it", seconds: float = 120) -> None:
    """Look again and again until the condition holds; fail when it does not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, f"{what} did not happen within {seconds} s"
        time.sleep(0.01)
