"""Where a page runs: a scratch project, a home directory, and an environment of its own."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from workbook.mysql import free_port
from workbook.mysql.ladder import DEFAULT_DATABASE
from workbook.mysql.server import Server
from workbook.place import private

COURSE_DEFAULTS = {"MYSQL_HOST": "127.0.0.1", "MYSQL_PORT": "3306", "MYSQL_USER": "root", "MYSQL_PASSWORD": "1234"}
"""What the course's own settings say. A variable is set only where the server differs, so that `.env` counts."""
HOME = "/home/student"
PROJECT = f"{HOME}/when2meet"
WEB_PORT = 8000
INSIDE = Path(__file__).with_name("inside.py")
"""What runs in the project's own Python."""
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
_PASSED_ON = ("UV_", "PIP_", "SSL_CERT_", *_PROXIES)
_OURS = {"UV_PROJECT_ENVIRONMENT", "UV_RUN_RECURSION_DEPTH", "UV_PYTHON", "UV"}
_SYSTEM = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")
_GITCONFIG = """[user]
name = Student
email = student@example.com
[init]
defaultBranch = main
[advice]
detachedHead = false
[core]
autocrlf = false
"""


@dataclass(frozen=True, slots=True)
class Settings:
    """How pages are run here.

    Attributes:
        server: the MySQL, or None for pages without one.
        own_server: whether all its databases may be dropped; otherwise only `database` and those whose names start so.
        database: the project's database.
        path: directories put before the system's on PATH; they must not hold the workbook's own packages.
        timeout, patience: the seconds that a command may take, and a background server to show its lines: to catch a
            hang, on a busy machine too.
    """

    server: Server | None = None
    own_server: bool = False
    database: str = DEFAULT_DATABASE
    path: tuple[Path, ...] = ()
    timeout: float = 300
    patience: float = 60


def uv() -> str | None:
    """The program uv: the one beside our Python, else the one on PATH."""
    beside = Path(sys.executable).with_name("uv")
    return str(beside) if beside.exists() else shutil.which("uv")


@cache
def uv_cache() -> Path:
    """The person's own cache of packages: a lesson that installs takes a second instead of a minute."""
    said = subprocess.run([uv() or "true", "cache", "dir"], capture_output=True, text=True).stdout
    return Path(said.strip() or Path.home() / ".cache" / "uv")


@dataclass(frozen=True, slots=True)
class Ground:
    """The scratch directories of one replay and what stands for what in its outputs."""

    root: Path
    settings: Settings
    web_port: int

    @property
    def home(self) -> Path:
        """The student's home directory."""
        return self.root / "student"

    @property
    def project(self) -> Path:
        """The student's project."""
        return self.home / "when2meet"

    @property
    def packages(self) -> Path:
        """The `.venv` of the page that ran here before; the next project takes it over, compiled as it is."""
        return self.root / "packages"

    @property
    def python(self) -> str:
        """The command of the project's own Python."""
        return "uv run --no-sync python" if (self.project / "pyproject.toml").exists() else "python"

    def environment(self) -> dict[str, str]:
        """The environment of a student's shell: a fixed locale and width, an own home, the server's values."""
        passed_on = [name for name in os.environ if name.startswith(_PASSED_ON) and name not in _OURS]
        values = {name: os.environ[name] for name in passed_on}
        uv_keeps = Path(values.get("UV_CACHE_DIR") or uv_cache())
        uv_keeps.mkdir(parents=True, exist_ok=True)
        values |= {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "dumb", "NO_COLOR": "1"}
        values |= {"COLUMNS": "80", "LINES": "24", "PAGER": "cat", "GIT_PAGER": "cat", "GIT_CONFIG_NOSYSTEM": "1"}
        values |= {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "UV_CACHE_DIR": str(uv_keeps)}
        values |= {
            "PATH": os.pathsep.join([*map(str, self.settings.path), str(self.root / "bin"), *_SYSTEM]),
            "HOME": str(self.home),
            "TMPDIR": str(self.root / "tmp"),
            "GIT_CONFIG_GLOBAL": str(self.root / "gitconfig"),
            "GIT_CEILING_DIRECTORIES": str(self.home),
            "UVICORN_PORT": str(self.web_port),
            # What mypy found out about the packages holds for the next replay; it compares their contents.
            "MYPY_CACHE_DIR": str(private() / "mypy"),
        }
        if uv_keeps.stat().st_dev != self.root.stat().st_dev:
            # Otherwise uv says in every output that it cannot link.
            values.setdefault("UV_LINK_MODE", "copy")
        settings_file = Path.home() / ".config" / "uv" / "uv.toml"
        if settings_file.is_file():
            values.setdefault("UV_CONFIG_FILE", str(settings_file))
        if self.settings.server is not None:
            given = self.settings.server.environment()
            given["MYSQL_HOST"] = given["MYSQL_HOST"].replace("localhost", "127.0.0.1")
            values |= {name: value for name, value in given.items() if value != COURSE_DEFAULTS[name]}
        return values

    def to_run(self, command: str) -> str:
        """A command as it is run: the page's port 8000 and home directory replaced by this run's."""
        for before in ("localhost:", "127.0.0.1:", "0.0.0.0:", "--port "):
            command = command.replace(f"{before}{WEB_PORT}", f"{before}{self.web_port}")
        return command.replace(PROJECT, str(self.project)).replace(HOME, str(self.home))

    def to_show(self, output: str) -> str:
        """An output as the page shows it: this run's paths and ports replaced by the page's."""
        output = output.replace(str(self.project), PROJECT).replace(str(self.home), HOME)
        output = output.replace(str(self.root / "tmp"), "/tmp").replace(str(self.web_port), str(WEB_PORT))
        if self.settings.server is not None:
            output = output.replace(str(self.settings.server.port), COURSE_DEFAULTS["MYSQL_PORT"])
        return output


def prepare(root: Path, settings: Settings) -> Ground:
    """Lay out the scratch directories, in an empty folder or in an earlier replay's, whose packages serve again."""
    ground = Ground(root.resolve(), settings, free_port())
    if (ground.project / ".venv" / "pyvenv.cfg").exists():
        shutil.rmtree(ground.packages, ignore_errors=True)
        (ground.project / ".venv").rename(ground.packages)
    for name in ("student", "bin", "tmp", "plugin"):
        shutil.rmtree(ground.root / name, ignore_errors=True)
        (ground.root / name).mkdir(parents=True)
    ground.project.mkdir()
    # `workbook ci` runs steps as another account, and a temporary folder is closed to it.
    ground.root.chmod(0o755)
    shutil.copyfile(INSIDE, ground.root / "plugin" / "workbook_report.py")
    (ground.root / "gitconfig").write_text(_GITCONFIG)
    python, beside = Path(sys.base_prefix) / "bin" / "python3", Path(sys.executable)
    tools = {"uv": uv(), "python": python, "python3": python, "workbook": beside.with_name("workbook")}
    for name, target in tools.items():
        if target is not None and Path(target).exists():
            (ground.root / "bin" / name).symlink_to(target)
    return ground
