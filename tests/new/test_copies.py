"""A copy of the template and its way to the template's next version, by copier alone and by `workbook new`.

The template is published once, in two versions; each test has its own copy of a project that began with the first.
"""

import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.new.conftest import UPDATE, cloned, commit, copied, edit, grow, published, release, run, tree
from workbook.new import new
from workbook.place import CLONE

FIRST, SECOND, MINE = (
    f"migrations/models/{name}" for name in ("0_20261121100212_init.py", "1_ballots.py", "1_mine.py")
)
CONFIG = "app/configs/tortoise_config.py"
AT_FIRST = "--vcs-ref=2026.1.0"
NAMES = {"when2meet_vod": "my_shop", "When2meet": "My Shop", "when2meet": "my-shop", "A meeting API": "An API"}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody's clone of the workbook, as it was published in its first version."""
    return cloned(tmp_path_factory.mktemp("published") / "workbook")


@pytest.fixture(scope="module")
def address(template: Path) -> Path:
    """Where it is published, in the next version as well: a model more with its migration, a change of the ground."""
    bare, later = published(template), template.with_name("later")
    run("git", "clone", "--quiet", str(bare), str(later), cwd=bare)
    grow(later)
    shutil.copy(later / "template_app" / FIRST, later / "template_app" / SECOND)
    release(later, bare, "2026.1.1", "2026.1/ch38")
    return bare


@pytest.fixture(scope="module")
def whole(address: Path) -> Path:
    """A project that is made of the first version."""
    return copied(address, address.with_name("whole"), AT_FIRST)


@pytest.fixture(scope="module")
def bare(address: Path) -> Path:
    """The same without the example."""
    return copied(address, address.with_name("bare"), AT_FIRST, "--data=example=false")


@pytest.fixture
def project(whole: Path, tmp_path: Path) -> Path:
    """The test's own such project."""
    return Path(shutil.copytree(whole, tmp_path / "project"))


def test_the_workbook_and_copier_make_the_same_project(
    template: Path, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing here installs a package, so nothing fixes versions.
    monkeypatch.setattr("workbook.new.uv", lambda: None)
    # The version, not the commit: the clone has gone on since, and the template has not.
    commit(template)
    ours = new("my-shop", tmp_path / "ours", server=False, template=template)
    assert tree(ours) == tree(whole)
    assert (ours / ".env").exists()


def test_a_copy_is_the_template_under_its_own_name_with_a_household(template: Path, address: Path, whole: Path) -> None:
    copy = tree(whole)
    taught = {
        path.removeprefix("template_app/"): text for path, text in tree(template).items() if "template_app/" in path
    }
    page = (CLONE / "docs/your-own-project.md").read_text()
    untaught = set(re.findall(r"^\| `(\S+)`", page.partition("\n## Not taught")[2].partition("\n## ")[0], re.MULTILINE))
    assert copy.keys() - taught.keys() == untaught - {"README.md"}
    assert taught.keys() <= copy.keys()
    assert [path for path, (text, _mode) in copy.items() if "when2meet" in text.lower()] == []
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


def test_the_next_version_comes_to_an_unedited_project_whole_in_its_folder_and_from_any_other(
    address: Path, project: Path, tmp_path: Path
) -> None:
    colleague = Path(shutil.copytree(project, tmp_path / "colleague"))
    run(*UPDATE, cwd=colleague)
    run(*UPDATE, str(project), cwd=tmp_path)
    fresh = tree(copied(address, tmp_path / "fresh"))
    assert SECOND in fresh
    assert tree(colleague) == fresh
    assert tree(project) == fresh


def no_example(project: Path) -> None:
    for command in re.findall(r"^\$ (git rm .*)$", (project / "README.md").read_text(), re.MULTILINE):
        run("sh", "-c", command, cwd=project)
    for file, line in (("app/main.py", ".*_router.*\n"), (CONFIG, '.*"app.tortoise_models.*\n')):
        (project / file).write_text(re.sub(line, "", (project / file).read_text()))
    (project / MINE).parent.mkdir(parents=True)
    (project / MINE).touch()


def grown_up(project: Path) -> None:
    for file in ("tortoise_models/meeting.py", "services/meeting_service.py"):
        with (project / "app" / file).open("a") as opened:
            opened.write("# ours\n")
    shutil.copy(project / FIRST, project / MINE)
    run("git", "rm", "-rq", "app/utils", cwd=project)


@pytest.mark.parametrize("touch", [no_example, grown_up])
def test_an_example_that_is_the_owners_is_left_alone_and_the_ground_goes_on(
    touch: Callable[[Path], None], project: Path
) -> None:
    touch(project)
    edit(project / "README.md", "\n\n", "\n\nOurs.\n\n")
    commit(project)
    before = tree(project)
    run(*UPDATE, cwd=project)
    after = tree(project)
    assert differing(before, after) == {".copier-answers.yml", CONFIG}
    assert after[CONFIG][0] == before[CONFIG][0].replace('"connect_timeout": 5', '"connect_timeout": 6')


def test_from_another_folder_an_update_of_such_a_project_is_refused_in_a_sentence(
    project: Path, tmp_path: Path
) -> None:
    grown_up(project)
    commit(project)
    before = tree(project)
    said = run(*UPDATE, str(project), cwd=tmp_path, code=1)
    assert "Run `copier update` in the folder of the project itself." in said
    assert len(said.splitlines()) == 1
    assert tree(project) == before


def test_a_bare_project_has_nothing_of_the_example_and_an_update_brings_none(
    whole: Path, bare: Path, tmp_path: Path
) -> None:
    with_example, before = tree(whole), tree(bare)
    more = {"README.md", "app/main.py", "pyproject.toml"}
    assert differing(with_example, before) & before.keys() == {".copier-answers.yml", CONFIG, *more}
    assert before[CONFIG][0] == re.sub('    "app.tortoise_models.*\n', "", with_example[CONFIG][0])
    project = shutil.copytree(bare, tmp_path / "project")
    run(*UPDATE, cwd=project)
    after = tree(project)
    assert after.keys() == before.keys()
    told = [
        path
        for path, (text, _mode) in after.items()
        if path.startswith("app/") and re.search("(?i)meeting|ballot", text)
    ]
    assert told == []
    assert after[CONFIG][0] == before[CONFIG][0].replace('"connect_timeout": 5', '"connect_timeout": 6')


def test_the_example_can_be_taken_out_later_in_one_command(project: Path, bare: Path) -> None:
    run(*UPDATE, AT_FIRST, "--data=example=false", cwd=project)
    assert tree(project) == tree(bare)


def differing(before: dict[str, tuple[str, int]], after: dict[str, tuple[str, int]]) -> set[str]:
    """The files that are not in both, or not the same."""
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
