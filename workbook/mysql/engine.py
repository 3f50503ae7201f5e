"""Whether this machine has a Docker that can be used."""

import shutil
import subprocess
from collections.abc import Callable

from workbook.language import text
from workbook.mysql.server import Unavailable

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
        raise Unavailable(text("there is no `docker` on PATH", "PATH에 `docker`가 없어요"))
    try:
        try:
            info = ask(docker, "info", timeout=SILENT_SECONDS)
        except subprocess.TimeoutExpired:
            say(text("Docker: waiting for its engine …", "Docker: 엔진을 기다리는 중이에요 …"))
            info = ask(docker, "info", timeout=ENGINE_SECONDS)
    except subprocess.TimeoutExpired:
        raise Unavailable(
            text(
                f"the Docker engine did not answer `docker info` within {ENGINE_SECONDS:g} seconds",
                f"Docker 엔진이 {ENGINE_SECONDS:g}초 안에 `docker info`에 답하지 않았어요",
            )
        ) from None
    except OSError as error:
        raise Unavailable(
            text(f"`{docker}` cannot be run: {error.strerror}", f"`{docker}` 명령을 실행할 수 없어요: {error.strerror}")
        ) from error
    if info.returncode:
        reason = _reason(info)
        raise Unavailable(
            text(f"the Docker engine does not answer ({reason})", f"Docker 엔진이 응답하지 않아요({reason})")
        )
    version = ask(docker, "compose", "version")
    if version.returncode:
        reason = _reason(version)
        raise Unavailable(
            text(f"this Docker has no compose plugin ({reason})", f"이 Docker에는 compose 플러그인이 없어요({reason})")
        )
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
    return (telling or lines or [text("it gives no reason", "이유 없음")])[0].removeprefix("ERROR: ").rstrip(".")
