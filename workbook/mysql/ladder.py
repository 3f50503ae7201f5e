"""The ladder: a MySQL that was given, else one in Docker, else one of our own; the first that answers serves.

Tests and lessons create and drop databases under the notes' own names, so they never run on a server that someone
uses: for them the given rung counts only when `WORKBOOK_MYSQL=given` says that the server is there for that.
"""

import os
from pathlib import Path

from workbook.language import text
from workbook.mysql import docker, given, local
from workbook.mysql.probe import Unanswered
from workbook.mysql.server import Server, Unavailable
from workbook.problem import Problem
from workbook.progress import say

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
                say(f"  {failures[-1][1]} " + text("Going on without it.", "그 서버 없이 계속할게요."))
        else:
            if server:
                return server
            file = project / ".env"
            unnamed = text(
                f"neither the environment nor {file} names a server (MYSQL_HOST, …)",
                f"환경 변수에도 {file}에도 서버 주소(MYSQL_HOST, …)가 없어요",
            )
            failures.append((rung, unnamed))
    raise _nothing_worked(failures)


def _rungs(use: str) -> tuple[str, ...]:
    """The rungs to try, in order; `WORKBOOK_MYSQL` names a single one."""
    chosen = os.environ.get("WORKBOOK_MYSQL", "")
    if chosen and chosen not in RUNGS:
        raise Problem(
            text(
                f"WORKBOOK_MYSQL is {chosen!r}, which is none of {', '.join(RUNGS)}.",
                f"WORKBOOK_MYSQL의 값 {chosen!r}은(는) 쓸 수 없어요. 쓸 수 있는 값: {', '.join(RUNGS)}.",
            ),
            ways=(
                text(
                    "Name one of them, or unset it to try all three.",
                    "그중 하나를 쓰거나, 변수를 지워서 셋 다 시도하게 하세요.",
                ),
            ),
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
                without = text(
                    "Or do without Docker: put WORKBOOK_MYSQL=local in front of the command.",
                    "또는 Docker 없이 하세요. 명령 앞에 WORKBOOK_MYSQL=local을 붙이면 돼요.",
                )
                raise Problem(problem.what, why=problem.why, ways=(*problem.ways, without)) from problem
        case _:
            return local.start(use=use)


def _nothing_worked(failures: list[tuple[str, str]]) -> Problem:
    tried = "\n".join(f"  {rung}: {reason}" for rung, reason in failures)
    return Problem(
        text("No MySQL could be found or brought up on this machine.", "이 컴퓨터에서 MySQL을 찾거나 띄우지 못했어요."),
        why=text("What was tried, and why it failed:", "시도한 것과 실패한 이유:") + f"\n{tried}",
        ways=(
            text(
                "Name a server that runs: MYSQL_HOST=… MYSQL_PORT=… MYSQL_USER=… MYSQL_PASSWORD=…, in .env or in front "
                "of the command. For the tests also WORKBOOK_MYSQL=given: they create and drop databases there.",
                "실행 중인 서버를 알려 주세요. MYSQL_HOST=… MYSQL_PORT=… MYSQL_USER=… MYSQL_PASSWORD=…를 .env에 쓰거나 "
                "명령 앞에 붙여요. 테스트에는 WORKBOOK_MYSQL=given도 필요해요. 테스트는 그 서버에 데이터베이스를 "
                "만들고 지워요.",
            ),
            text("Or start Docker, and run the command again.", "또는 Docker를 켜고 다시 실행하세요."),
            text(
                "Or install MySQL's server (not MariaDB), so that `mysqld` is on PATH.",
                "또는 MySQL 서버(MariaDB 말고)를 설치해서 PATH에 `mysqld`가 있게 하세요.",
            ),
        ),
    )
