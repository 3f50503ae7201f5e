"""The verbs' one-line helps in Korean: typer takes them when a function is declared, before the language is known."""

import sys

import typer

from workbook.language import choose, text

HELPS = {
    "up": "진짜 MySQL 위에서 애플리케이션을 실행해요. Ctrl-C로 모두 멈춰요.",
    "ci": "push하기 전에 워크플로의 job을 여기서 실행해요.",
    "db": "워크북이 찾거나 띄운 MySQL이에요.",
    "start": "챕터를 시작해요. 프로젝트를 만들거나 그 챕터로 옮겨요. 한 일은 그대로 남아요.",
    "check": "이 챕터에서 아직 부족한 것을 문장으로 알려 줘요. 부족하면 종료 코드가 1이에요.",
    "hint": "힌트 세 개 중 다음 것을 줘요. 실마리, 찾아볼 곳, 거의 정답.",
    "diff": "챕터의 코드와 비교해요. `-`는 챕터의 코드, `+`는 내 코드예요.",
    "solution": "챕터의 정답을 보여 줘요. 두 번 물어야 나와요.",
    "explain": "에러를 설명하는 클리닉 페이지를 찾아요. 원인과 해결 방법이 있어요.",
    "doctor": "컴퓨터와 프로젝트를 진찰하고, 고치는 명령을 알려 줘요.",
    "new": "템플릿으로 나만의 프로젝트를 만들어요.",
}
"""The verbs of students and starters; those of authors speak English."""


def translate(app: typer.Typer) -> None:
    """Put the Korean helps in place, when Korean is what `--lang` or the locale asks for."""
    if "--lang=ko" in sys.argv or ("--lang", "ko") in zip(sys.argv, sys.argv[1:], strict=False):
        choose("ko")
    for group in (
        app,
        *(each.typer_instance for each in app.registered_groups if each.typer_instance and not each.name),
    ):
        for command in group.registered_commands:
            name = command.name or (command.callback.__name__ if command.callback else "")
            command.help = text(command.help or "", HELPS.get(name, "")) or None
    for each in app.registered_groups:
        if each.name in HELPS:
            each.help = text("", HELPS[each.name]) or each.help
