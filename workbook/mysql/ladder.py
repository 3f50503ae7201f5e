"""The ladder: a MySQL that was given, else one in Docker, else one of our own; the first that answers serves.

Tests and lessons create and drop databases under the notes' own names, so they never run on a server that someone
uses: for them the given rung counts only when `WORKBOOK_MYSQL=given` says that the server is there for that.
"""

import os
from contextlib import suppress
from pathlib import Path

from dotenv import dotenv_values

from workbook.mysql import docker, local
from workbook.mysql.local import Use
from workbook.mysql.server import Server, Unanswered, Unavailable, probe
from workbook.say import Problem, _, say

RUNGS = ("given", "docker", "local")
DEFAULTS = {"MYSQL_HOST": "localhost", "MYSQL_PORT": "3306", "MYSQL_USER": "root", "MYSQL_PASSWORD": "1234"}
"""The values of the notes, for what is not given."""
DEFAULT_DATABASE = "when2meet_vod"
"""The notes' name for the database; `MYSQL_DB` in the environment or in `.env` names another."""


def climb(project: Path, *, use: Use) -> Server:
    """Find a MySQL or bring one up; the server's `stop` ends what was started, and nothing else.

    Args:
        project: the application's folder: its `.env` may name a server, its compose file describes the Docker one.
        use: `test` for a throwaway server, `bound` for one that ends with this process, `detached` for one that stays.

    Raises Problem: the server that was named answers wrongly, or no rung holds; it says what was tried, and why not.
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

    With `strict` a server that is named binds, whatever `WORKBOOK_MYSQL` says, and is Unanswered when it is silent: a
    project that reads its `.env` would not find the workbook's own, which else takes its place.

    Raises Problem: the server that was named answers wrongly.
    """
    rungs = _rungs("detached")
    if strict or "given" in rungs:
        try:
            if server := given(project):
                return server
        except Unanswered:
            if strict:
                raise
    return ("local" in rungs and local.found()) or ("docker" in rungs and docker.found(project)) or None


def unnamed() -> Server | None:
    """What answers at the notes' own address, though nothing names it: to look at. A Problem: it lets us not in."""
    with suppress(Unanswered):
        return _login(DEFAULTS, _("which neither the environment nor .env names"))
    return None


def settings(project: Path) -> dict[str, str]:
    """What the project's `.env` sets, as written: `$` stays `$`. A Problem when it cannot be read."""
    file = project / ".env"
    try:
        return {name: value for name, value in dotenv_values(file, interpolate=False).items() if value is not None}
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else _("it is not UTF-8 text")
        raise Problem(_("{env_file} cannot be read: {reason}.", env_file=file, reason=reason)) from error


def database_name(project: Path, otherwise: str = DEFAULT_DATABASE) -> str:
    """The application's database: `MYSQL_DB` of the environment, else of `.env`, else the notes' name or another."""
    return os.environ.get("MYSQL_DB") or settings(project).get("MYSQL_DB") or otherwise


def given(project: Path) -> Server | None:
    """The server that the `MYSQL_*` values name, the environment's before those of `.env`; None when there are none.

    Raises Unanswered: nothing answers there. Problem: a value cannot be used, or no MySQL lets this account in.
    """
    sources = {".env": settings(project), _("the environment"): os.environ}
    values, by = dict(DEFAULTS), dict[str, str]()
    for source, found in sources.items():
        for name in DEFAULTS:
            # CI systems set a variable that they have no value for to nothing; only a password can be that.
            if found.get(name) or (name in found and name == "MYSQL_PASSWORD"):
                values[name], by[name] = found[name], source
    if not by:
        return None
    port = values["MYSQL_PORT"]
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        what = _("MYSQL_PORT is not a port number: {written!r} ({place}).", written=port, place=by["MYSQL_PORT"])
        raise Problem(what, ways=(_("Give a number from 1 to 65535; MySQL's usual one is 3306."),), code=2)
    named = {source: ", ".join(name for name in DEFAULTS if by.get(name) == source) for source in sources}
    how = _("given by {listed}", listed=", ".join(f"{source} ({names})" for source, names in named.items() if names))
    try:
        return _login(values, how)
    except Problem as problem:
        problem.why = " ".join(filter(None, (problem.why, _("The address is {how}.", how=how))))
        problem.ways += (_("Or take these values away: `make up` then finds another MySQL, or brings one up."),)
        raise


def _login(values: dict[str, str], how: str) -> Server:
    host, port, user, password = values.values()
    return Server(host, int(port), user, password, probe(host, int(port), user, password), how)


def _rungs(use: Use) -> tuple[str, ...]:
    """The rungs to try, in order; `WORKBOOK_MYSQL` names a single one."""
    chosen = os.environ.get("WORKBOOK_MYSQL", "")
    if chosen and chosen not in RUNGS:
        what = _("WORKBOOK_MYSQL is {chosen!r}, which is none of {rungs}.", chosen=chosen, rungs=", ".join(RUNGS))
        raise Problem(what, ways=(_("Name one of them, or unset it to try all three."),), code=2)
    return (chosen,) if chosen else RUNGS[1:] if use == "test" else RUNGS


def _try(rung: str, project: Path, use: Use) -> Server | None:
    if rung == "given":
        return given(project)
    if rung == "local":
        return local.start(use=use)
    # One of ours that runs is used as it is: Docker may have been installed since.
    ours = None if use == "test" or os.environ.get("WORKBOOK_MYSQL") else local.found()
    return ours or docker.start(project, throwaway=use == "test")
