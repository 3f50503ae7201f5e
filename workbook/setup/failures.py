"""Turns what a tool printed, or what the system refused, into one screen that says what to do."""

import errno
import os
import re
import shutil
import sys

from workbook.language import text
from workbook.place import CLONE
from workbook.problem import Problem
from workbook.setup.paths import LOG

DISK_FULL = re.compile(r"No space left on device|Disk quota exceeded|os error (28|122)\b")
NETWORK = re.compile(
    r"error sending request|dns error|failed to lookup address|tcp connect error|connection (refused|reset|timed out)|"
    r"network is unreachable|NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|name resolution|timed out|"
    r"network was disabled|client error \(Connect\)|status (client|server) error",
    re.IGNORECASE,
)
HASH = re.compile(r"hash mismatch|do not match the hashes", re.IGNORECASE)
LACKING = re.compile(
    r"not found in the package registry|not found in the provided package locations|there is no version of|"
    r"no usable wheels|no matching distribution",
    re.IGNORECASE,
)
BUILD = re.compile(r"failed to build|build backend", re.IGNORECASE)
DENIED = re.compile(r"permission denied|read-only file system|os error (13|30)\b", re.IGNORECASE)


def explained(title: str, output: str) -> Problem:
    """The screen for a tool that failed.

    Args:
        title: what setup was doing, as its line of progress says it.
        output: everything that the tool printed.
    """
    lines = [line.strip() for line in output.splitlines() if line.strip() and not line.startswith("hint:")]
    last = lines[-1] if lines else text("nothing", "없음")
    log = LOG.relative_to(CLONE)
    said = text(
        f"The tool's last line: {last}\nAll it printed is in {log}.",
        f"도구의 마지막 줄: {last}\n출력 전체: {log}",
    )
    if DISK_FULL.search(output):
        return disk_full(said)
    if NETWORK.search(output):
        return Problem(
            text(
                f"The package index cannot be reached (at the step: {title}).",
                f"패키지 인덱스에 연결할 수 없어요(단계: {title}).",
            ),
            why=said,
            ways=(
                text(
                    "check the network, then type `make setup` again: it goes on with what is already downloaded",
                    "네트워크를 확인하고 `make setup`을 다시 입력하세요.\n    이미 받은 것부터 이어서 해요",
                ),
                text(
                    "behind a company's proxy: set HTTPS_PROXY, and for its certificate SSL_CERT_FILE or "
                    "UV_SYSTEM_CERTS=1",
                    "회사 프록시 뒤라면: HTTPS_PROXY를 설정하고,\n"
                    "    인증서는 SSL_CERT_FILE이나 UV_SYSTEM_CERTS=1로 알려 주세요",
                ),
                text(
                    "with an index of your own: set UV_DEFAULT_INDEX (or PIP_INDEX_URL) to its address",
                    "따로 쓰는 인덱스가 있다면: 그 주소를 UV_DEFAULT_INDEX(또는 PIP_INDEX_URL)에\n    설정하세요",
                ),
            ),
        )
    if HASH.search(output):
        return Problem(
            text(
                f"A downloaded package is not the one that requirements.lock pins (at the step: {title}).",
                f"받은 패키지가 requirements.lock에 고정된 것과 달라요(단계: {title}).",
            ),
            why=text(
                "A proxy or a mirror changed it, or the download was cut.",
                "프록시나 미러가 바꿨거나, 내려받기가 중간에 끊겼어요.",
            )
            + f"\n{said}",
            ways=(
                text("type `make setup` again", "`make setup`을 다시 입력하세요"),
                text("`uv cache clean`, then `make setup`", "`uv cache clean`을 하고 나서 `make setup`"),
                text("try another network or index", "다른 네트워크나 인덱스로 해 보세요"),
            ),
        )
    if DENIED.search(output):
        return denied(said)
    version = ".".join(map(str, sys.version_info[:2]))
    another = text(
        "take another Python: uv python install 3.13, then make setup PYTHON=python3.13",
        "다른 파이썬을 쓰세요: uv python install 3.13\n    그다음: make setup PYTHON=python3.13",
    )
    if LACKING.search(output):
        return Problem(
            text(
                f"The package index has not got a pinned package for Python {version} (at the step: {title}).",
                f"패키지 인덱스에 파이썬 {version}용 고정 패키지가 없어요(단계: {title}).",
            ),
            why=said,
            ways=(
                text(
                    "an index of your own may lack it: set UV_DEFAULT_INDEX (or PIP_INDEX_URL) to one that has it",
                    "따로 쓰는 인덱스에 없을 수 있어요. 있는 인덱스의 주소를\n"
                    "    UV_DEFAULT_INDEX(또는 PIP_INDEX_URL)에 설정하세요",
                ),
                another,
            ),
        )
    if BUILD.search(output):
        return Problem(
            text(
                f"A package could not be built for Python {version} on this machine (at the step: {title}).",
                f"이 컴퓨터에서 파이썬 {version}용으로 빌드하지 못한 패키지가 있어요\n(단계: {title}).",
            ),
            why=said,
            ways=(
                another,
                text(
                    "or install a C compiler and Python's headers (Debian, Ubuntu: sudo apt install build-essential "
                    "python3-dev), then `make setup`",
                    "또는 C 컴파일러와 파이썬 헤더를 설치하고 `make setup`\n"
                    "    (Debian, Ubuntu: sudo apt install build-essential python3-dev)",
                ),
            ),
        )
    return Problem(
        text(f"Setup stopped at the step: {title}.", f"준비가 이 단계에서 멈췄어요: {title}."),
        why=said,
        ways=(_mend(),),
    )


