"""Installing what a project of uv's, Poetry's or pip's asks for, as none of them would do it: elsewhere."""

import subprocess
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbook.runner import ground
from workbook.say import Problem, _

SECONDS = 300
"""How long uv may take: the first time it downloads the packages."""


def install(made: Path, scratch: Path, project: Path, declared: dict[str, Any], env: dict[str, str]) -> None:
    """Install a project's packages into a new folder.

    Args:
        made: the environment to make.
        scratch: a folder with the declaring files, where uv may write what it likes.
        project: what sentences name.
        declared: what pyproject.toml says of packages.
        env: the variables that uv sees.

    Raises:
        Problem: it cannot be done; the sentence holds what uv said.
    """
    uv = _Uv(scratch, project, env | {"UV_PYTHON_DOWNLOADS": "never"})
    poetry = (scratch / "poetry.lock").exists() or ("poetry" in declared and not (scratch / "uv.lock").exists())
    named = "project" in declared or "poetry" in declared
    listed = sorted(file.name for file in scratch.glob("requirements*.txt"))
    if ("project" in declared and not poetry) or not (named or listed):
        uv.run("sync", "--no-install-project", "--all-groups", UV_PROJECT_ENVIRONMENT=str(made))
        return
    pins = []
    if named:
        (scratch / "wanted").write_text("\n".join(_requirements(project, declared)), encoding="utf-8")
        (scratch / "pins").write_text("\n".join(_pins(scratch / "poetry.lock")), encoding="utf-8")
        listed, pins = ["wanted"], ["--constraints", "pins"]
    version = _python_of(declared)
    uv.run("venv", *(["--python", version] if version else []), str(made))
    sources = [word for name in listed for word in ("--requirements", name)]
    uv.run("pip", "install", "--python", str(made), *sources, *pins)


def _requirements(project: Path, declared: dict[str, Any]) -> Iterator[str]:
    """What a pyproject.toml of Poetry's asks for, of any version, in all groups."""
    from poetry.core.factory import Factory

    yield from declared.get("project", {}).get("dependencies", [])
    for group in declared.get("dependency-groups", {}).values():
        yield from (each for each in group if isinstance(each, str))
    poetry = declared.get("poetry", {})
    tables = [poetry.get("dependencies", {}), poetry.get("dev-dependencies", {})]
    tables += [group.get("dependencies", {}) for group in poetry.get("group", {}).values()]
    for name, said in ((name, said) for table in tables for name, said in table.items() if name.lower() != "python"):
        for constraint in said if isinstance(said, list) else [said]:
            try:
                dependency = Factory.create_dependency(name, constraint, root_dir=project)
            except (ValueError, TypeError) as error:
                raise Problem(
                    _(
                        "pyproject.toml asks for {name} in a way that Poetry does not know: {error}",
                        name=name,
                        error=error,
                    )
                ) from None
            if not dependency.is_optional():
                yield dependency.to_pep_508()


def _pins(lock: Path) -> list[str]:
    """Poetry's lock as constraints: uv knows which packages this machine needs, which an old lock does not say."""
    packages = []
    with suppress(FileNotFoundError, ValueError):
        packages = tomllib.loads(lock.read_text(encoding="utf-8")).get("package", [])
    # A package that is locked in several versions has one a platform.
    times = Counter(package["name"] for package in packages)
    return [f"{package['name']}=={package['version']}" for package in packages if times[package["name"]] == 1]


def _python_of(declared: dict[str, Any]) -> str:
    """The Python that Poetry's table asks for, as uv reads it; uv finds by itself what other files ask for."""
    from poetry.core.constraints.version import parse_constraint

    asked = declared.get("poetry", {}).get("dependencies", {}).get("python", "")
    with suppress(ValueError):
        return str(parse_constraint(asked)).partition(" || ")[0] if asked else ""
    return ""


@dataclass(frozen=True)
class _Uv:
    """uv in a scratch folder, on behalf of a project."""

    scratch: Path
    project: Path
    env: dict[str, str]

    def run(self, *arguments: str, **values: str) -> None:
        program = ground.uv()
        if program is None:
            raise Problem(
                _("uv is not installed."),
                ways=(_("Run make setup."),),
            )
        command = f"uv {arguments[0]}"
        try:
            done = subprocess.run(
                [program, *arguments, "--quiet", "--no-progress"],
                cwd=self.scratch,
                env=self.env | values,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Problem(_("`{command}` takes too long.", command=command)) from None
        if done.returncode == 0:
            return
        said = done.stderr.strip().splitlines() or ["it gave no reason"]
        raise Problem(
            _(
                "`{command}` fails in {project}: {said}",
                command=command,
                project=self.project,
                said=said[0].strip().removeprefix("error: "),
            ),
            why="\n".join(said[1:6]),
            ways=(_("Mend what names the packages (pyproject.toml, requirements.txt) until they can be installed."),),
        )
