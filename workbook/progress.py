"""Progress for whatever takes longer than a second: a spinner on a terminal, one line elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

console = Console(stderr=True, highlight=False)


def say(sentence: str) -> None:
    """Print one line of progress to standard error."""
    # On a terminal lines break between words; in a file or a pipe they stay whole, for whoever searches them.
    console.print(sentence, markup=False, soft_wrap=not console.is_terminal)


@contextmanager
def stage(title: str) -> Iterator[Callable[[str], None]]:
    """Show that `title` is under way, and afterwards how many seconds it took.

    Yields:
        a function that shows a few words on how far it is ("37 %"); they appear on a terminal only.
    """
    start = time.monotonic()
    if console.is_terminal:
        with console.status(f"{title} …") as status:
            yield lambda words: status.update(f"{title} … {words}")
    else:
        say(f"  {title} …")
        yield lambda words: None
    say(f"  {title}: {time.monotonic() - start:.1f} s")
