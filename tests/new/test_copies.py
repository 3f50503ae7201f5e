"""A copy of the template and its way to the template's next version, by copier alone and by `workbook new`."""

import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.new.conftest import UPDATE, commit, copied, edit, grow, release, run, tree
from workbook.new import new
from workbook.place import CLONE

FIRST, SECOND, MINE = (
    f"migrations/models/{name}" for name in ("0_20261121100212_init.py", "1_ballots.py", "1_mine.py")
)
NAMES = {"when2meet_vod": "my_shop", "When2meet": "My Shop", "when2meet": "my-shop", "A meeting API": "An API"}


@pytest.fixture(autouse=True)
def no_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here installs a package, so nothing fixes versions."""
    monkeypatch.setattr("workbook.new.uv", lambda: None)


@pytest.fixture
def next_version(template: Path, address: Path) -> Callable[[], None]:
    """Publish the next version: a model more with its migration, and a change of the ground."""

    def publish() -> None:
        grow(template)
        shutil.copy(template / "template_app" / FIRST, template / "template_app" / SECOND)
        release(template, address, "2026.1.1", "2026.1/ch38")

    return publish


def test_the_workbook_and_copier_make_the_same_project(template: Path, address: Path, tmp_path: Path) -> None:
    ours = new("shop", tmp_path / "ours", server=False, template=template)
    assert tree(ours) == tree(copied(address, tmp_path / "theirs"))
    # The version, not the commit: the clone has gone on since, and the template has not.
    commit(template)
    assert tree(new("shop", tmp_path / "later", server=False, template=template)) == tree(ours)
    assert (ours / ".env").exists()


def test_a_copy_is_the_template_under_its_own_name_with_a_household(
    template: Path, address: Path, tmp_path: Path
) -> None:
    copy = tree(copied(template, tmp_path / "copy", "project_name=my-shop"))
    taught = {
        path.removeprefix("template_app/"): text for path, text in tree(template).items() if "template_app/" in path
    }
    page = (CLONE / "docs/your-own-project.md").read_text()
    untaught = set(re.findall(r"^\| `(\S+)`", page.partition("\n## Not taught")[2].partition("\n## ")[0], re.MULTILINE))
    assert copy.keys() - taught.keys() == untaught - {"README.md"}
    assert taught.keys() <= copy.keys()
    assert [
        path for path, (text, _mode) in copy.items() if "when2meet" in text.lower() or str(tmp_path / "w") in text
    ] == []
    changed = {"README.md", ".github/workflows/ci.yml"}
    for path in taught.keys() - changed:
        text, mode = taught[path]
        named = re.sub("|".join(NAMES), lambda found: NAMES[found[0]], text)
        assert copy[path] == (named, mode), path
    assert str(address) in copy[".copier-answers.yml"][0]
    verified = tomllib.loads((CLONE / "pyproject.toml").read_text())["tool"]["workbook"]["verified"]
    assert copy[".python-version"][0].strip() == verified["python"]
    assert copy["README.md"][0].startswith("# My Shop\n")
    assert len(copy["AGENTS.md"][0].splitlines()) <= 30


def test_the_next_version_comes_to_an_unedited_project_whole_also_in_a_colleagues_clone(
    template: Path, address: Path, next_version: Callable[[], None], tmp_path: Path
) -> None:
    mine = new("shop", tmp_path / "mine", server=False, template=template)
    next_version()
    shutil.rmtree(template)  # the first person's machine
    colleague = tmp_path / "colleague"
    run("git", "clone", "--quiet", str(mine), str(colleague), cwd=tmp_path)
    run(*UPDATE, cwd=colleague)
    fresh = tree(copied(address, tmp_path / "fresh"))
    assert tree(colleague) == fresh
    assert SECOND in fresh
    # From any folder, and a second time.
    run(*UPDATE, str(mine), cwd=tmp_path)
    commit(mine)
    run(*UPDATE, cwd=mine)
    assert tree(mine) == fresh


def own_migration(project: Path) -> None:
    append(project / "app/tortoise_models/meeting.py")
    shutil.copy(project / FIRST, project / MINE)


def no_example(project: Path) -> None:
    for command in re.findall(r"^\$ (git rm .*)$", (project / "README.md").read_text(), re.MULTILINE):
        run("sh", "-c", command, cwd=project)
    for file, line in (("main.py", ".*_router.*\n"), ("configs/tortoise_config.py", '.*"app.tortoise_models.*\n')):
        text = (project / "app" / file).read_text()
        (project / "app" / file).write_text(re.sub(line, "", text))
    (project / MINE).parent.mkdir(parents=True)
    (project / MINE).touch()


def grown_up(project: Path) -> None:
    own_migration(project)
    append(next(project.glob("app/services/*.py")))
    run("git", "rm", "-rq", "app/utils", cwd=project)


def append(file: Path) -> None:
    file.write_text(file.read_text() + "# ours\n")


@pytest.mark.parametrize("touch", [own_migration, no_example, grown_up])
def test_an_example_that_is_the_owners_is_left_alone_and_the_ground_goes_on(
    touch: Callable[[Path], None], address: Path, next_version: Callable[[], None], tmp_path: Path
) -> None:
    project = copied(address, tmp_path / "project")
    touch(project)
    edit(project / "README.md", "\n\n", "\n\nOurs.\n\n")
    commit(project)
    before = tree(project)
    next_version()
    run(*UPDATE, cwd=project)
    after = tree(project)
    assert {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)} == {
        ".copier-answers.yml",
        "app/configs/tortoise_config.py",
    }
    config = before["app/configs/tortoise_config.py"][0].replace('"connect_timeout": 5', '"connect_timeout": 6')
    assert after["app/configs/tortoise_config.py"][0] == config


def test_from_another_folder_an_update_of_such_a_project_is_refused_in_a_sentence(
    address: Path, next_version: Callable[[], None], tmp_path: Path
) -> None:
    project = copied(address, tmp_path / "project")
    own_migration(project)
    commit(project)
    before = tree(project)
    next_version()
    said = run(*UPDATE, str(project), cwd=tmp_path, code=1)
    assert "Run `copier update` in the folder of the project itself." in said
    assert len(said.splitlines()) == 1
    assert tree(project) == before


def test_a_bare_project_has_nothing_of_the_example_and_an_update_brings_none(
    address: Path, next_version: Callable[[], None], tmp_path: Path
) -> None:
    project = copied(address, tmp_path / "project", "example=false")
    whole = tree(copied(address, tmp_path / "whole"))
    bare = tree(project)
    assert {path for path, what in bare.items() if whole.get(path) != what} == {
        ".copier-answers.yml",
        "README.md",
        "app/configs/tortoise_config.py",
        "app/main.py",
        "pyproject.toml",
    }
    config = "app/configs/tortoise_config.py"
    assert bare[config][0] == re.sub('    "app.tortoise_models.*\n', "", whole[config][0])
    next_version()
    run(*UPDATE, cwd=project)
    after = tree(project)
    assert after.keys() == bare.keys()
    told = [
        path
        for path, (text, _mode) in after.items()
        if path.startswith("app/") and re.search("(?i)meeting|ballot", text)
    ]
    assert told == []
    assert after[config][0] == bare[config][0].replace('"connect_timeout": 5', '"connect_timeout": 6')


def test_the_example_can_be_taken_out_later_in_one_command(address: Path, tmp_path: Path) -> None:
    project = copied(address, tmp_path / "project")
    run(*UPDATE, "--data=example=false", cwd=project)
    assert tree(project) == tree(copied(address, tmp_path / "bare", "example=false"))
