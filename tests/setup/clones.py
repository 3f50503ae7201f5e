"""A small clone to set up: this repository's own bootstrap and Makefile, one tiny pinned package, no network."""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from workbook.place import CLONE

PYTHON = Path(sys._base_executable)  # type: ignore[attr-defined]  # the tests' own is inside a virtual environment
"""The Python that sets clones up."""

SYSTEM_PATH = os.pathsep.join(["/usr/bin", "/bin"])
"""Where make finds the shell and awk."""

PROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "workbook"
version = "1"
"""

BACKEND = '''
"""Builds the editable wheel. It waits while there is a file `hold`, and says by a file `held` that it does."""
import pathlib, time
from tests_wheels import make_wheel

def build_editable(folder, settings=None, metadata=None):
    with open("built", "a") as log:
        log.write("once ")
    if pathlib.Path("hold").exists():
        pathlib.Path("held").touch()
    end = time.monotonic() + 60
    while pathlib.Path("hold").exists() and time.monotonic() < end:
        time.sleep(0.01)
    make_wheel(pathlib.Path(folder), "workbook", "1", {"workbook.pth": str(pathlib.Path.cwd()).encode()})
    return "workbook-1-py3-none-any.whl"
'''


Finished = subprocess.CompletedProcess[str]


@dataclass
class Clone:
    """A clone and the machine around it.

    Attributes:
        root: its folder; the tests' has a space and Hangul in its name, as many a student's has.
        programs: the one folder on PATH.
        environment: what the bootstrap is started with, next to nothing.
    """

    root: Path
    programs: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def python(self) -> Path:
        return self.root / ".venv" / "bin" / "python"

    @property
    def stamp(self) -> Path:
        return self.root / ".venv" / "workbook-setup"

    def provide(self, name: str, program: Path) -> None:
        """Put a program on PATH."""
        (self.programs / name).unlink(missing_ok=True)
        (self.programs / name).symlink_to(program)

    def pin(self, *pins: str) -> None:
        """Make these the whole of requirements.lock."""
        (self.root / "requirements.lock").write_text("".join(pins), encoding="utf-8")

    def command(self, python: Path = PYTHON) -> list[str]:
        return [str(python), str(self.root / "workbook" / "bootstrap.py")]

    def bootstrap(self, python: Path = PYTHON, **environment: str) -> Finished:
        """Run the bootstrap to its end."""
        return self.run(self.command(python), **environment)

    def run(self, command: list[str], **environment: str) -> Finished:
        """Run a command in the clone's surroundings; its output and its errors come as one text in `stdout`."""
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            cwd=self.root,
            env=self.environment | environment,
            timeout=60,
        )

    def start(self, **environment: str) -> "subprocess.Popen[str]":
        """Start the bootstrap in a process group of its own."""
        return subprocess.Popen(
            self.command(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
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


def lay_out(root: Path, programs: Path) -> Clone:
    """Copy what a setup needs into a new clone; nothing is on its PATH, nothing is pinned yet."""
    (root / "workbook").mkdir(parents=True)
    for name in ("__init__.py", "bootstrap.py", "ko.po"):
        shutil.copy(CLONE / "workbook" / name, root / "workbook" / name)
    shutil.copy(CLONE / "Makefile", root)
    shutil.copy(Path(__file__).with_name("wheels.py"), root / "tests_wheels.py")
    (root / "backend.py").write_text(BACKEND, encoding="utf-8")
    (root / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    programs.mkdir()
    return Clone(root, programs)
