"""Both languages, built strictly, and only then put in the place of what was there."""

import logging
import shutil
import tempfile
from pathlib import Path
from typing import Any

from mkdocs.commands.build import build as mkdocs_build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort, BuildError

from workbook.place import CLONE, private
from workbook.say import Language, Problem
from workbook.website.verify import faults

CONFIGS: dict[Language, str] = {"en": "mkdocs.yml", "ko": "mkdocs.ko.yml"}


def build(target: Path, *, draft: bool = False) -> list[str]:
    """Build English into a folder and Korean into its folder `ko`. A failed build leaves the folder as it was.

    Args:
        draft: build in spite of what MkDocs warns of.

    Returns:
        what MkDocs warned of in a draft.

    Raises:
        Problem: anything that MkDocs warns of or `verify.faults` finds, such as a link that leads nowhere.
    """
    said: list[str] = []
    target.parent.mkdir(parents=True, exist_ok=True)
    private().mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="site-", dir=private()))
    try:
        for language, config in CONFIGS.items():
            said += build_one(config, scratch if language == "en" else scratch / language, strict=not draft)
        said += faults(scratch)
        if said and not draft:
            raise Problem("The site is built, and something in it is wrong.", why="\n".join(said))
        scratch.chmod(0o755)
        shutil.rmtree(target, ignore_errors=True)
        shutil.move(scratch, target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return said


def build_one(config: str, folder: Path, *, strict: bool = True, **settings: Any) -> list[str]:
    """Build one language, and give what MkDocs warned of.

    Args:
        settings: further settings of MkDocs, for tests.

    Raises:
        Problem: with `strict`, anything that MkDocs warns of.
    """
    warnings = _Warnings()
    log = logging.getLogger("mkdocs")
    log.addHandler(warnings)
    try:
        mkdocs_build(load_config(str(CLONE / config), site_dir=str(folder), strict=strict, **settings))
    except (Abort, BuildError) as error:
        said = "\n".join(warnings.said) or str(error)
        raise Problem(f"The site does not build ({config}).", why=said) from None
    finally:
        log.removeHandler(warnings)
    return warnings.said


class _Warnings(logging.Handler):
    """Keeps what MkDocs warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())
