"""The two uses of git: nobody's, and a person's."""

from pathlib import Path

import pytest

from workbook.history.git import commit, git, persons_git, try_git
from workbook.say import Problem


@pytest.fixture
def theirs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of a person who has a name for git, and strange settings."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("GIT_CONFIG_GLOBAL", raising=False)
    (tmp_path / ".gitconfig").write_text("[user]\n\tname = Moon\n\temail = moon@example.org\n")
    project = tmp_path / "project"
    project.mkdir()
    persons_git(project, "init", "-q", "--initial-branch=main")
    (project / "한글.txt").write_text("x\r\n")
    persons_git(project, "add", "-A")
    persons_git(project, "commit", "-q", "-m", "Mine")
    return project


def test_a_person_commits_as_they_are_with_or_without_a_name_and_nobody_as_nobody(theirs: Path, tmp_path: Path) -> None:
    assert persons_git(theirs, "log", "-1", "--format=%an").strip() == "Moon"
    sha = git(theirs, "commit-tree", "HEAD^{tree}", "-m", "x").strip()
    assert git(theirs, "show", "-s", "--format=%an %ci", sha).strip() == "workbook 2026-01-01 00:00:00 +0000"
    # A key that nobody has, and a hook that says no.
    (theirs / ".git" / "hooks").mkdir(exist_ok=True)
    hook = theirs / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    for configured, author in (("[user]\nemail = moon@x\nname = Moon\n", "moon@x"), ("", "student@localhost")):
        (tmp_path / ".gitconfig").write_text(f"{configured}[commit]\ngpgSign = true\n[gpg]\nprogram = false\n")
        (theirs / "new.txt").write_text(author)
        persons_git(theirs, "add", "-A")
        commit(theirs, "x", name="Student")
        assert persons_git(theirs, "log", "-1", "--format=%ae").strip() == author


def test_what_git_prints_is_handed_on_as_it_is_and_a_failure_is_a_sentence(
    theirs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert persons_git(theirs, "show", "HEAD:한글.txt") + persons_git(theirs, "ls-files") == "x\r\n한글.txt\n"
    index = theirs / ".git" / "index"
    (theirs / "한글.txt").write_text("x\r\n")  # the same text, at another time: git would refresh its index
    before = index.read_bytes(), index.stat().st_mtime_ns
    try_git(theirs, "status", looking=True)
    assert (index.read_bytes(), index.stat().st_mtime_ns) == before
    with pytest.raises(Problem, match=r"git rev-parse failed in .*project: .*unknown revision"):
        persons_git(theirs, "-c", "core.abbrev=8", "rev-parse", "nothing")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Problem, match="git is not installed"):
        git(theirs, "status")
