"""The history where everybody sees it: the branch `course`, this edition's tags, and the template's version.

A tag never moves. What the lessons build changes with a new edition (`version` in pyproject.toml), whose tags stand
beside the old ones: `2026.1/ch35`, `2026.2/ch35`. Copier takes the highest tag by PEP 440, so the template's are
`2026.1.0`, `2026.1.1`, … on the workbook's own commits: the last number rises when what copier copies has changed.
(A tag `2026.1` could not be: git keeps `2026.1/ch35` in a folder of that name.)
"""

import re
import tomllib
from pathlib import Path
from typing import NamedTuple

from workbook.history.build import history_until
from workbook.history.git import persons_git, try_git
from workbook.history.lock import check_lock
from workbook.place import CLONE
from workbook.say import Problem

COURSE = "refs/heads/course"
COPIED = ("copier.yml", "starter", "template_app", "LICENSE")
"""What a copy of the template is made from."""


class Edition(NamedTuple):
    """The edition's name, such as `2026.1`, and the address of the published repository; empty when there is none."""

    name: str
    repository: str

    def commit(self, sha: str) -> str:
        """The address of a commit."""
        return f"{self.repository}/commit/{sha}"

    def tag(self, tag: str) -> str:
        """The address of the files at a tag."""
        return f"{self.repository}/tree/{self.name}/{tag}"


def edition(clone: Path = CLONE) -> Edition:
    """What pyproject.toml says: `project.version` and `tool.workbook.repository`."""
    said = tomllib.loads((clone / "pyproject.toml").read_text(encoding="utf-8"))
    return Edition(said["project"]["version"], said["tool"]["workbook"].get("repository", "").rstrip("/"))


def publish(remote: str, clone: Path = CLONE, *, dry_run: bool = False) -> dict[str, str]:
    """Push what the remote does not have yet: all of it or nothing.

    Args:
        remote: the name of a git remote of the clone, or an address.
        dry_run: look, and push nothing.

    Returns:
        the SHA of each ref that was pushed, by its name; nothing when the remote has all of it.

    Raises:
        LessonError: the lessons build something else than recorded.
        Problem: something is not committed, a published tag would move, or git failed. Nothing is pushed then.
    """
    sources = ("chapters", "pyproject.toml", *COPIED)
    if changed := persons_git(clone, "status", "--porcelain", "--", *sources, looking=True):
        raise Problem("What is published must be committed first.", why=changed.rstrip())
    name = edition(clone).name
    with history_until(clone / "chapters", None) as history:
        check_lock(history, clone / "chapters")
        there = _refs(clone, remote)
        tags = {f"refs/tags/{name}/{tag}": commit.sha for tag, commit in history.tags.items()}
        for ref, sha in tags.items():
            if there.get(ref, sha) != sha:
                what = f"{ref.removeprefix('refs/tags/')} is published as {there[ref][:10]}, and is now {sha[:10]}."
                way = f"Raise the edition (version in pyproject.toml): its tags stand beside those of {name}."
                raise Problem(what, why="Readers have that tag, so it never moves. Nothing was pushed.", ways=(way,))
        wanted = {COURSE: history.last.sha, **tags, **_template(clone, remote, name, there)}
        missing = {ref: sha for ref, sha in wanted.items() if there.get(ref) != sha}
        if missing and not dry_run:
            # The commits come into the clone, to no branch of it, so that one push carries both histories.
            persons_git(clone, "fetch", "--quiet", "--no-tags", str(history.repository))
            forced = {COURSE: "+"}  # a new edition's history begins anew
            refs = [f"{forced.get(ref, '')}{sha}:{ref}" for ref, sha in missing.items()]
            persons_git(clone, "push", "--quiet", "--atomic", remote, *refs)
    return missing


def _refs(clone: Path, remote: str) -> dict[str, str]:
    """The commit of each branch and tag of a remote."""
    lines = [line.split() for line in persons_git(clone, "ls-remote", remote, looking=True).splitlines()]
    return {ref.removesuffix("^{}"): sha for sha, ref in lines}  # an annotated tag's commit comes after the tag


def _template(clone: Path, remote: str, name: str, there: dict[str, str]) -> dict[str, str]:
    """The tag of the template's next version, on the clone's commit; none when nothing of it has changed."""
    versions = [re.fullmatch(rf"refs/tags/{re.escape(name)}\.(\d+)", ref) for ref in there]
    last = max((int(found[1]) for found in versions if found), default=-1)
    if last >= 0:
        persons_git(clone, "fetch", "--quiet", "--no-tags", remote, f"refs/tags/{name}.{last}")
        if try_git(clone, "diff", "--quiet", "FETCH_HEAD", "HEAD", "--", *COPIED).returncode == 0:
            return {}
    return {f"refs/tags/{name}.{last + 1}": persons_git(clone, "rev-parse", "HEAD", looking=True).strip()}
