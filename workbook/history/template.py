"""The template: the files of the last commit, and nothing else."""

import shutil
from pathlib import Path

from workbook.history.build import History
from workbook.history.files import Tree
from workbook.history.git import git
from workbook.lesson.errors import shown
from workbook.say import Problem


def write_template(history: History, template: Path) -> list[str]:
    """Make a folder hold exactly the last commit's files. What its `.gitignore` ignores (`.venv`) is left alone.

    Returns:
        the paths that were written or deleted, sorted.
    """
    changed = []
    wanted = history.last.files
    template.mkdir(parents=True, exist_ok=True)
    for path, text in wanted.items():
        target = template / path
        if not target.is_file() or target.read_bytes() != text.encode():
            if target.is_dir():
                shutil.rmtree(target)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())
            changed.append(path)
        target.chmod(0o755 if text.startswith("#!") else 0o644)
    # After the template's own .gitignore is in place: it says what is not ours to delete.
    for path in files_in(history, template) - wanted.keys():
        (template / path).unlink()
        changed.append(path)
        _prune(template, (template / path).parent)
    return sorted(changed)


def check_template(history: History, template: Path) -> None:
    """Compare a folder with the last commit.

    Raises:
        Problem: names the first file that differs, with its first differing line.
    """
    wanted = history.last.files
    there = files_in(history, template) if template.is_dir() else set()
    for path in sorted(wanted.keys() | there):
        way = ("Edit the lessons, not the template; then `workbook build`.",)
        if path not in wanted:
            raise Problem(f"{shown(template / path)} is in no lesson.", ways=way)
        if path not in there:
            raise Problem(f"{shown(template / path)} is missing; the lessons build it.", ways=way)
        is_now, should = (template / path).read_text(encoding="utf-8", errors="replace"), wanted[path]
        if is_now != should:
            line, mine, theirs = _first_difference(is_now, should)
            raise Problem(
                f"{shown(template / path)}:{line}: differs from what the lessons build.",
                why=f"expected: {theirs}\n     got: {mine}\n\nThe last fence that shows it: {_fence(history, path)}",
                ways=way,
            )


def files_in(history: History, template: Path) -> set[str]:
    """The files in a folder that its own `.gitignore` does not ignore and no lesson leaves out."""
    template.mkdir(parents=True, exist_ok=True)
    ours = f"--git-dir={history.repository.resolve() / '.git'}"
    listed = git(template, ours, "--work-tree=.", "ls-files", "-z", "-c", "-o", "--exclude-standard").split("\0")
    left_out = list(history.chapters.values())[-1].left_out
    return {path for path in listed if path and path not in left_out and (template / path).is_file()}


def _first_difference(mine: str, theirs: str) -> tuple[int, str, str]:
    left, right = mine.split("\n"), theirs.split("\n")
    for number in range(max(len(left), len(right))):
        one = left[number] if number < len(left) else "(the end of the file)"
        other = right[number] if number < len(right) else "(the end of the file)"
        if one != other:
            return number + 1, one, other
    return 1, "", ""


def _fence(history: History, path: str) -> str:
    changes = [
        change for chapter in history.chapters.values() for change in chapter.changes if change.block.title == path
    ]
    place = changes[-1].block.place if changes else None
    return f"{shown(place.file)}:{place.first}" if place else "none"


def _prune(top: Path, folder: Path) -> None:
    while folder != top and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def lay_out(tree: Tree, folder: Path) -> None:
    """Write files into an empty folder. Raises Problem when it holds something."""
    if folder.exists() and any(folder.iterdir()):
        raise Problem(f"{folder} is not empty.", ways=("Name an empty folder, or one that is not there yet.",), code=2)
    for path, text in tree.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
        if text.startswith("#!"):
            target.chmod(0o755)
