"""Right solutions of other shapes: other folders and names, factories, neighbours, packages by Poetry or by pip.

Nothing may be said of them; and of what cannot be judged it is said why, neither right nor wrong.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.student.conftest import ProjectAt
from tests.student.judging import checks, said, verdicts
from workbook.mysql.server import Server

pytestmark = pytest.mark.slow

DEMO = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/')\nasync def root():\n    return {}\n"
EDGE = "import gel\nfrom fastapi import FastAPI\n\napp = FastAPI()\nclient = gel.create_async_client()\n"
MAIN, BASE = "app/main.py", "app/configs/base_config.py"


def rename(root: Path, *pairs: tuple[str, str]) -> None:
    """Replace patterns in every file of the project that is text and no lock."""
    for file in root.rglob("*"):
        if file.suffix in {".py", ".toml"} and ".git" not in file.parts:
            text = file.read_text()
            for old, new in pairs:
                text = re.sub(old, new, text)
            file.write_text(text)


def factory(make: str, says: str = "", head: str = "") -> Callable[[Path], None]:
    """The application, made by a function."""

    def lay_out(root: Path) -> None:
        text = (root / MAIN).read_text()
        before, after = text.split("app = FastAPI(")
        arguments, *rest = after.splitlines()
        body = "".join(f"    {line}\n" for line in [f"app = {head or 'FastAPI'}({arguments}", *rest, "return app"])
        (root / MAIN).write_text(f"{before}class Api(FastAPI):\n    pass\n\n\ndef {make}{says}:\n{body}")
        (root / "main.py").write_text(DEMO)
        rename(root, (r"from app\.main import app", f"from app.main import {make.partition('(')[0]}\n\napp = api()"))
        rename(root, (r"app = api\(\)", f"app = {make.partition('(')[0]}()"))

    return lay_out


def called_elsewhere(root: Path) -> None:
    """A factory that wants its settings, called at the top, where a server finds it."""
    factory("build(settings)", " -> FastAPI", "Api")(root)
    (root / "main.py").unlink()
    (root / "asgi.py").write_text("from app.configs import config\nfrom app.main import build\n\napi = build(config)\n")
    rename(root, (r"from app\.main import build\n\napp = build\(\)", "from asgi import api as app"))


def below_backend_and_installed(root: Path) -> None:
    """As Poetry's `packages = [{ include = "app", from = "backend" }]` has it: nothing but the installer knows."""
    (root / "backend").mkdir()
    (root / "app").rename(root / "backend/app")
    rename(root, (r"parents\[2\]", "parents[3]"), (r'testpaths = \["app', 'testpaths = ["backend/app'))


def named_backend(root: Path) -> None:
    """Another package, the application in its `__init__.py`, other folders, and a server's file at the top."""
    (root / "app").rename(root / "backend")
    (root / "backend/tortoise_models").rename(root / "backend/models")
    (root / "backend/configs").rename(root / "backend/core")
    rename(root, (r"\bapp\.tortoise_models\b", "backend.models"), (r"\bapp\.configs\b", "backend.core"))
    rename(
        root, (r"\bapp\.main import", "backend import"), (r'(from |")app\.', r"\1backend."), ('"app(?!s)', '"backend')
    )
    (root / "backend/main.py").rename(root / "backend/__init__.py")
    (root / "asgi.py").write_text("from backend import app\n")


def flat_server(root: Path) -> None:
    """A folder that is no package: its modules import each other as if they lay at the top."""
    (root / "app").rename(root / "server")
    (root / "server/__init__.py").unlink(missing_ok=True)
    rename(root, (r"from app\.", "from "), (r'"app\.', '"'), ("omit = .*|source = .*", ""))
    rename(
        root, (r'testpaths = \["app', 'pythonpath = ["server"]\ntestpaths = ["server'), (r"parents\[2\]", "parents[2]")
    )
    (root / "main.py").write_text(DEMO)
    (root / "server/main.py").rename(root / "server/run.py")
    rename(root, (r"from main import", "from run import"))


