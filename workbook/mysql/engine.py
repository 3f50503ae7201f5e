"""Whether this machine has a Docker that can be used."""

import shutil
import subprocess
from collections.abc import Callable

from workbook.mysql.server import Unavailable
from workbook.say import _

SILENT_SECONDS = 1.0
"""What takes longer than this is announced."""

ENGINE_SECONDS = 15.0
"""How long the engine may take to say that it is there."""


def usable(say: Callable[[str], None] = lambda line: None) -> str:
    """Find a `docker` whose engine answers and that knows `compose`.

    Args:
        say: hears that the engine makes us wait, if it does.

    Returns:
        the path of the executable.

    Raises:
        Unavailable: there is none; the sentence says why.
    """
    docker = shutil.which("docker")
    if docker is None:
        raise Unavailable(_("there is no `docker` on PATH"))
    try:
        try:
            info = ask(docker, "info", timeout=SILENT_SECONDS)
        except subprocess.TimeoutExpired:
            say(_("Docker: waiting for its engine …"))
            info = ask(docker, "info", timeout=ENGINE_SECONDS)
    except subprocess.TimeoutExpired:
        raise Unavailable(
            _(
                "the Docker engine did not answer `docker info` within {engine_seconds:g} seconds",
                engine_seconds=ENGINE_SECONDS,
            )
        ) from None
    except OSError as error:
        raise Unavailable(_("`{docker}` cannot be run: {strerror}", docker=docker, strerror=error.strerror)) from error
    if info.returncode:
        reason = _reason(info)
        raise Unavailable(_("the Docker engine does not answer ({reason})", reason=reason))
    version = ask(docker, "compose", "version")
    if version.returncode:
        reason = _reason(version)
        raise Unavailable(_("this Docker has no compose plugin ({reason})", reason=reason))
    return docker


def ask(docker: str, *arguments: str, timeout: float | None = None) -> subprocess.CompletedProcess[str]:
    """What `docker` answers to a short question; it gets no terminal to ask back on."""
    return subprocess.run(
        [docker, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=timeout,
    )


def _reason(answer: subprocess.CompletedProcess[str]) -> str:
    """The line of Docker's answer that tells: the first that is neither its description of itself nor a warning."""
    lines = [line.strip() for line in (answer.stderr + answer.stdout).splitlines() if line.strip()]
    telling = [line for line in lines if not line.startswith(("WARNING", "errors pretty printing"))]
    return (telling or lines or [_("it gives no reason")])[0].removeprefix("ERROR: ").rstrip(".")
