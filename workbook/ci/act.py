"""Runs one job by act, in scratch folders and without anything of the person's, and reads what it reports."""

import contextlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Literal, NamedTuple

import yaml

from workbook.ci import stand_in
from workbook.ci.mysql import Mysql
from workbook.ci.steps import PYTHON, RUNNER, TELL, told_in
from workbook.ci.workflow import tool
from workbook.guarded import Guarded
from workbook.mysql import programs
from workbook.mysql.server import Unavailable
from workbook.place import private
from workbook.runner import ground
from workbook.say import Problem, _

PATIENCE = 5
"""Seconds that a stopped job gets to put its things away."""

NOBODY = 65534
"""Root's steps run as this user and group: on GitHub, too, a step is no root."""
READS_ALL = 1 << 2
"""CAP_DAC_READ_SEARCH (capabilities(7)): the programs may lie in root's home; nothing of it can be written."""

_PASSED_ON = re.compile(r"UV_|PIP_|SSL_CERT_|(https?|no)_proxy$", re.IGNORECASE)
_NOT_PASSED_ON = ("UV_PROJECT_ENVIRONMENT", "UV_RUN_RECURSION_DEPTH", "UV_PYTHON", "UV")


class Event(NamedTuple):
    """What happens in a job.

    Attributes:
        what: a step has `started`, has `said` a line or `ended`; act `complained`; the job has `begun`, is `over` (for
            act) and `concluded`; something is `noted` of it, or `left out` and may decide its result.
        place: which step it is, from 0; None when the event is the job's.
        text: the line, the reason, the sentence, or the result: `success`, `failure`, or (of the job) `skipped`.
        seconds: how long the step took.
    """

    what: Literal["begun", "noted", "left out", "started", "said", "ended", "complained", "over", "concluded"]
    place: int | None = None
    text: str = ""
    seconds: float = 0.0


def run(
    workflow: dict[str, Any], scratch: Path, mysql: Mysql, secrets: Mapping[str, str], seconds: float | None = None
) -> Generator[Event, None, None]:
    """Run the one job of a workflow on this machine.

    Args:
        workflow: as `steps.rewrite` makes it.
        scratch: a folder that holds the clone, `commit`; all of the job lies in it, and it is gone when the job has
            ended, however it ended.
        secrets: their values; all others are empty.
        seconds: after how many the job is stopped, and says so; None for never.

    Yields:
        what happens, as it happens, with paths and ports as on GitHub. Whoever stops listening ends the job.

    Raises:
        Problem: act is not installed, or cannot be run as somebody who is not root.
    """
    act = tool("act")
    (job,) = workflow["jobs"].values()
    ids = [str(step.get("id") or place) for place, step in enumerate(job["steps"])]
    script = yaml.safe_dump(workflow, sort_keys=False, allow_unicode=True)
    environment = _prepare(scratch, mysql, script)
    (scratch / "workflow.yml").write_text(script, encoding="utf-8")
    # Named, so that none of them is looked for in the project.
    for name in ("env", "secret", "var", "input"):
        (scratch / name).touch()
    (scratch / "secret").write_text("".join(f"{name}={value}\n" for name, value in secrets.items()))
    files = {
        place: told_in(scratch, place) for place, step in enumerate(job["steps"]) if TELL in str(step.get("shell"))
    }
    for file in files.values():
        file.touch()
    command = [*_unprivileged(act, scratch), act, "push", "--json", "--no-cache-server"]
    command += [f"--{name}-file={scratch / name}" for name in ("env", "secret", "var", "input")]
    command += [f"--platform={RUNNER}=-self-hosted", f"--directory={scratch / 'commit'}"]
    command += [f"--workflows={scratch / 'workflow.yml'}", f"--action-cache-path={scratch / 'act'}"]
    reading, writing = os.pipe()
    with contextlib.ExitStack() as stack, open(reading, "rb") as lines, open(writing, "wb") as output:
        # Opened now, for with the end of the job they are gone.
        told = {place: stack.enter_context(file.open(errors="replace")) for place, file in files.items()}
        guarded = Guarded(command, patience=PATIENCE, remove=scratch, env=environment, output=output)
        output.close()
        clock = threading.Timer(seconds or 0, guarded.stop)
        if seconds:
            clock.start()
        try:
            over = False
            for line in lines:
                for event in _read(line.decode(errors="replace"), ids, told):
                    over = over or event.what == "over"
                    yield event._replace(text=_as_on_github(event.text, scratch, mysql.ports))
            if seconds and clock.finished.is_set():
                yield Event("complained", None, _("not done after {seconds:g} seconds", seconds=seconds))
            elif not over and guarded.wait() == 0:
                yield Event("over", None, "skipped")  # the job's own condition does not hold; act says nothing then
        finally:
            clock.cancel()
            guarded.stop()


