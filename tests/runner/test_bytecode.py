"""Compiled packages outlive the `.venv` they were compiled in."""

import py_compile
from pathlib import Path

import pytest

from workbook.runner import bytecode

PACKAGES = ".venv/lib/python3.11/site-packages"


def project(folder: Path) -> Path:
    package = folder / PACKAGES / "package"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("x = 1\n")
    return package


@pytest.mark.parametrize("linkable", [True, False])
def test_bytecode_goes_from_one_environment_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, linkable: bool
) -> None:
    if not linkable:
        monkeypatch.setattr("os.link", lambda *_: (_ for _ in ()).throw(OSError("another disk")))
    package = project(tmp_path / "one")
    compiled = Path(py_compile.compile(str(package / "__init__.py"), doraise=True))
    bytecode.keep(tmp_path / "one", tmp_path / "store")
    bytecode.keep(tmp_path / "one", tmp_path / "store")

    seeded = project(tmp_path / "two") / "__pycache__" / compiled.name
    bytecode.seed(tmp_path / "two", tmp_path / "store")
    assert seeded.read_bytes() == compiled.read_bytes()


def test_a_package_that_is_not_there_gets_nothing(tmp_path: Path) -> None:
    (tmp_path / "store" / "gone" / "__pycache__").mkdir(parents=True)
    (tmp_path / "store" / "gone" / "__pycache__" / "x.cpython-311.pyc").touch()
    project(tmp_path / "two")
    bytecode.seed(tmp_path / "two", tmp_path / "store")
    assert not (tmp_path / "two" / PACKAGES / "gone").exists()


def test_without_a_store_nothing_is_kept(tmp_path: Path) -> None:
    project(tmp_path / "one")
    bytecode.keep(tmp_path / "one", None)
    bytecode.seed(tmp_path / "one", None)
    assert [path.name for path in tmp_path.iterdir()] == ["one"]
