"""The small clone that tests set up: our own bootstrap and Makefile, one tiny pinned package, no network."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.setup.wheels import make_wheel
from workbook.place import CLONE

PYTHON = Path(sys._base_executable)  # type: ignore[attr-defined]  # the tests' own is inside a virtual environment
"""The Python that sets clones up."""

UV = Path(sys.executable).with_name("uv")
"""The uv that requirements.lock pins; it is in the environment that runs the tests."""

SYSTEM_PATH = "/usr/bin:/bin"
"""Where make finds the shell and awk."""

PROJECT = """
build-system = {requires = [], build-backend = "backend", backend-path = ["."]}
project = {name = "workbook", version = "1"}
"""

BACKEND = '''
"""Builds the editable wheel. It waits while there is a file `hold`, and says by a file `held` that it does."""
import pathlib, time
from tests_wheels import make_wheel

def build_editable(folder, settings=None, metadata=None):
    if pathlib.Path("hold").exists():
        pathlib.Path("held").touch()
    end = time.monotonic() + 60
    while pathlib.Path("hold").exists() and time.monotonic() < end:
        time.sleep(0.01)
    make_wheel(pathlib.Path(folder), "workbook", "1", {"workbook.pth": str(pathlib.Path.cwd()).encode()})
    return "workbook-1-py3-none-any.whl"
'''


BOOTSTRAP = (str(PYTHON), "workbook/bootstrap.py")
Finished = subprocess.CompletedProcess[str]


@dataclass
class Clone:
    """A clone and the machine around it: `programs` is the one folder on PATH. Its name has a space and Hangul."""

    root: Path
    programs: Path
    environment: dict[str, str] = field(default_factory=dict)
    python = property(lambda self: self.root / ".venv" / "bin" / "python")
    stamp = property(lambda self: self.root / ".venv" / "workbook-setup")

    def provide(self, name: str, program: Path | str) -> None:
        """Put a program on PATH."""
        (self.programs / name).unlink(missing_ok=True)
        (self.programs / name).symlink_to(program)

    def pin(self, *pins: str) -> None:
        """Make these the whole of requirements.lock."""
        (self.root / "requirements.lock").write_text("".join(pins), encoding="utf-8")

    def bootstrap(self, python: Path = PYTHON, **environment: str) -> Finished:
        """Run the bootstrap to its end."""
        return self.run([str(python), "workbook/bootstrap.py"], **environment)

    def run(self, command: Sequence[str], **environment: str) -> Finished:
        """Run a command in the clone's surroundings; its output and its errors come as one text in `stdout`."""
        process = self.start(command, **environment)
        printed = process.communicate(timeout=60)[0]
        return Finished(command, process.returncode, printed)

    def start(self, command: Sequence[str] = BOOTSTRAP, **environment: str) -> "subprocess.Popen[str]":
        """Start a command in a process group of its own."""
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            cwd=self.root,
            env=self.environment | environment,
            start_new_session=True,
            # Whoever runs the tests in the background has SIGINT ignored, and children inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def works(self) -> bool:
        """Whether the environment has the tiny package and this clone's workbook."""
        question = "import tiny, workbook; print(workbook.__file__)"
        answer = self.run([str(self.python), "-I", "-c", question])
        return answer.returncode == 0 and answer.stdout.strip() == str(self.root / "workbook" / "__init__.py")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with the wheel of one tiny package, and its pin."""
    folder = tmp_path_factory.mktemp("index")
    # Three megabytes that do not shrink: too much for the disk of the test that fills it.
    return folder, make_wheel(folder, "tiny", "1.0", {"tiny.py": b"", "ballast": os.urandom(3_000_000)})


@pytest.fixture
def clone(tmp_path: Path, tiny: tuple[Path, str]) -> Clone:
    """A fresh clone on a machine with git and uv, in an empty home; the packages come from a folder."""
    clone = Clone(tmp_path / "한글 clone", tmp_path / "bin")
    (clone.root / "workbook").mkdir(parents=True)
    clone.programs.mkdir()
    for name in ("Makefile", "workbook/__init__.py", "workbook/bootstrap.py", "workbook/ko.po"):
        shutil.copy(CLONE / name, clone.root / name)
    shutil.copy(Path(__file__).with_name("wheels.py"), clone.root / "tests_wheels.py")
    (clone.root / "backend.py").write_text(BACKEND, encoding="utf-8")
    (clone.root / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    clone.provide("git", Path(str(shutil.which("git"))))
    clone.provide("uv", UV)
    index = tiny[0]
    clone.pin(tiny[1])
    # Of the machine that runs the tests nothing may be heard: its index, its patience.
    clone.environment |= {
        "UV_NO_CONFIG": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "UV_HTTP_RETRIES": "0",
        "PIP_RETRIES": "0",
    }
    clone.environment |= {"PATH": str(clone.programs), "UV_OFFLINE": "1", "UV_FIND_LINKS": str(index)}
    clone.environment |= {"HOME": str(tmp_path / "home"), "UV_CACHE_DIR": str(tmp_path / "cache")}
    return clone