def refused(error: OSError) -> Problem:
    """The screen for something that the system refused to setup itself."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(str(error))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return denied(str(error))
    return Problem(text(f"Setup stopped: {error}", f"준비가 멈췄어요: {error}"), ways=(_mend(),))


def disk_full(said: str) -> Problem:
    """The screen for a full disk: how much is left where."""
    cache = os.environ.get("UV_CACHE_DIR") or os.path.expanduser("~")
    left = [(_free(place), place) for place in (str(CLONE), cache)]
    places = [text(f"{free} MB left at {place}", f"{place}에 남은 공간: {free} MB") for free, place in left]
    return Problem(
        text(
            "The disk is full: there is no room to set the workbook up.",
            "디스크가 가득 차서 워크북을 준비할 공간이 없어요.",
        ),
        why="\n".join([said, *dict.fromkeys(places)]),
        ways=(
            text(
                "make room (about 300 MB; as much again where uv's cache is on another disk), "
                "then type `make setup` again",
                "공간을 비우고(약 300 MB, uv 캐시가 다른 디스크에 있으면 거기도 그만큼)\n"
                "    `make setup`을 다시 입력하세요",
            ),
            text("a cache on another disk:", "캐시를 다른 디스크에 두려면:")
            + " UV_CACHE_DIR=/other/disk/uv make setup",
        ),
    )


def denied(said: str) -> Problem:
    """The screen for files that this account may not write."""
    return Problem(
        text(
            f"This account may not write where setup has to: {CLONE} or uv's cache.",
            f"이 계정으로는 써야 할 곳에 쓸 수 없어요: {CLONE} 또는 uv의 캐시.",
        ),
        why=said
        + "\n"
        + text(
            "An earlier `sudo make` leaves files that belong to root.",
            "전에 `sudo make`를 했다면 root 소유의 파일이 남아 있어요.",
        ),
        ways=(
            text("give the clone back to yourself:", "클론의 소유자를 나로 되돌리세요:\n   ")
            + f" sudo chown -R $(id -u):$(id -g) {CLONE}",
            text("then `make setup`", "그다음 `make setup`"),
        ),
    )


def _mend() -> str:
    return text("mend that, then type `make setup` again", "그것을 고치고 `make setup`을 다시 입력하세요")


def _free(place: str) -> int:
    """Whole megabytes left on the disk that holds this place or, if it does not exist, its nearest parent."""
    while not os.path.exists(place):
        place = os.path.dirname(place)
    return shutil.disk_usage(place).free // 1_000_000