def neighbours(root: Path) -> None:
    """A demonstration at the top, an API on another database that is not installed, and one that has more routes."""
    (root / "main.py").write_text(DEMO)
    (root / "edge").mkdir()
    (root / "edge/main.py").write_text(EDGE + "connections = {}\n")
    (root / "todo").mkdir()
    routes = "".join(f"\n\n@app.get('/todos/{n}')\nasync def todo_{n}():\n    return {{}}\n" for n in range(9))
    (root / "todo/api.py").write_text(f"from fastapi import FastAPI\n\napp = FastAPI()\n{routes}")


def at_the_top(root: Path) -> None:
    """The application itself in `main.py` at the top, with a neighbour that is broken here."""
    (root / "app/main.py").rename(root / "main.py")
    rename(root, (r"from app\.main import", "from main import"))
    neighbour = root / "edge"
    neighbour.mkdir()
    (neighbour / "main.py").write_text(EDGE)


def secret_of_its_own(root: Path) -> None:
    """Settings without a default, and a `.env` beside the package's code that git ignores."""
    text = (root / BASE).read_text()
    text = text.replace("parents[2]", "parents[1]").replace("    ENV:", "    SECRET_KEY: str\n    ENV:")
    (root / BASE).write_text(text)
    (root / "app/.env").write_text("SECRET_KEY=x\n")
    (root / "app/tests/configs/test_base_config.py").unlink()


SHAPES = [
    factory("get_application(debug: bool = False)", "", "Api"),
    called_elsewhere,
    below_backend_and_installed,
    named_backend,
    flat_server,
    neighbours,
    at_the_top,
    secret_of_its_own,
]


@pytest.mark.parametrize("lay_out", SHAPES)
def test_of_a_right_solution_of_another_shape_nothing_is_said(
    lay_out: Callable[[Path], None], project_at: ProjectAt, mysql: Server
) -> None:
    root = project_at("ch36")
    lay_out(root)

    found = verdicts(root, [*checks("ch33"), *checks("ch34"), *checks("ch36")], mysql)

    assert said(found) == set(), [each.sentences for each in found.values()]
    assert {name: each.sentences for name, each in found.items() if each.state != "holds"} == {}


def wants_another_python(root: Path) -> None:
    (root / "pyproject.toml").write_text(
        '[tool.poetry]\npackage-mode = false\n[tool.poetry.dependencies]\npython = "^3.99"\n'
    )


def wants_a_version_that_is_gone(root: Path) -> None:
    rename(root, (r"fastapi==[\d.]+", "fastapi==0.0.99"))


def wants_values(root: Path) -> None:
    rename(root, (r'(MYSQL_PASSWORD: str) = "1234"', r"\1\n    MY_SECRET: str"))


def names_no_host(root: Path) -> None:
    rename(root, (r'"host": config.MYSQL_HOST', '"host": __import__("os").environ.get("NO_SUCH_HOST")'))


def wants_arguments(root: Path) -> None:
    factory("create(name)", " -> FastAPI")(root)
    (root / "main.py").unlink()


@pytest.mark.parametrize(
    ("lay_out", "check", "sentence"),
    [
        (wants_another_python, "settings_import", "Install the Python that your project wants"),
        (wants_a_version_that_is_gone, "settings_import", "Its own versions cannot be installed here"),
        (wants_values, "settings_import", "there is none here: .*MY_SECRET.* Write it, and check again"),
        (names_no_host, "reaches_mysql", "no value for host: write it into .env"),
        (wants_arguments, "application_describes_itself", "create makes the application and wants arguments"),
    ],
)
def test_what_cannot_be_judged_is_neither_right_nor_wrong(
    lay_out: Callable[[Path], None], check: str, sentence: str, project_at: ProjectAt, mysql: Server
) -> None:
    root = project_at("ch33")
    lay_out(root)

    found = verdicts(root, checks("ch33"), mysql)

    assert said(found) == set(), {name: each.sentences for name, each in found.items()}
    assert found[check].state == "unseen"
    assert re.search(sentence, found[check].sentences[0])
