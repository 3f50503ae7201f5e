"""The ladder: find a MySQL, or bring one up. What its rungs share stands here."""

import subprocess
from collections.abc import Callable, Mapping


def follow(command: list[str], environment: Mapping[str, str], hears: Callable[[str], object]) -> tuple[int, str]:
    """Run a command that takes long.

    Args:
        hears: each line as it is printed, errors and all.

    Returns:
        its exit code, and all that it printed.
    """
    printed = ""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=environment,
    ) as process:
        try:
            for line in process.stdout or ():
                printed += line
                hears(line)
        except BaseException:
            # Leaving the block waits for the command, which may be minutes from done.
            process.terminate()
            raise
    return process.returncode, printed