def _read(line: str, ids: list[str], told: Mapping[int, IO[str]]) -> Iterator[Event]:
    """The events in one line of act's, which calls the steps by these ids; what they print stands in files."""
    try:
        entry = json.loads(line)
    except ValueError:
        if line.startswith("Error: ") and not re.match(r"Error: Job '.*' failed", line):
            yield Event("complained", None, line.removeprefix("Error: ").strip())
        return
    step, message = str((entry.get("stepID") or [""])[0]), str(entry.get("msg", ""))
    place = ids.index(step) if step in ids else None
    if "jobResult" in entry:
        yield Event("over", None, entry["jobResult"])
    elif place is not None and entry.get("raw_output"):
        yield from (Event("said", place, each) for each in message.splitlines() if place not in told)
    elif place is not None and "stepResult" in entry and entry.get("stage") == "Main":
        yield from (Event("said", place, each) for each in (told[place].read() if place in told else "").splitlines())
        yield Event("ended", place, entry["stepResult"], entry.get("executionTime", 0) / 1e9)
    elif entry.get("level") == "error":
        yield Event("complained", place, message.replace("exit status ", "exit code "))
    elif place is not None and entry.get("stage") == "Main" and "Run Main" in message:
        yield Event("started", place)


def _as_on_github(line: str, scratch: Path, ports: Mapping[int, int]) -> str:
    """A printed line without colours and paths of our scratch folders, and with the ports that the workflow knows."""
    line = re.sub(r"\x1b\[[\d;]*m", "", line)
    folder = rf"{re.escape(str(scratch))}/act/[0-9a-f]+"
    # act puts an empty line before each script.
    script = rf"{folder}/act/workflow/[^:\s]+: line (\d+)"
    line = re.sub(script, lambda found: f"script: line {int(found[1]) - 1}", line)
    line = re.sub(rf"{folder}/hostexecutor(/|\b)", "", line).replace(f"{scratch}/run/", "/var/run/")
    for known, here in ports.items():
        line = re.sub(rf"\b{here}\b", str(known), line) if known else line
    return line


