"""What stands at the foot of every page: the edition, and the versions that every command was run with."""

import tomllib

from workbook.history.versions import read_versions
from workbook.place import CHAPTERS, CLONE
from workbook.website.words import Words


def footer(words: Words) -> str:
    """The line for every page's foot, as HTML."""
    project = tomllib.loads((CLONE / "pyproject.toml").read_text(encoding="utf-8"))
    verified = project["tool"]["workbook"]["verified"]
    versions = read_versions(CHAPTERS)
    packages = ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
    edition = words("edition", project["project"]["version"])
    return f"{edition} · {words('verified', verified['mysql'], verified['python'], packages)}"
