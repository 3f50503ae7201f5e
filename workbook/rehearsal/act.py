"""Runs one job by act, in scratch folders and without anything of the person's, and reads what it reports."""

import contextlib
import json
import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from workbook.guarded import Guarded
from workbook.mysql import programs
from workbook.mysql.server import Unavailable
from workbook.place import private
from workbook.rehearsal.outcome import Outcome
from workbook.rehearsal.service import MYSQL_PORT, Mysql
from workbook.rehearsal.workflow import BESIDE, NOT_HERE, RUNNER
from workbook.replay import ground
from workbook.say import Problem, _

TELL = 'said=$1; shift\n"$@" </dev/null >"$said" 2>&1\ncode=$?\ncat "$said"\nexit $code\n'
"""Stands before the shell of a step: act would give it a terminal, which GitHub does not, and lose its last lines."""
CLIENTS = ("mysql", "mysqladmin")
HARMLESS = ("sudo", "systemctl", "service", "timedatectl", "apt-get", "apt")
"""Without what these do, the steps that follow mostly do the same here."""
NEEDED = ("docker", "docker-compose", "pip", "pip3", *CLIENTS)
"""Without these they do not. MySQL's clients are the real ones where they can be had; a set-up Python has its `pip`."""
STAND_IN = f"""#!/bin/sh
# Stands first on PATH for a program that would change this machine, or need GitHub's, and says what it leaves out.
name=${{0##*/}} here=${{0%/*}}
if [ "$name" = sudo ]; then
    while case "$1" in -[ughp]) shift ;; -* | *=*) ;; *) false ;; esac; do shift; done
    [ ! -f "$here/$1" ] || exec "$here/$@"
fi
echo "{NOT_HERE}$name $*"
exit """
NOBODY = 65534
"""Root's steps run as this user and group: on GitHub, too, a step is no root."""


def run(
    outcome: Outcome, workflow: dict[str, Any], scratch: Path, mysql: Mysql, secrets: Mapping[str, str], seconds: float
) -> None:
    """Run the one job of a workflow on this machine; its outcome hears of it, with paths and ports as on GitHub.

    `scratch` holds the clone, `commit`; it is gone when the job has ended, however it ended. All but the given secrets
    are empty. After so many seconds (0: never) the job is stopped, and says so.
    """
    job = workflow["jobs"][outcome.job]
    ids = [str(step.get("id") or place) for place, step in enumerate(outcome.steps)]
    told_in = {place: scratch / f"said-{place}" for place, step in enumerate(job["steps"]) if "run" in step}
    for place, file in told_in.items():
        job["steps"][place]["shell"] = f"sh {scratch / 'tell'} {file} {job['steps'][place]['shell']}"
    script = yaml.safe_dump(workflow, sort_keys=False, allow_unicode=True)
    environment = _prepare(scratch, mysql, script)
    (scratch / "workflow.yml").write_text(script, encoding="utf-8")
    files = {"directory": "commit", "workflows": "workflow.yml", "action-cache-path": "act"}
    # Each is named, so that none of them is looked for in the project.
    files |= dict.fromkeys(("env-file", "secret-file", "var-file", "input-file"), os.devnull)
    command = [str(BESIDE / "act"), "push", "--json", "--no-cache-server", f"--platform={RUNNER}=-self-hosted"]
    command += [f"--{option}={scratch / name}" for option, name in files.items()]
    command += [f"--secret={name}={value}" for name, value in secrets.items()]
    clean = partial(_as_on_github, scratch, mysql.ports)
    reading, writing = os.pipe()
    with contextlib.ExitStack() as stack, open(reading, "rb") as lines, open(writing, "wb") as output:
        # Opened now, for with the end of the job they are gone.
        told = {place: stack.enter_context(file.open("w+", errors="replace")) for place, file in told_in.items()}
        command = [*_unprivileged(command[0], scratch), *command]
        guarded = Guarded(command, patience=5, remove=scratch, env=environment, output=output)
        output.close()
        clock = threading.Timer(seconds, guarded.stop)
        if seconds:
            clock.start()
        try:
            for line in lines:
                _read(line.decode(errors="replace"), outcome, ids, told, clean)
            if seconds and clock.finished.is_set():
                outcome.why = outcome.why or _("not done after {seconds:g} seconds", seconds=seconds)
            elif not outcome.result and not outcome.why and guarded.wait() in (0, 1):
                outcome.result = "skipped"  # the job's own condition does not hold; act says nothing then
            handed_on = "".join(told.get(len(ids), ())).split("\0")
            outcome.outputs = dict(zip(job.get("outputs") or {}, handed_on, strict=False))
        finally:
            clock.cancel()
            guarded.stop()


