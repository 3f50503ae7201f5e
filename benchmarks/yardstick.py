"""A fixed piece of work, so that figures of different moments and machines can be set side by side."""

import time


def yardstick() -> float:
    """Milliseconds that a loop of a million additions takes now; the best of three."""
    return min(one_loop() for _ in range(3)) * 1000


def one_loop() -> float:
    start = time.perf_counter()
    total = 0
    for number in range(1_000_000):
        total += number
    return time.perf_counter() - start
