"""Turns what a tool printed, or what the system refused, into one screen that says what to do."""

import errno
import os
import re
import shutil
import sys

from workbook.place import CLONE
from workbook.say import Problem, _
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
    last = lines[-1] if lines else _("nothing")
    log = LOG.relative_to(CLONE)
    said = _("The tool's last line: {last}\nAll it printed is in {log}.", last=last, log=log)
    if DISK_FULL.search(output):
        return disk_full(said)
    if NETWORK.search(output):
        return Problem(
            _("The package index cannot be reached (at the step: {title}).", title=title),
            why=said,
            ways=(
                _("check the network, then type `make setup` again: it goes on with what is already downloaded"),
                _(
                    "behind a company's proxy: set HTTPS_PROXY, and for its certificate SSL_CERT_FILE or "
                    "UV_SYSTEM_CERTS=1"
                ),
                _("with an index of your own: set UV_DEFAULT_INDEX (or PIP_INDEX_URL) to its address"),
            ),
        )
    if HASH.search(output):
        return Problem(
            _("A downloaded package is not the one that requirements.lock pins (at the step: {title}).", title=title),
            why=_("A proxy or a mirror changed it, or the download was cut.") + f"\n{said}",
            ways=(
                _("type `make setup` again"),
                _("`uv cache clean`, then `make setup`"),
                _("try another network or index"),
            ),
        )
    if DENIED.search(output):
        return denied(said)
    version = ".".join(map(str, sys.version_info[:2]))
    another = _("take another Python: uv python install 3.13, then make setup PYTHON=python3.13")
    if LACKING.search(output):
        return Problem(
            _(
                "The package index has not got a pinned package for Python {version} (at the step: {title}).",
                version=version,
                title=title,
            ),
            why=said,
            ways=(
                _("an index of your own may lack it: set UV_DEFAULT_INDEX (or PIP_INDEX_URL) to one that has it"),
                another,
            ),
        )
    if BUILD.search(output):
        return Problem(
            _(
                "A package could not be built for Python {version} on this machine (at the step: {title}).",
                version=version,
                title=title,
            ),
            why=said,
            ways=(
                another,
                _(
                    "or install a C compiler and Python's headers (Debian, Ubuntu: sudo apt install "
                    "build-essential python3-dev), then `make setup`"
                ),
            ),
        )
    return Problem(
        _("Setup stopped at the step: {title}.", title=title),
        why=said,
        ways=(_mend(),),
    )


def refused(error: OSError) -> Problem:
    """The screen for something that the system refused to setup itself."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(str(error))
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return denied(str(error))
    return Problem(_("Setup stopped: {error}", error=error), ways=(_mend(),))


def disk_full(said: str) -> Problem:
    """The screen for a full disk: how much is left where."""
    cache = os.environ.get("UV_CACHE_DIR") or os.path.expanduser("~")
    left = [(_free(place), place) for place in (str(CLONE), cache)]
    places = [_("{free} MB left at {place}", free=free, place=place) for free, place in left]
    return Problem(
        _("The disk is full: there is no room to set the workbook up."),
        why="\n".join([said, *dict.fromkeys(places)]),
        ways=(
            _(
                "make room (about 300 MB; as much again where uv's cache is on another disk), then type "
                "`make setup` again"
            ),
            _("a cache on another disk:") + " UV_CACHE_DIR=/other/disk/uv make setup",
        ),
    )


def denied(said: str) -> Problem:
    """The screen for files that this account may not write."""
    return Problem(
        _("This account may not write where setup has to: {clone} or uv's cache.", clone=CLONE),
        why=said + "\n" + _("An earlier `sudo make` leaves files that belong to root."),
        ways=(
            _("give the clone back to yourself:") + f" sudo chown -R $(id -u):$(id -g) {CLONE}",
            _("then `make setup`"),
        ),
    )


def _mend() -> str:
    return _("mend that, then type `make setup` again")


def _free(place: str) -> int:
    """Whole megabytes left on the disk that holds this place or, if it does not exist, its nearest parent."""
    while not os.path.exists(place):
        place = os.path.dirname(place)
    return shutil.disk_usage(place).free // 1_000_000
