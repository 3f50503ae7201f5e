"""The template: the files of the last commit, and nothing else."""

import shutil
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path

from workbook.history.build import History
from workbook.history.git import git
from workbook.lesson.errors import shown
from workbook.say import Problem


def write_template(history: History, template: Path) -> list[str]:
    """Make a folder hold exactly the last commit's files. What its `.gitignore` ignores (`.venv`) is left alone.

    Returns:
        the paths that were written or deleted, sorted.
    """
    wanted = history.last.files
    changed = write_files(wanted, template)
    # After the template's own .gitignore is in place: it says what is not ours to delete.
    for path in files_in(history, template) - wanted.keys():
        (template / path).unlink()
        changed.append(path)
        for folder in (template / path).parents:
            if folder == template or any(folder.iterdir()):
                break
            folder.rmdir()
    return sorted(changed)


def check_template(history: History, template: Path) -> None:
    """Compare a folder with the last commit.

    Raises:
        Problem: names the first file that differs, with its first differing line.
    """
    wanted = history.last.files
    there = files_in(history, template) if template.is_dir() else set()
    ways = ("Edit the lessons, not the template; then `workbook build`.",)
    for path in sorted(wanted.keys() | there):
        file = template / path
        if path not in wanted:
            raise Problem(f"{shown(file)} is in no lesson.", ways=ways)
        if path not in there:
            raise Problem(f"{shown(file)} is missing; the lessons build it.", ways=ways)
        lines = (text.split("\n") for text in (file.read_text(encoding="utf-8", errors="replace"), wanted[path]))
        for number, (got, expected) in enumerate(zip_longest(*lines, fillvalue="(the end of the file)"), 1):
            if got != expected:
                raise Problem(
                    f"{shown(file)}:{number}: differs from what the lessons build.",
                    why=f"expected: {expected}\n     got: {got}\n\n{_last_fence(history, path)}",
                    ways=ways,
                )


def files_in(history: History, folder: Path) -> set[str]:
    """The files in a folder that its own `.gitignore` does not ignore and no lesson leaves out."""
    ours = f"--git-dir={history.repository.resolve() / '.git'}"
    listed = git(folder, ours, "--work-tree=.", "ls-files", "-z", "-c", "-o", "--exclude-standard").split("\0")
    left_out = list(history.chapters.values())[-1].left_out
    return {path for path in listed if path and path not in left_out and (folder / path).is_file()}


def _last_fence(history: History, path: str) -> str:
    changes = [change for chapter in history.chapters.values() for change in chapter.changes]
    places = [change.block.place for change in changes if change.block.title == path]
    return f"The last fence that shows it: {shown(places[-1].file)}:{places[-1].first}" if places else ""


def lay_out(files: Mapping[str, str], folder: Path) -> None:
    """Write files into an empty folder. Raises Problem when it holds something."""
    if folder.exists() and any(folder.iterdir()):
        raise Problem(f"{folder} is not empty.", ways=("Name an empty folder, or one that is not there yet.",), code=2)
    write_files(files, folder)


def write_files(files: Mapping[str, str], folder: Path) -> list[str]:
    """Make a folder hold these files, executable what starts with `#!`; which of them were not there as they are."""
    changed = []
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in files.items():
        target = folder / path
        if not target.is_file() or target.read_bytes() != text.encode():
            if target.is_dir():
                shutil.rmtree(target)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())
            changed.append(path)
        target.chmod(0o755 if text.startswith("#!") else 0o644)
    return changed
