"""What the last failing `workbook check` said and heard, kept for `workbook explain`."""

import json
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path

NAME = "workbook-last-check.json"
"""In the project's `.git`: no commit can hold it, and deleting it loses nothing."""

MOST = 60_000
"""Letters of what was heard that are kept: the end, for there stands the error."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A check that failed.

    Attributes:
        check: its name.
        asks: what it asks, as the student read it.
        sentences: what it said was missing.
        heard: what the project's own programs had said by then: errors, and messages of tests.
    """

    check: str
    asks: str
    sentences: tuple[str, ...]
    heard: str


def write(project: Path, faults: list[Fault]) -> None:
    """Keep what failed, in order; an empty list forgets what failed before."""
    file = _file(project)
    if file is None:
        return
    if not faults:
        file.unlink(missing_ok=True)
        return
    kept = [asdict(fault) | {"heard": fault.heard[-MOST:]} for fault in faults]
    file.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")


def read(project: Path) -> list[Fault]:
    """What failed in the last check, in order; nothing when it passed or there was none."""
    file = _file(project)
    try:
        kept = json.loads(file.read_text(encoding="utf-8")) if file else []
        return [Fault(each["check"], each["asks"], tuple(each["sentences"]), each["heard"]) for each in kept]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _file(project: Path) -> Path | None:
    """In git's own folder, which may lie elsewhere (a worktree); None outside a repository."""
    command = ["git", "rev-parse", "--absolute-git-dir"]
    try:
        done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return Path(done.stdout.strip()) / NAME if done.returncode == 0 else None
