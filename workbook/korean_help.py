"""The helps in Korean, of verbs and of their options: typer takes them before the language is known.

Students' verbs and starters' are here. Those of authors (build, run, refresh, translation and the like) speak English
alone, and so do typer's own words: Usage, Options, Commands, and what `--help` says of itself.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import get_args

from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from workbook.language import Language, choose, language

HELPS = {
    "": "FastAPI, Tortoise ORM, MySQL 백엔드를 테스트부터 만드는 워크북이에요.",
    "up": "진짜 MySQL 위에서 애플리케이션을 실행해요. Ctrl-C로 모두 멈춰요.",
    "ci": "push하기 전에 워크플로의 job을 여기서 실행해요.",
    "db": "워크북이 찾거나 띄운 MySQL이에요.",
    "db up": "MySQL을 찾거나 띄우고, 접속하는 방법을 출력해요.",
    "db down": "워크북이 띄운 MySQL을 멈춰요. 데이터는 그대로 남아요.",
    "db status": "어느 MySQL이 응답하는지, 어떤 데이터베이스가 있는지 알려 줘요.",
    "db shell": "애플리케이션의 데이터베이스에서 mysql 클라이언트를 열어요.",
    "start": "챕터를 시작해요. 프로젝트를 만들거나 그 챕터로 옮겨요. 한 일은 그대로 남아요.",
    "check": "이 챕터에서 아직 부족한 것을 문장으로 알려 줘요. 부족하면 종료 코드가 1이에요.",
    "hint": "힌트 세 개 중 다음 것을 줘요. 실마리, 찾아볼 곳, 거의 정답.",
    "diff": "챕터의 코드와 비교해요. `-`는 챕터의 코드, `+`는 내 코드예요.",
    "solution": "챕터의 정답을 보여 줘요. 두 번 물어야 나와요.",
    "explain": "에러를 설명하는 클리닉 페이지를 찾아요. 원인과 해결 방법이 있어요.",
    "doctor": "컴퓨터와 프로젝트를 진찰하고, 고치는 명령을 알려 줘요.",
    "new": "템플릿으로 나만의 프로젝트를 만들어요.",
}
"""The verbs, each as it is typed; the empty one is the command itself."""

_APPLICATION = "애플리케이션 폴더예요. 그 안의 .env로 서버를 정할 수 있어요."
_MINE = "내 프로젝트예요. 없으면 지금 있는 폴더의 프로젝트예요."

OPTIONS = {
    "": {"lang": "en 또는 ko. 없으면 로캘을 따라요."},
    "up": {"port": "API가 쓸 127.0.0.1의 포트예요.", "project": _APPLICATION},
    "ci": {
        "workflow": "워크플로 파일이에요.",
        "job": "그중 job 하나예요. 없으면 전부 실행해요.",
        "project": "프로젝트 폴더예요.",
    },
    "db up": {"project": _APPLICATION},
    "db down": {"project": _APPLICATION},
    "db status": {"project": _APPLICATION},
    "db shell": {"project": _APPLICATION},
    "start": {
        "chapter": "챕터의 id예요. 예: ch35. 없으면 다음 챕터예요.",
        "directory": "내 프로젝트, 또는 새로 만들 폴더예요.",
        "fresh": "내 코드로 이어 갈 수 있어도 태그에서 새로 시작해요.",
    },
    "check": {"project": _MINE},
    "hint": {"name": "체크의 이름이에요. 없으면 아직 부족한 첫 번째 체크예요.", "project": _MINE},
    "diff": {"path": "프로젝트의 파일이나 폴더예요.", "project": _MINE},
    "solution": {"path": "통째로 볼 파일이에요.", "project": _MINE},
    "explain": {
        "file": "에러가 담긴 파일이에요. 붙여 넣으려면 -. 없으면 파이프로 들어온 것, 또는 마지막 체크의 에러예요."
    },
    "doctor": {"project": "프로젝트예요. 없으면 지금 있는 폴더예요."},
    "new": {
        "name": "프로젝트의 이름이에요. 예: my-app.",
        "directory": "만들 곳이에요. 없으면 여기에 그 이름의 폴더를 만들어요.",
        "server": "응답하는 MySQL에 이 프로젝트의 데이터베이스와 계정을 만들어요.",
    },
}
"""Their options and arguments, by the name that the function gives them."""


def speak(command: object, arguments: Sequence[str]) -> None:
    """Put the Korean helps in place, when Korean is what `--lang` or the locale asks for.

    Args:
        command: all of `workbook`, as typer's `get_command` makes it.
        arguments: what was typed; `--lang` is read here, because `--help` answers before typer reads it.
    """
    for known in get_args(Language):
        if f"--lang={known}" in arguments or ("--lang", known) in pairwise(arguments):
            choose(known)
    if language() == "ko":
        _translate(command, "")


def _translate(command: object, verb: str) -> None:
    """Put the helps in place of one verb, and of those below it."""
    if isinstance(command, TyperGroup | TyperCommand):
        command.help = HELPS.get(verb, command.help)
        for parameter in command.params:
            if isinstance(parameter, TyperOption | TyperArgument) and parameter.name:
                parameter.help = OPTIONS.get(verb, {}).get(parameter.name, parameter.help)
    if isinstance(command, TyperGroup):
        for name, below in command.commands.items():
            _translate(below, f"{verb} {name}".strip())
