"""What `workbook ci` says around the steps, in lines of 80 columns."""

from pathlib import Path

from rich.console import Console
from rich.text import Text

from workbook.ci.commit import Commit
from workbook.ci.server import Mysql
from workbook.ci.service import MYSQL_PORT, Service
from workbook.language import text

WIDTH = 80
MOST_PATHS = 5
"""How many of the files that are not committed are named."""


def say(sentence: str, indent: int = 0) -> None:
    """Print a sentence at once, so that it stands before what takes its time. Nothing is printed for none.

    Args:
        indent: so many columns are left free on the left.
    """
    # Rich knows that a Korean letter is two columns wide.
    for line in Text(sentence).wrap(Console(width=WIDTH), WIDTH - indent) if sentence else ():
        print(" " * indent + line.plain.rstrip(), flush=True)


def say_what_is_left_out(state: Commit, workflow: Path) -> None:
    """Name what the person has on the disk and GitHub would not see."""
    try:
        mine = str(workflow.resolve().relative_to(state.repository.resolve()))
    except ValueError:
        mine = ""
    others = [path for path in state.left_out if path != mine and not (path.endswith("/") and mine.startswith(path))]
    if len(others) < len(state.left_out):
        say(
            text(
                f"{mine} is not committed; it is taken as it is on the disk.",
                f"{mine}은 아직 커밋하지 않았어요. 디스크에 있는 그대로 실행해요.",
            )
        )
    if others:
        named, more = ", ".join(others[:MOST_PATHS]), len(others) - MOST_PATHS
        say(
            text(
                f"Left out, because not committed: {named}{f' and {more} more' if more > 0 else ''}.",
                f"커밋하지 않아서 빠진 파일: {named}{f' 외 {more}개' if more > 0 else ''}.",
            )
        )


def say_mysql(mysql: Mysql, service: Service | None) -> None:
    """Say which MySQL plays which, and what of it would go wrong on GitHub."""
    if service:
        say(
            text(
                f"MySQL {mysql.version} of this machine plays the service {service.name} ({service.image}).",
                f"이 컴퓨터의 MySQL {mysql.version}이 서비스 {service.name}({service.image}) 역할을 해요.",
            )
        )
        if not service.health:
            say(
                text(
                    f"{service.name} has no --health-cmd: on GitHub the steps may start before it answers.",
                    f"{service.name}에 --health-cmd가 없어서, GitHub에서는 준비되기 전에 스텝이 시작될 수 있어요.",
                )
            )
        if not service.ports:
            say(
                text(
                    f"{service.name} publishes no port such as {MYSQL_PORT}:{MYSQL_PORT}, so no step can reach it.",
                    f"{service.name}이 {MYSQL_PORT}:{MYSQL_PORT} 같은 포트를 열지 않아서 어떤 스텝도 접속할 수 없어요.",
                )
            )
    elif mysql.bell:
        say(
            text(
                f"MySQL {mysql.version} of this machine plays the one that GitHub's have installed, off until started.",
                f"이 컴퓨터의 MySQL {mysql.version}이 GitHub에 미리 설치된 MySQL 역할을 해요. 처음에는 꺼져 있어요.",
            )
        )
