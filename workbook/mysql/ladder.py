"""The ladder: a MySQL that was given, else one in Docker, else one of our own; the first that answers serves.

Tests and lessons create and drop databases under the notes' own names, so they never run on a server that someone
uses: for them the given rung counts only when `WORKBOOK_MYSQL=given` says that the server is there for that.
"""

import os
from contextlib import suppress
from pathlib import Path

from workbook.mysql import docker, given, local
from workbook.mysql.mysqld import Use
from workbook.mysql.probe import Unanswered, probe
from workbook.mysql.server import Server, Unavailable
from workbook.say import Problem, _, say

RUNGS = ("given", "docker", "local")


def climb(project: Path, *, use: Use) -> Server:
    """Find a MySQL or bring one up.

    Args:
        project: the application's folder: its `.env` may name a server, its compose file describes the Docker one.
        use: `test` for a throwaway server, `bound` for one that ends with this process, `detached` for one that stays.

    Returns:
        a server that answers. Its `stop` ends what was started, and nothing else.

    Raises:
        Problem: the server that was named answers wrongly, or no rung holds: then it lists what was tried and why each
            failed.
    """
    failures = ""
    for rung in _rungs(use):
        try:
            if server := _try(rung, project, use):
                return server
            reason = _("neither the environment nor {file} names a server (MYSQL_HOST, …)", file=project / ".env")
        except Unavailable as unavailable:
            reason = str(unavailable)
        except Unanswered as unanswered:
            reason = unanswered.what
            say(f"  {reason} " + _("Going on without it."))
        failures += f"\n  {rung}: {reason}"
    raise Problem(
        _("No MySQL could be found or brought up on this machine."),
        why=_("What was tried, and why it failed:") + failures,
        ways=(
            _(
                "Name a server that runs: MYSQL_HOST=… MYSQL_PORT=… MYSQL_USER=… MYSQL_PASSWORD=…, in .env "
                "or in front of the command. For the tests also WORKBOOK_MYSQL=given: they create and drop "
                "databases there."
            ),
            _("Or start Docker, and run the command again."),
            _("Or install MySQL's server (not MariaDB), so that `mysqld` is on PATH."),
        ),
    )


def running(project: Path, *, strict: bool = False) -> Server | None:
    """The server that `climb` would use, if it runs; nothing is started, and `Server.how` says where it was found.

    It is one that the environment or the project's `.env` names, else one that the workbook started; never another's.

    Args:
        project: the application's folder.
        strict: a server that is named binds, whatever `WORKBOOK_MYSQL` says, and is an error when it is silent: a
            project that reads its `.env` would not find the workbook's own, which else takes its place.

    Raises:
        Unanswered: it is silent, if `strict`.
        Problem: the server that was named answers wrongly.
    """
    rungs = _rungs("detached")
    if strict or "given" in rungs:
        try:
            if server := given.find(os.environ, project / ".env"):
                return server
        except Unanswered:
            if strict:
                raise
    return ("local" in rungs and local.found()) or ("docker" in rungs and docker.found(project)) or None


def unnamed() -> Server | None:
    """What answers at the notes' own address, though nothing names it: for looking at, for running nothing on.

    Raises:
        Problem: what answers there is no MySQL that lets the notes' account in.
    """
    host, port, user, password = given.DEFAULTS.values()
    with suppress(Unanswered):
        version = probe(host, int(port), user, password)
        return Server(host, int(port), user, password, version, _("which neither the environment nor .env names"))
    return None


def _rungs(use: Use) -> tuple[str, ...]:
    """The rungs to try, in order; `WORKBOOK_MYSQL` names a single one."""
    chosen = os.environ.get("WORKBOOK_MYSQL", "")
    if chosen and chosen not in RUNGS:
        raise Problem(
            _("WORKBOOK_MYSQL is {chosen!r}, which is none of {rungs}.", chosen=chosen, rungs=", ".join(RUNGS)),
            ways=(_("Name one of them, or unset it to try all three."),),
            code=2,
        )
    if chosen:
        return (chosen,)
    return RUNGS[1:] if use == "test" else RUNGS


def _try(rung: str, project: Path, use: Use) -> Server | None:
    if rung == "given":
        return given.find(os.environ, project / ".env")
    if rung == "local":
        return local.start(use=use)
    # One of ours that runs is used as it is: Docker may have been installed since.
    if use != "test" and not os.environ.get("WORKBOOK_MYSQL") and (server := local.found()):
        return server
    try:
        return docker.start(project, throwaway=use == "test")
    except Problem as problem:
        problem.ways += (_("Or do without Docker: put WORKBOOK_MYSQL=local in front of the command."),)
        raise