def _unprivileged(act: str, scratch: Path) -> list[str]:
    """What stands before a command so that it can write nothing but the scratch folder, when we are root."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    status = Path("/proc/self/status")
    held = re.search(r"CapEff:\s*(\w+)", status.read_text()) if status.exists() else None
    kept = "-all,+dac_read_search" if held and int(held[1], 16) & READS_ALL else "-all"
    command = [setpriv or "", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs"]
    command += [f"--{each}={kept}" for each in ("bounding-set", "inh-caps", "ambient-caps")]
    if not setpriv or subprocess.run([*command, act, "--version"], capture_output=True, check=False).returncode:
        raise Problem(
            _("You are root, and {act} cannot be run as an ordinary user here.", act=act),
            why=_("On GitHub no step is root, and as root a workflow could change this machine."),
            ways=(
                _("Log in as an ordinary user, and run the command again."),
                _("Or put the clone where every user can read it."),
            ),
        )
    for folder, names, files in os.walk(scratch):
        for name in (".", *names, *files):
            os.chown(Path(folder, name), NOBODY, NOBODY, follow_symlinks=False)
    return command


def _prepare(scratch: Path, mysql: Mysql, script: str) -> dict[str, str]:
    """Lay out the job's folders; the environment that it starts with."""
    home, tools = scratch / "home", scratch / "tools"
    for folder in (home, tools, scratch / "tmp"):
        folder.mkdir()
    path = [str(tools), str(home / ".local" / "bin"), *_path()]
    uv = ground.uv()
    if uv:
        (tools / "uv").symlink_to(uv)
    if re.search(r"\bpip3?\b", script):
        # A Python of its own to install into. Ours may be an environment itself; the interpreter lies below it.
        python = str(Path(sys.base_prefix) / "bin" / f"python{PYTHON}")
        subprocess.run([python, "-m", "venv", str(scratch / "python")], check=True, capture_output=True)
        path.insert(1, str(scratch / "python" / "bin"))
    settings: dict[str, Any] = {"ports": {str(port): here for port, here in mysql.ports.items()}, "bell": mysql.bell}
    settings |= {"socket": str(scratch / "run/mysqld/mysqld.sock")} | _clients(script)
    (scratch / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    lacking = [name for name in stand_in.GITHUBS if not shutil.which(name, path=os.pathsep.join(path))]
    for name in (*stand_in.NAMES, *lacking):
        run = shlex.join([sys.executable, "-I", "-S", stand_in.__file__, str(scratch / "settings.json"), name])
        (tools / name).write_text(f'#!/bin/sh\nexec {run} "$@"\n')
        (tools / name).chmod(0o755)
    (tools / TELL).write_text('said=$1; shift\n"$@" </dev/null >"$said" 2>&1\ncode=$?\ncat "$said"\nexit $code\n')
    (scratch / "gitconfig").write_text("[safe]\n\tdirectory = *\n[advice]\n\tdetachedHead = false\n")
    kept = {name: value for name, value in os.environ.items() if _PASSED_ON.match(name) and name not in _NOT_PASSED_ON}
    if os.geteuid() == 0:
        cache = private() / "ci" / "uv"  # that of root is not theirs to write
        cache.mkdir(parents=True, exist_ok=True)
        os.chown(cache, NOBODY, NOBODY)
    else:
        cache = Path(kept.get("UV_CACHE_DIR") or ground.uv_cache())
    if (Path.home() / ".config/uv/uv.toml").is_file():
        kept.setdefault("UV_CONFIG_FILE", str(Path.home() / ".config/uv/uv.toml"))
    return kept | {
        "PATH": os.pathsep.join(path),
        "HOME": str(home),
        "TMPDIR": str(scratch / "tmp"),
        "LANG": "C.UTF-8",
        "TZ": "UTC",  # as on GitHub's machines
        "TERM": "dumb",
        "COLUMNS": "78",  # the report indents by two
        "NO_COLOR": "1",
        "GIT_CONFIG_GLOBAL": str(scratch / "gitconfig"),
        "PIP_REQUIRE_VIRTUALENV": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "UV_CACHE_DIR": str(cache),
        "UV_NO_PROGRESS": "1",
    }


def _clients(script: str) -> dict[str, list[str] | None]:
    """The commands of MySQL's real clients, when a script calls them; None of one that this machine has not."""
    client: tuple[str, ...] = ()
    with contextlib.suppress(Unavailable):
        client = programs.client() if re.search(rf"\b({'|'.join(stand_in.CLIENTS)})\b", script) else ()
    return {name: [re.sub(r"/mysql$", f"/{name}", part) for part in client] or None for name in stand_in.CLIENTS}


def _path() -> list[str]:
    """The person's PATH without our own environment: a package that the project forgot must be missing."""
    ours = Path(sys.executable).parent
    return [each for each in os.environ.get("PATH", os.defpath).split(os.pathsep) if each and Path(each) != ours]
