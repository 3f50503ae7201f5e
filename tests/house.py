"""The house in one picture, drawn from the imports: `python -m tests.house` writes `docs/house.svg`.

The floors are those of the contract in pyproject.toml. An arrow is an import, left out where a longer way leads there.
"""

import ast
import tomllib
from collections import defaultdict
from html import escape

import grimp

from tests.pictures import svg
from workbook.place import CLONE

PICTURE = CLONE / "docs" / "house.svg"
WIDTH, BOX, HEIGHT, FLOOR = 960, 196, 58, 96


def floors() -> list[list[str]]:
    """The rooms of each floor, highest first, as the contract names them."""
    [contract] = tomllib.loads((CLONE / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    return [[room.strip().removeprefix("workbook.") for room in layer.split("|")] for layer in contract["layers"]]


def imports() -> dict[str, set[str]]:
    """The rooms that each room imports, but for those which it reaches through another as well."""
    graph, direct = grimp.build_graph("workbook", cache_dir=None), defaultdict[str, set[str]](set)
    level = {room: number for number, floor in enumerate(floors()) for room in floor}
    for module in graph.modules - {"workbook"}:
        for imported in graph.find_modules_directly_imported_by(module) - {"workbook"}:
            room, other = module.split(".")[1], imported.split(".")[1]
            if level.get(room, 0) < level.get(other, 0):
                direct[room].add(other)

    def below(room: str) -> set[str]:
        return {each for near in direct[room] for each in {near} | below(near)}

    return {a: {b for b in near if not any(b in below(c) for c in near)} for a, near in [*direct.items()]}


def sizes(room: str) -> tuple[int, int, str]:
    """A room's lines and files of Python, and what its docstring says it is, to the first comma or full stop."""
    path = CLONE / "workbook" / room
    files = sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]
    said = ast.get_docstring(ast.parse(files[0].read_text(encoding="utf-8"))) or ""
    first = said.split("\n")[0].split(":")[0].split(",")[0].rstrip(".")
    return sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files), len(files), first


def draw() -> str:
    """The picture as SVG, which follows dark and light."""
    rows, places, body = floors(), {}, []
    for number, floor in enumerate(rows):
        for place, room in enumerate(floor):
            apart = WIDTH / max(len(floor), 4)
            places[room] = WIDTH / 2 + (place - (len(floor) - 1) / 2) * apart, 10 + number * FLOOR, min(BOX, apart - 8)
    for room, near in sorted(imports().items()):
        for other in sorted(near & places.keys()) if room in places else ():
            (x, top, _), (to, below, _) = places[room], places[other]
            y, bend = top + HEIGHT, (below - top) / 2
            curve = f"M{x:.0f} {y} C{x:.0f} {y + bend:.0f} {to:.0f} {below - bend:.0f} {to:.0f} {below - 6}"
            body.append(f'<path marker-end="url(#a)" d="{curve}"/>')
    for room, (x, y, box) in places.items():
        lines, files, said = sizes(room)
        body.append(f'<rect x="{x - box / 2:.0f}" y="{y}" width="{box:.0f}" height="{HEIGHT}"/>')
        short = said if len(said) <= 33 else f"{said[:32]}…"
        size = f"{lines:,} lines, {files} file{'s' * (files > 1)}"
        for line, (kind, words) in enumerate((("name", room), ("small", short), ("small", size))):
            body.append(f'<text class="{kind} middle" x="{x:.0f}" y="{y + 19 + 16 * line}">{escape(words)}</text>')
    title = "The rooms of the machine, the lowest floor at the bottom; every arrow leads down."
    return svg(title, title, WIDTH, len(rows) * FLOOR, "\n".join(body))


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
