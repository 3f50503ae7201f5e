"""Where a job runs: scratch folders, an environment without anything of the person's, stand-ins first on PATH."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from workbook.ci import client, stand_in
from workbook.ci.actions import NOT_HERE
from workbook.place import private
from workbook.runner import machine

_PASSED_ON = re.compile(r"UV_|PIP_|SSL_CERT_|(https?|no)_proxy$", re.IGNORECASE)
_NOT_PASSED_ON = ("UV_PROJECT_ENVIRONMENT", "UV_RUN_RECURSION_DEPTH", "UV_PYTHON", "UV")
_SYSTEM = "/etc/*|/usr/*|/boot/*|/bin/*|/sbin/*|/lib/*|/var/lib/*"

_KEEP_OFF = f"""#!/bin/sh
# On GitHub a step is no root, and these folders would refuse it.
for path in "$@"; do
    {{guard}}
    case "$path" in {_SYSTEM})
        echo "{NOT_HERE}{{name}} $*"
        echo "{{name}}: $path: Permission denied" >&2
        exit 1 ;;
    esac
done
for program in /usr/bin/{{name}} /bin/{{name}}; do
    [ -x "$program" ] && exec "$program" "$@"
done
"""


_SYNC = """#!/bin/sh
case "$1" in sync) ;; *) exec {uv} "$@" ;; esac
{uv} "$@"
code=$?
{seed} || :
exit $code
"""


def prepare(root: Path, settings: client.Settings, *, project: Path, pip: bool) -> dict[str, str]:
    """Lay out the scratch folders of one job.

    Args:
        root: an empty folder.
        project: the person's project: what Python has compiled there need not be compiled again in the job.
        pip: whether the job calls pip, and so needs a Python of its own to install into.

    Returns:
        the environment that the job starts with.
    """
    home, tools, stand_ins = root / "home", root / "tools", root / "stand-ins"
    for folder in (home, tools, stand_ins, root / "tmp"):
        folder.mkdir(parents=True)
    uv = machine.uv()
    if uv:
        compiled = [str(each) for each in (*project.glob(".venv/lib/python*/site-packages"), private() / "bytecode")]
        seed = [sys.executable, "-I", "-m", "workbook.ci.compiled", *compiled]
        _script(tools / "uv", _SYNC.format(uv=shlex.quote(uv), seed=shlex.join(seed)))
    settings.save(root / "settings.json")
    for name in stand_in.NAMES:
        command = [sys.executable, "-I", "-m", "workbook.ci.stand_in", str(root / "settings.json"), name]
        _script(stand_ins / name, f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
    if os.geteuid() == 0:
        for name, guard in (("rm", ":"), ("mv", ":"), ("tee", ":"), ("cp", _LAST), ("ln", _LAST)):
            _script(stand_ins / name, _KEEP_OFF.format(name=name, guard=guard))
    (root / "gitconfig").write_text("[safe]\n\tdirectory = *\n[advice]\n\tdetachedHead = false\n")
    path = [str(stand_ins), str(tools), str(home / ".local" / "bin"), *_path()]
    if pip:
        subprocess.run([_python(), "-m", "venv", str(root / "python")], check=True, capture_output=True)
        path.insert(1, str(root / "python" / "bin"))
    kept = {name: value for name, value in os.environ.items() if _PASSED_ON.match(name) and name not in _NOT_PASSED_ON}
    values = kept | {
        "PATH": os.pathsep.join(path),
        "HOME": str(home),
        "TMPDIR": str(root / "tmp"),
        "LANG": "C.UTF-8",
        "TZ": "UTC",  # as on GitHub's machines
        "TERM": "dumb",
        "COLUMNS": "78",  # the report indents by two
        "NO_COLOR": "1",
        "GIT_CONFIG_GLOBAL": str(root / "gitconfig"),
        "PIP_REQUIRE_VIRTUALENV": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "UV_CACHE_DIR": kept.get("UV_CACHE_DIR") or str(machine.uv_cache()),
        "UV_NO_PROGRESS": "1",
    }
    if not machine.same_disk(Path(values["UV_CACHE_DIR"]), root):
        values.setdefault("UV_LINK_MODE", "copy")
    settings_file = Path.home() / ".config" / "uv" / "uv.toml"
    if settings_file.is_file():
        values.setdefault("UV_CONFIG_FILE", str(settings_file))
    return values


_LAST = 'for path in "$@"; do :; done; # only the last one is written to'


def _path() -> list[str]:
    """The person's PATH without our own environment: a package that the project forgot must be missing."""
    ours = Path(sys.executable).parent
    return [each for each in os.environ.get("PATH", os.defpath).split(os.pathsep) if each and Path(each) != ours]


def _python() -> str:
    """The interpreter below our own environment."""
    return str(Path(sys.base_prefix) / "bin" / "python3")


def _script(file: Path, text: str) -> None:
    file.write_text(text)
    file.chmod(0o755)
