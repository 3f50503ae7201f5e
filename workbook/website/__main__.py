"""Build the site; with `--port`, serve it afterwards. `make docs-build` and `make docs` call it."""

import argparse
import os
import sys
import time
from pathlib import Path

from workbook.place import CLONE
from workbook.say import Problem


def main() -> int:
    """Do what the arguments say; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m workbook.website", description=__doc__)
    parser.add_argument("--port", type=int, help="serve the built site here on 127.0.0.1")
    parser.add_argument("--draft", action="store_true", help="build in spite of broken links, and list them")
    parser.add_argument("--into", type=Path, default=CLONE / "site", help="the folder to build; site/ when not given")
    arguments = parser.parse_args()
    port: int | None = arguments.port
    folder: Path = arguments.into.absolute()
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    from workbook.website.build import build
    from workbook.website.serve import serve, server

    try:
        if port is not None:
            server(CLONE, port).server_close()  # a taken port is said before the build, not after it
        began = time.monotonic()
        for warning in build(folder, draft=arguments.draft):
            print(f"draft: {warning}")
        print(f"Built both languages in {time.monotonic() - began:.1f} s: {folder}/index.html, {folder}/ko/index.html")
        if port is not None:
            serve(folder, port)
    except Problem as problem:
        print(f"\n{problem}\n", file=sys.stderr)
        return problem.code
    return 0


if __name__ == "__main__":
    sys.exit(main())
