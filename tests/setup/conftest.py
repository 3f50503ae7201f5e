"""The small clone that every test of setup gets."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.setup.clones import Clone, lay_out
from tests.setup.wheels import make_wheel


@pytest.fixture(scope="session")
def uv() -> Path:
    """The uv that requirements.lock pins; it is in the environment that runs the tests."""
    return Path(sys.executable).with_name("uv")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with the wheel of one tiny package, and its pin."""
    folder = tmp_path_factory.mktemp("index")
    # Three megabytes that do not shrink: too much for the disk of the test that fills it.
    return folder, make_wheel(folder, "tiny", "1.0", {"tiny.py": b"", "ballast": os.urandom(3_000_000)})


@pytest.fixture
def clone(tmp_path: Path, uv: Path, tiny: tuple[Path, str]) -> Clone:
    """A fresh clone on a machine with git and uv, in an empty home; the packages come from a folder."""
    clone = lay_out(tmp_path / "한글 clone", tmp_path / "bin")
    git = shutil.which("git")
    assert git
    clone.provide("git", Path(git))
    clone.provide("uv", uv)
    index, pin = tiny
    clone.pin(pin)
    clone.environment |= {
        "PATH": str(clone.programs),
        "HOME": str(tmp_path / "home"),
        "UV_CACHE_DIR": str(tmp_path / "cache"),
        "UV_OFFLINE": "1",
        "UV_FIND_LINKS": str(index),
        # Of the machine that runs the tests nothing may be heard: its index, its patience.
        "UV_NO_CONFIG": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "UV_HTTP_RETRIES": "0",
        "PIP_RETRIES": "0",
    }
    return clone
