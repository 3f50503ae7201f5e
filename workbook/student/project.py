"""The student's project: how it is found, and what may become one."""

from pathlib import Path

from workbook.language import text
from workbook.place import CLONE
from workbook.problem import Problem
from workbook.student import progress_file


def find(start: Path) -> Path | None:
    """The project that a directory lies in: the directory or a parent with a progress file."""
    start = start.absolute()
    return next((each for each in (start, *start.parents) if (each / progress_file.NAME).is_file()), None)


def require(directory: Path | None) -> Path:
    """The project in a directory that was named, else the one we stand in.

    Raises:
        Problem: there is none.
    """
    place = directory if directory is not None else Path.cwd()
    found = find(place)
    if found is None:
        raise Problem(
            text(f"{place} is not a project of the workbook.", f"{place}은(는) 워크북 프로젝트가 아니에요."),
            why=text(
                f"A project is a folder that `workbook start` made; it holds the file {progress_file.NAME}.",
                f"프로젝트는 `workbook start`가 만든 폴더예요. 그 안에 {progress_file.NAME} 파일이 있어요.",
            ),
            ways=(
                text("Go into your project, then run the command again.", "프로젝트 폴더로 가서 다시 실행하세요."),
                text("Or name it: --project DIR.", "또는 --project DIR로 알려 주세요."),
                text(
                    "If you have none yet: workbook start ch32 ~/when2meet",
                    "아직 없다면: workbook start ch32 ~/when2meet",
                ),
            ),
            code=2,
        )
    return found


def room_for(directory: Path) -> Path:
    """A directory in which a new project may be laid out: outside the clone, and empty or not there yet.

    Raises:
        Problem: it lies in the workbook, it is a file, or it holds something.
    """
    target = directory.expanduser().absolute()
    ways = (
        text(
            "Name another one: workbook start ch32 ~/when2meet", "다른 곳을 정하세요: workbook start ch32 ~/when2meet"
        ),
    )
    if target.resolve().is_relative_to(CLONE):
        raise Problem(
            text(f"{target} lies in the workbook itself.", f"{target}은(는) 워크북 안에 있어요."),
            why=text(
                "Your project is a git repository of its own, and one repository must not lie in another.",
                "프로젝트는 독립된 git 저장소예요. 저장소 안에 저장소를 두면 안 돼요.",
            ),
            ways=ways,
            code=2,
        )
    if target.exists() and not target.is_dir():
        raise Problem(text(f"{target} is a file.", f"{target}은(는) 파일이에요."), ways=ways, code=2)
    if target.is_dir() and any(target.iterdir()):
        raise Problem(
            text(
                f"{target} holds files that the workbook did not put there, so it is left alone.",
                f"{target}에 워크북이 만들지 않은 파일이 있어서 건드리지 않아요.",
            ),
            ways=ways,
            code=2,
        )
    return target
