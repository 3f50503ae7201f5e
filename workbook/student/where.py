"""Bare `workbook`: where you are, and the next command."""

from pathlib import Path

from workbook.language import text
from workbook.lesson.errors import shown
from workbook.student import outline, progress_file
from workbook.student.headings import titles


def outside() -> str:
    """What to do first, for somebody who has no project yet or stands somewhere else."""
    lines = [
        text("You are not in a project of the workbook.", "지금 있는 곳은 워크북 프로젝트가 아니에요."),
        "",
        text(
            "Begin the course:       workbook start ch32 ~/when2meet",
            "과정을 시작하려면:      workbook start ch32 ~/when2meet",
        ),
        text(
            "Or begin in the middle: workbook start ch35 ~/when2meet",
            "중간부터 시작하려면:    workbook start ch35 ~/when2meet",
        ),
        text("All commands:           workbook --help", "모든 명령:              workbook --help"),
    ]
    return "\n".join(lines)


def inside(root: Path) -> str:
    """The chapters, each done, current or ahead, and the next command."""
    progress = progress_file.read(root)
    known = outline.chapters()
    ids = [each.id for each in known]
    current = progress.current if progress.current in ids else ids[0]
    lines = [str(root), ""]
    for each in known:
        here = ">" if each.id == current else " "
        state = text("done ", "완료") if each.id in progress.done else text("now  ", "지금") if here == ">" else "     "
        lines.append(f"{here} {each.id}  {state}  {each.title}")
    lines += ["", *_next(progress, known[ids.index(current)], ids)]
    return "\n".join(lines)


def read_this(chapter: outline.Chapter) -> str:
    """The sentence that says what to read; the path stands alone, to be copied."""
    korean = dict(zip(titles(chapter.id), titles(chapter.id, korean=True), strict=True))
    start = korean.get("Start", "Start")
    return text(
        f"Read, from the heading 'Start':\n  {shown(chapter.lesson)}",
        f"'{start}' 제목부터 읽으세요:\n  {shown(chapter.lesson)}",
    )


def _next(progress: progress_file.Progress, chapter: outline.Chapter, ids: list[str]) -> list[str]:
    if chapter.id not in progress.done:
        lines = [
            text(f"Goal: {chapter.goal}", f"목표: {chapter.goal}"),
            read_this(chapter),
            text("When you are done: workbook check", "다 했으면: workbook check"),
        ]
        if progress.missing.get(chapter.id):
            lines.append(text("Stuck? workbook hint", "막혔나요? workbook hint"))
        return lines
    after = ids.index(chapter.id) + 1
    if after == len(ids):
        return [text("You have finished every chapter.", "모든 챕터를 마쳤어요.")]
    return [text(f"Next: workbook start {ids[after]}", f"다음: workbook start {ids[after]}")]