def _read(
    line: str, outcome: Outcome, ids: list[str], told: Mapping[int, Iterable[str]], clean: Callable[[str], str]
) -> None:
    """Take in one line of act's, which calls the steps by these ids; what they print stands in files."""
    try:
        entry = json.loads(line)
    except ValueError:
        if line.startswith("Error: ") and not line.startswith("Error: Job '"):
            outcome.why = outcome.why or clean(line.removeprefix("Error: ").strip())
        return
    if entry.get("jobID", outcome.job) != outcome.job:
        return  # one that it needs, which is played again
    path, message = entry.get("stepID") or [""], str(entry.get("msg", ""))
    place = ids.index(str(path[0])) if str(path[0]) in ids else None
    if place is not None and place not in told and entry.get("raw_output"):
        outcome.said.setdefault(place, []).append(clean(message))
    if len(path) > 1:
        return  # a step of a composite action, which ends itself
    if "jobResult" in entry:
        outcome.result = entry["jobResult"]
    elif place is not None and "stepResult" in entry and entry.get("stage") == "Main":
        lines = [*outcome.said.get(place, ()), *map(clean, told.get(place, ()))]
        outcome.end(place, entry["stepResult"] == "success", entry.get("executionTime", 0) / 1e9, lines)
    elif entry.get("level") == "error":
        outcome.why = outcome.why or clean(message.replace("exit status ", "exit code "))
    elif place is not None and entry.get("stage") == "Main" and "Run Main" in message:
        outcome.hear(outcome, "started", place)


def _as_on_github(scratch: Path, ports: Mapping[int, int], line: str) -> str:
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
    tools = scratch / "tools"
    tools.mkdir()
    stand_ins = {name: f"{STAND_IN}{0 if name in HARMLESS else 127}\n" for name in (*HARMLESS, *NEEDED)}
    for name in CLIENTS if "mysql" in script else ():
        with contextlib.suppress(Unavailable):
            # Without the option it looks for the socket, and a service container has none on the machine either.
            options = ("--protocol=TCP",) if mysql.preinstalled else ()
            stand_ins[name] = f'#!/bin/sh\nexec {shlex.join((*programs.client(name), *options))} "$@"\n'
    for name, text in stand_ins.items():
        (tools / name).write_text(text)
        (tools / name).chmod(0o755)
    (scratch / "tell").write_text(TELL)
    # A student's shell, but for the identity, with this machine's programs, and with a Python where there is none.
    there = ground.prepare(scratch / "ground", ground.Settings())
    environment = there.environment()
    (there.root / "gitconfig").write_text("[safe]\n\tdirectory = *\n[advice]\n\tdetachedHead = false\n")
    for name in ("MYPY_CACHE_DIR", "UV_PYTHON_DOWNLOADS", "UVICORN_PORT"):
        del environment[name]
    if os.geteuid() == 0:
        cache = private() / "ci" / "uv"  # that of root is not theirs to write
        cache.mkdir(parents=True, exist_ok=True)
        os.chown(cache, NOBODY, NOBODY)
        environment["UV_CACHE_DIR"] = str(cache)
    # Without our own environment: a package that the project forgot must be missing.
    theirs = os.environ.get("PATH", os.defpath).split(os.pathsep)
    theirs = [each for each in theirs if each and Path(each) != Path(sys.executable).parent]
    return environment | {
        "PATH": os.pathsep.join([str(tools), str(there.home / ".local/bin"), str(there.root / "bin"), *theirs]),
        "COLUMNS": "78",  # the report indents by two
        "MYSQL_TCP_PORT": str(mysql.ports[MYSQL_PORT]),  # what MySQL's own clients take for theirs
        "MYSQL_UNIX_PORT": "/nowhere/mysqld.sock",
    }
