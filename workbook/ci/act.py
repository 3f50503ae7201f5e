"""Runs one job by act, in scratch folders and without anything of the person's, and reads what it reports."""

import contextlib
import json
import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml

from workbook.ci import stand_in
from workbook.ci.service import Mysql
from workbook.ci.workflow import RUNNER, tool
from workbook.guarded import Guarded
from workbook.mysql import programs
from workbook.mysql.server import Unavailable
from workbook.place import private
from workbook.runner import ground
from workbook.say import Problem, _

TELL = "workbook-tell"
"""The script that stands before the shell of a step, and sends what it prints into a file."""
NOBODY = 65534
"""Root's steps run as this user and group: on GitHub, too, a step is no root."""

_PASSED_ON = re.compile(r"UV_|PIP_|SSL_CERT_|(https?|no)_proxy$", re.IGNORECASE)
_NOT_PASSED_ON = ("UV_PROJECT_ENVIRONMENT", "UV_RUN_RECURSION_DEPTH", "UV_PYTHON", "UV")


class Event(NamedTuple):
    """What happens in a job: `place` is the step, from 0; None when the event is the job's.

    A step has `started`, has `said` a line or `ended`; act `complained`; the job has `begun`, is `over` (for act) and
    `concluded`; something is `noted` of it, or `left out` and may decide its result. `text` is the line, the reason,
    the sentence, or the result: `success`, `failure`, or (of the job) `skipped`.
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
        scratch: a folder that holds the clone, `commit`; it is gone when the job has ended, however it ended.
        secrets: their values; all others are empty.
        seconds: after how many the job is stopped, and says so; None for never.

    Yields:
        what happens, with paths and ports as on GitHub. Whoever stops listening ends the job.
    """
    act = tool("act")
    (job,) = workflow["jobs"].values()
    ids = [str(step.get("id") or place) for place, step in enumerate(job["steps"])]
    told_in = {place: scratch / f"said-{place}" for place, step in enumerate(job["steps"]) if "run" in step}
    for place, file in told_in.items():
        # act would give the step a terminal, which GitHub does not, and lose what one that fails says last.
        step = job["steps"][place]
        step["shell"] = f"sh {scratch / 'tools' / TELL} {file} {step['shell']}"
    script = yaml.safe_dump(workflow, sort_keys=False, allow_unicode=True)
    (scratch / "workflow.yml").write_text(script, encoding="utf-8")
    environment = _prepare(scratch, mysql, script)
    reading, writing = os.pipe()
    with contextlib.ExitStack() as stack, open(reading, "rb") as lines, open(writing, "wb") as output:
        # Opened now, for with the end of the job they are gone.
        told = {place: stack.enter_context(file.open("w+", errors="replace")) for place, file in told_in.items()}
        # Named, so that none of them is looked for in the project.
        files = {f"{name}-file": scratch / name for name in ("env", "secret", "var", "input")}
        for file in files.values():
            file.touch()
        (scratch / "secret").write_text("".join(f"{name}={value}\n" for name, value in secrets.items()))
        files |= {"directory": scratch / "commit", "workflows": scratch / "workflow.yml"}
        files |= {"action-cache-path": scratch / "act"}
        command = [*_unprivileged(act, scratch), act, "push", "--json", "--no-cache-server"]
        command += [f"--platform={RUNNER}=-self-hosted", *(f"--{option}={file}" for option, file in files.items())]
        guarded = Guarded(command, patience=5, remove=scratch, env=environment, output=output)
        output.close()
        clock = threading.Timer(seconds or 0, guarded.stop)
        if seconds:
            clock.start()
        over = False
        try:
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


def _read(line: str, ids: list[str], told: Mapping[int, Iterable[str]]) -> Iterator[Event]:
    """The events in one line of act's, which calls the steps by these ids; what they print stands in files."""
    try:
        entry = json.loads(line)
    except ValueError:
        if line.startswith("Error: "):
            yield Event("complained", None, line.removeprefix("Error: ").strip())
        return
    step, message = str((entry.get("stepID") or [""])[0]), str(entry.get("msg", ""))
    place = ids.index(step) if step in ids else None
    if "jobResult" in entry:
        yield Event("over", None, entry["jobResult"])
    elif place is not None and "stepResult" in entry and entry.get("stage") == "Main":
        yield from (Event("said", place, each) for each in told.get(place, ()))
        yield Event("ended", place, entry["stepResult"], entry.get("executionTime", 0) / 1e9)
    elif entry.get("level") == "error":
        yield Event("complained", place, message.replace("exit status ", "exit code "))
    elif place is not None and entry.get("stage") == "Main" and "Run Main" in message:
        yield Event("started", place)


def _as_on_github(line: str, scratch: Path, ports: Mapping[int, int]) -> str:
    """A printed line without colours and paths of our scratch folders, and with the ports that the workflow knows."""
    line = re.sub(r"\x1b\[[\d;]*m", "", line.rstrip("\n"))
    line = re.sub(rf"{re.escape(str(scratch))}/act/[0-9a-f]+/(hostexecutor|act/workflow)/?", "", line)
    for known, here in ports.items():
        line = re.sub(rf"\b{here}\b", str(known), line) if known else line
    return line


def _unprivileged(act: str, scratch: Path) -> list[str]:
    """What stands before a command so that it can write nothing but the scratch folder, when we are root."""
    if os.geteuid() != 0:
        return []
    # With the right to read, where root has it to give: the programs may lie in root's home.
    for kept in ("-all,+dac_read_search", "-all"):
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--no-new-privs"]
        command += [f"--{each}={kept}" for each in ("bounding-set", "inh-caps", "ambient-caps")]
        with contextlib.suppress(OSError):
            if subprocess.run([*command, act, "--version"], capture_output=True, check=False).returncode == 0:
                break
    else:
        what = _("You are root, and {act} cannot be run as an ordinary user here.", act=act)
        why = _("On GitHub no step is root, and as root a workflow could change this machine.")
        raise Problem(what, why=why, ways=(_("Log in as an ordinary user, and run the command again."),))
    for folder, names, files in os.walk(scratch):
        for name in (".", *names, *files):
            os.chown(Path(folder, name), NOBODY, NOBODY, follow_symlinks=False)
    return command


def _prepare(scratch: Path, mysql: Mysql, script: str) -> dict[str, str]:
    """Lay out the job's folders; the environment that it starts with."""
    home, tools = scratch / "home", scratch / "tools"
    for folder in (home, tools, scratch / "tmp"):
        folder.mkdir()
    # Without our own environment: a package that the project forgot must be missing.
    theirs = os.environ.get("PATH", os.defpath).split(os.pathsep)
    path = [str(tools), str(home / ".local" / "bin")]
    path += [each for each in theirs if each and Path(each) != Path(sys.executable).parent]
    uv = ground.uv()
    if uv:
        (tools / "uv").symlink_to(uv)
    settings: dict[str, Any] = {"ports": mysql.ports, "preinstalled": mysql.preinstalled}
    for name in stand_in.CLIENTS if "mysql" in script else ():
        with contextlib.suppress(Unavailable):
            settings[name] = programs.client(name)
    (scratch / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    for name in stand_in.NAMES:
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
        "GIT_CONFIG_GLOBAL": str(scratch / "gitconfig"),
        "UV_CACHE_DIR": str(cache),
    }
