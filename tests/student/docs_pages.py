"""What the site's own pages show of `workbook`, run again on a terminal and a real MySQL, in each page's language.

    python -m tests.student.docs_pages        rewrites the outputs that are no longer as shown

Of a page's console blocks those are run under which `workbook` prints something, in their order, in one home.
"""

import re
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.student import terminal
from tests.student.test_old_ways import TEST
from workbook.lesson.blocks import read_blocks
from workbook.lesson.markdown import Edit, rewrite
from workbook.lesson.model import Session
from workbook.mysql import ladder
from workbook.place import CLONE, TEMPLATE
from workbook.replay.compare import agrees, first_line
from workbook.replay.ground import HOME, Settings, prepare
from workbook.replay.replay import merged
from workbook.student import start

_SPEAKS = re.compile(r"(?:.*\| )?workbook\b")


class Scene(NamedTuple):
    """A block by its first line, the folder in the home where it is typed, and what bash does in the home before."""

    typed: str
    where: str = "when2meet"
    before: str = ""


POETRY = """
[tool.poetry.dependencies]
python = "^3.11"
fastapi = "0.115.6"
tortoise-orm = "0.23.0"
aerich = "0.8.1"

[tool.poetry.group.dev.dependencies]
pytest = "8.3.4"
"""
EMPTY = "find when2meet -mindepth 1 -delete"
OLD = f"""
mkdir my-course && git -C when2meet archive ch36 | tar -x -C my-course
cd my-course && git init -q && rm -r conftest.py app/tests/*
cat > pyproject.toml <<'END'{POETRY}END
cat > app/tests/test_meeting_router.py <<'END'{TEST}END
"""
CONTENT = f"""
{EMPTY} && workbook start ch35 ~/when2meet && cd when2meet && git checkout -q ch35 -- . && uv lock
workbook db up --project . && uv run aerich upgrade
sed -i.bak -e '/url_code/d' -e '/MeetingModel/d' app/tests/apis/v1/test_meeting_router_mysql.py
"""
"""A test of chapter 35 that is content with the answer's status."""

SCENES = {
    "how-to-work.md": [
        Scene("workbook start ch32 ~/when2meet", ""),
        Scene("workbook start ch36 ~/when2meet", "", EMPTY),
        Scene("cd ~/my-course", "", OLD),
        Scene("workbook check", before=f"{EMPTY} && workbook start ch32 ~/when2meet"),
        Scene("workbook check", before=CONTENT),
        Scene('echo "Segmentation fault in libfoo" | workbook explain'),
        Scene("workbook doctor", before="cd when2meet && sed -i.bak s/when2meet_vod/when2meet_dev/ .env"),
        Scene("workbook hint", before="mv when2meet/.env.bak when2meet/.env"),
        Scene("workbook diff app/main.py", before="cd when2meet && workbook start ch36 --fresh"),
        Scene("workbook solution"),
        Scene("workbook start ch34", before="echo >> when2meet/app/main.py"),
    ],
    "your-own-project.md": [Scene("workbook new my-app --no-server", "")],
}


def showing() -> list[Path]:
    """The pages of docs that show what `workbook` prints, but those that a machine writes."""
    shown = re.compile(r"^\$ (?:.*\| )?workbook\b.*\n(?!\$ |```)", re.MULTILINE)
    recorded = CLONE / "docs/a-students-screen.md"
    pages = [page for page in sorted(recorded.parent.rglob("*.md")) if page.name != recorded.name]
    return [page for page in pages if shown.search(page.read_text(encoding="utf-8"))]


def language_of(page: Path) -> str:
    """The language that a page of docs is written in."""
    return "ko" if page.is_relative_to(CLONE / "docs/ko") else "en"


def play(page: Path, language: str) -> None:
    """Run a page's blocks and rewrite, in its file, the outputs that are not as shown.

    Raises AssertionError: its blocks are not those of its scenes. CalledProcessError: what comes before one fails.
    """
    read = read_blocks(page, page.read_text(encoding="utf-8"), {})
    blocks = [block for block in read if isinstance(block, Session) and _shows(block)]
    scenes, edits = SCENES[page.name], list[Edit]()
    assert [first_line(block.exchanges[0]) for block in blocks] == [scene.typed for scene in scenes]
    start.history()  # so that no screen shows that it is built
    with ladder.climb(TEMPLATE, use="test") as server, tempfile.TemporaryDirectory(prefix="workbook-docs-") as root:
        ground = prepare(Path(root), Settings(server=server, own_server=True))
        env = ground.environment() | {"WORKBOOK_LANG": language}
        for block, scene in zip(blocks, scenes, strict=True):
            subprocess.run(["bash", "-ec", scene.before], cwd=ground.home, env=env, check=True)
            where = ground.home / scene.where
            for exchange in block.exchanges:
                where = ground.home / exchange.typed[5:] if exchange.typed.startswith("cd ~/") else where
                printed = terminal.run(exchange.typed, where, env)[1]
                actual = [ground.to_show(line).replace(str(CLONE), "~/workbook").replace(HOME, "~") for line in printed]
                if not agrees(exchange.output, actual):
                    lines = tuple(merged(exchange.output, actual))
                    edits.append(Edit(exchange.output_line, len(exchange.output), lines))
    rewrite(page, edits)


def _shows(block: Session) -> bool:
    return any(_SPEAKS.match(exchange.typed) and exchange.output for exchange in block.exchanges)


def main() -> None:
    """Rewrite the pages."""
    for page in showing():
        play(page, language_of(page))


if __name__ == "__main__":
    main()
