"""The ladder: a MySQL that was given, else one in Docker, else one of our own; the first that answers serves.

Tests and lessons create and drop databases under the notes' own names, so they never run on a server that someone
uses: for them the given rung counts only when `WORKBOOK_MYSQL=given` says that the server is there for that.
"""

import os
from pathlib import Path

from workbook.mysql import docker, given, local
from workbook.mysql.probe import Unanswered
from workbook.mysql.server import Server, Unavailable
from workbook.say import Problem, _, say

RUNGS = ("given", "docker", "local")


def climb(project: Path, *, use: str) -> Server:
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
    failures: list[tuple[str, str]] = []
    for rung in _rungs(use):
        try:
            server = _try(rung, project, use)
        except (Unavailable, Unanswered) as reason:
            failures.append((rung, reason.what if isinstance(reason, Problem) else str(reason)))
            if rung == "given":
                say(f"  {failures[-1][1]} " + _("Going on without it."))
        else:
            if server:
                return server
            file = project / ".env"
            unnamed = _("neither the environment nor {file} names a server (MYSQL_HOST, …)", file=file)
            failures.append((rung, unnamed))
    raise _nothing_worked(failures)


def _rungs(use: str) -> tuple[str, ...]:
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


def _try(rung: str, project: Path, use: str) -> Server | None:
    match rung:
        case "given":
            return given.find(os.environ, project / ".env")
        case "docker":
            try:
                return docker.start(project, throwaway=use == "test", say=say)
            except Problem as problem:
                without = _("Or do without Docker: put WORKBOOK_MYSQL=local in front of the command.")
                raise Problem(problem.what, why=problem.why, ways=(*problem.ways, without)) from problem
        case _:
            return local.start(use=use)


def _nothing_worked(failures: list[tuple[str, str]]) -> Problem:
    tried = "\n".join(f"  {rung}: {reason}" for rung, reason in failures)
    return Problem(
        _("No MySQL could be found or brought up on this machine."),
        why=_("What was tried, and why it failed:") + f"\n{tried}",
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
