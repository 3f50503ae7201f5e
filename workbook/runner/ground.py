"""Where a lesson runs: a scratch project, a home directory, and an environment of its own."""

import os
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from workbook.mysql.server import Server
from workbook.problem import Problem

DATABASE = "when2meet_vod"
"""The course's database."""
COURSE_DEFAULTS = {"MYSQL_HOST": "127.0.0.1", "MYSQL_PORT": "3306", "MYSQL_USER": "root", "MYSQL_PASSWORD": "1234"}
"""What the course's own settings say. A variable is set only where the server differs, so that `.env` counts."""
HOME = "/home/student"
PROJECT = f"{HOME}/when2meet"
WEB_PORT = 8000
_PASSED_ON = (
    "UV_",
    "PIP_",
    "SSL_CERT_",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """How lessons are run here.

    Attributes:
        server: the MySQL, or None for lessons without one.
        own_server: whether all its databases may be dropped; otherwise only `database` and those whose names start so.
        database: the project's database.
        path: directories put before the system's on PATH; they must not hold the workbook's own packages.
        pytest: how the project's tests are run.
        prepared: whether the project is synchronised and migrated before the lesson starts (not for fixtures).
        timeout: how long a command may take, in seconds.
        patience: how long a background server may take to show its lines, in seconds.
    """

    server: Server | None = None
    own_server: bool = False
    database: str = DATABASE
    path: tuple[Path, ...] = ()
    pytest: str = "uv run --no-sync python -m pytest"
    prepared: bool = True
    timeout: float = 120
    patience: float = 20


@dataclass(slots=True)
class Ground:
    """The scratch directories of one replay and what stands for what in its outputs."""

    root: Path
    settings: Settings
    web_port: int
    project: Path = field(init=False)
    home: Path = field(init=False)
    tools: Path = field(init=False)

    def __post_init__(self) -> None:
        self.home = self.root / "student"
        self.project = self.home / "when2meet"
        self.tools = self.root / "bin"

    def environment(self) -> dict[str, str]:
        """The environment of a student's shell: a fixed locale and width, an own home, the server's values."""
        values = {name: value for name, value in os.environ.items() if name.startswith(_PASSED_ON)}
        for name in ("UV_PROJECT_ENVIRONMENT", "UV_RUN_RECURSION_DEPTH", "UV_PYTHON", "UV"):
            values.pop(name, None)
        path = [
            *map(str, self.settings.path),
            str(self.tools),
            "/usr/local/bin",
            "/usr/bin",
            "/bin",
            "/usr/sbin",
            "/sbin",
        ]
        values |= {
            "PATH": os.pathsep.join(path),
            "HOME": str(self.home),
            "TMPDIR": str(self.root / "tmp"),
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "TERM": "dumb",
            "NO_COLOR": "1",
            "COLUMNS": "80",
            "LINES": "24",
            "PAGER": "cat",
            "GIT_PAGER": "cat",
            "GIT_CONFIG_GLOBAL": str(self.root / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CEILING_DIRECTORIES": str(self.home),
            "UVICORN_PORT": str(self.web_port),
            "UV_CACHE_DIR": values.get("UV_CACHE_DIR") or str(_uv_cache()),
            "UV_PYTHON_DOWNLOADS": "never",
            "UV_NO_PROGRESS": "1",
        }
        if not _same_disk(Path(values["UV_CACHE_DIR"]), self.root):
            # Otherwise uv says in every output that it cannot link.
            values.setdefault("UV_LINK_MODE", "copy")
        settings_file = Path.home() / ".config" / "uv" / "uv.toml"
        if settings_file.is_file():
            values.setdefault("UV_CONFIG_FILE", str(settings_file))
        if self.settings.server is not None:
            given = self.settings.server.environment() | {"MYSQL_HOST": self._host()}
            values |= {name: value for name, value in given.items() if value != COURSE_DEFAULTS[name]}
        return values

    def _host(self) -> str:
        assert self.settings.server is not None
        host = self.settings.server.host
        return COURSE_DEFAULTS["MYSQL_HOST"] if host in ("localhost", "127.0.0.1") else host

    def to_run(self, command: str) -> str:
        """A command as it is run: the lesson's port 8000 and home directory replaced by this run's."""
        for name in ("localhost", "127.0.0.1", "0.0.0.0"):
            command = command.replace(f"{name}:{WEB_PORT}", f"{name}:{self.web_port}")
        command = command.replace(f"--port {WEB_PORT}", f"--port {self.web_port}")
        return command.replace(PROJECT, str(self.project)).replace(HOME, str(self.home))

    def to_show(self, output: str) -> str:
        """An output as the lesson shows it: this run's paths and ports replaced by the lesson's."""
        output = output.replace(str(self.project), PROJECT).replace(str(self.home), HOME)
        output = output.replace(str(self.root / "tmp"), "/tmp")
        ports = {self.web_port: WEB_PORT}
        if self.settings.server is not None:
            ports[self.settings.server.port] = int(COURSE_DEFAULTS["MYSQL_PORT"])
        for port, course in ports.items():
            output = output.replace(str(port), str(course))
        return output


def prepare(root: Path, settings: Settings) -> Ground:
    """Lay out the scratch directories in an empty folder.

    Raises:
        Problem: bash, git or uv is missing.
    """
    ground = Ground(root.resolve(), settings, _free_port())
    for folder in (ground.project, ground.tools, ground.root / "tmp"):
        folder.mkdir(parents=True)
    (ground.root / "gitconfig").write_text(
        "[user]\n\tname = Student\n\temail = student@example.com\n[init]\n\tdefaultBranch = main\n"
        "[advice]\n\tdetachedHead = false\n[core]\n\tautocrlf = false\n"
    )
    base = Path(sys.base_prefix) / "bin" / "python3"
    for name, target in (("uv", _uv()), ("python", str(base)), ("python3", str(base)), ("workbook", _workbook())):
        if target is not None and Path(target).exists():
            (ground.tools / name).symlink_to(target)
    for program in ("bash", "git"):
        if shutil.which(program, path=ground.environment()["PATH"]) is None:
            raise Problem(f"{program} is not installed, and lessons run in it.", ways=(f"Install {program}.",), code=2)
    return ground


def _uv() -> str | None:
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


def _workbook() -> str:
    """The command `workbook` itself, which lessons show."""
    return str(Path(sys.executable).with_name("workbook"))


_CACHE: list[Path] = []


def _uv_cache() -> Path:
    """The person's own cache of packages: a lesson that installs takes a second instead of a minute."""
    if not _CACHE:
        uv = _uv()
        said = subprocess.run([uv, "cache", "dir"], capture_output=True, text=True, check=False).stdout if uv else ""
        _CACHE.append(Path(said.strip() or Path.home() / ".cache" / "uv"))
    return _CACHE[0]


def _same_disk(one: Path, other: Path) -> bool:
    while not one.exists():
        one = one.parent
    return one.stat().st_dev == other.stat().st_dev


def _free_port() -> int:
    """A port that nobody listens on. Of five digits: a short number could occur in an output by chance."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port >= 20000:
            return port
