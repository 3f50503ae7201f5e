"""The canary: do the lessons still tell the truth on the day's newest versions, and if not, because of which package?

    .venv/bin/python .github/canary.py replay [--pre]   bump the whole table, replay every page, find the culprits
    python3 .github/canary.py tell REPORT...            open, update or close the one issue

`replay` works in a clone without uncommitted lessons, and leaves the lessons as they were. It prints a report in
Markdown, hands it to the steps that follow as the output `report`, and exits with 1 when a page has failed. `tell`
needs the standard library alone; an empty report comes from a replay that never ended, and closes nothing.
"""

import argparse
import json
import os
import re
import secrets
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "chapters" / "versions.toml"
PLACE = re.compile(r"(chapters/\S+?\.md):(\d+)")
RED = "## "
"""How a report begins that tells of a page that has failed."""
UNNAMED = "none in the table: it fails with the pinned versions, too"
LABEL = "canary"
TITLE = "A newer version breaks a chapter"
ISOLATED = {"PYTHONPATH": str(ROOT), "FRESH": "1"}


class Failure(NamedTuple):
    """A page that failed: its name in the tests, the file and the line that it blames, and what it says."""

    page: str
    file: str
    line: int
    said: str


def replay(pre: bool) -> tuple[str, bool]:
    """The report on all pages with the newest versions, and whether all hold."""
    if changed := run("git", "status", "--porcelain", "--", "chapters"):
        sys.exit(f"These lessons are not committed, and the replay would undo them:\n{changed}")
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))["versions"]
    bumps = {name: version for name, version in newest(table, pre).items() if version != table[name]}
    kind = "pre-releases" if pre else "releases"
    changes = ", ".join(f"{name} {table[name]} → {version}" for name, version in bumps.items()) or "no change"
    failures = pages_with(bumps)
    if not failures:
        return f"Every page holds with the newest {kind}: {changes}.", True
    blamed = {failure.page: "" if bumps else UNNAMED for failure in failures}
    for suspect in ({}, *({name: version} for name, version in bumps.items())):
        unsolved = {failure.page: failure for failure in failures if not blamed[failure.page]}
        if not unsolved:
            break
        for found in pages_with(suspect, *unsolved):
            if (found.file, found.line) == unsolved[found.page][1:3]:
                said = " ".join(f"{name} {table[name]} → {version}" for name, version in suspect.items())
                blamed[found.page] = said or UNNAMED
    rows = [described(failure, blamed[failure.page] or f"several together: {changes}") for failure in failures]
    return f"{RED}With the newest {kind}\n\nTried: {changes}.\n\n" + "\n".join(rows), False


def newest(names: dict[str, str], pre: bool) -> dict[str, str]:
    """The newest versions that go together, on the oldest Python that the course supports."""
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv) if uv.exists() else "uv", "pip", "compile", "-", "--quiet", "--no-header", "--no-annotate"]
    command += ["--python-version", "3.11", *(["--prerelease=allow"] if pre else [])]
    resolved = run(*command, text="\n".join(names))
    found = dict(line.split("==", 1) for line in resolved.splitlines() if "==" in line)
    return {name: found[name] for name in names}


def pages_with(bumps: dict[str, str], *only: str) -> list[Failure]:
    """Replay pages (all, or those named) with these versions; those that fail. The lessons are then as before."""
    results = ROOT / ".workbook" / "canary.xml"
    results.parent.mkdir(exist_ok=True)
    results.unlink(missing_ok=True)
    try:
        for name, version in bumps.items():
            run(sys.executable, "-m", "workbook", "bump", name, version)
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={results}", "-n", str(os.cpu_count() or 1)]
        tests = [f"tests/test_pages.py::test_page[{page}]" for page in only] or ["tests/test_pages.py"]
        done = subprocess.run([*command, *tests], cwd=ROOT, env=os.environ | ISOLATED, stdout=sys.stderr, check=False)
    finally:
        run("git", "checkout", "--quiet", "--", "chapters")
    if done.returncode not in (0, 1):  # pytest's: all passed, some failed; anything else has verified nothing
        sys.exit(f"pytest ended with exit code {done.returncode}")
    return sorted(failure for case in ElementTree.parse(results).iter("testcase") for failure in failed(case))


def failed(case: ElementTree.Element) -> list[Failure]:
    """A test's failure, in a list; an empty one when it passed."""
    said = [str(entry.text or entry.get("message")) for kind in ("failure", "error") for entry in case.iter(kind)]
    page = case.get("name", "").partition("[")[2].rstrip("]")
    place = PLACE.search(said[0]) if said else None
    return [Failure(page, place[1] if place else "", int(place[2]) if place else 0, said[0])] if said else []


def described(failure: Failure, package: str) -> str:
    """A failure for the issue: chapter, file and line, the fence, the package, and what the replay said."""
    fence = "it blames no line of a page"
    if failure.file:
        lines = (ROOT / failure.file).read_text(encoding="utf-8").split("\n")[: failure.line]
        opened = [number for number, line in enumerate(lines, 1) if re.match(r"`{3,}\S", line)]
        fence = f"in the fence {lines[opened[-1] - 1].strip('`')!r} of line {opened[-1]}" if opened else "in no fence"
    where = f"`{failure.file}:{failure.line}`, {fence}" if failure.file else fence
    said = failure.said.strip().replace("```", "'''")[:1500]
    return f"### {failure.page}\n\n- where: {where}\n- package: **{package}**\n\n```text\n{said}\n```\n"


def tell(reports: list[str]) -> str:
    """Open the issue, update it, or close it when every report is there and green; a sentence on what was done."""
    red = [report for report in reports if report.startswith(RED)]
    open_issues = api("GET", f"issues?state=open&labels={LABEL}&per_page=1")
    server, repository, number = (os.environ.get(f"GITHUB_{key}", "") for key in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    ending = f"[The run]({server}/{repository}/actions/runs/{number}). The next run replaces this text, or closes this."
    body = "\n\n".join([ending, *filter(None, reports)])[:60_000]  # GitHub takes 65,536 characters
    if red and not open_issues:
        return f"opened #{api('POST', 'issues', title=TITLE, body=body, labels=[LABEL])['number']}"
    if not open_issues:
        return "no issue is open, and none is needed"
    number = open_issues[0]["number"]
    if red:
        api("PATCH", f"issues/{number}", body=body)
        return f"updated #{number}"
    if not all(reports):
        return f"left #{number} as it is: a replay did not end"
    api("POST", f"issues/{number}/comments", body=body)
    api("PATCH", f"issues/{number}", state="closed", state_reason="completed")
    return f"closed #{number}"


def api(method: str, path: str, **fields: object) -> Any:
    """Ask GitHub's REST API about this repository; see its reference, *Issues*."""
    base = os.environ.get("GITHUB_API_URL", "https://api.github.com")
    request = urllib.request.Request(
        f"{base}/repos/{os.environ['GITHUB_REPOSITORY']}/{path}",
        method=method,
        data=json.dumps(fields).encode() if fields else None,
        headers={
            "Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        },
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def run(*command: str, text: str = "") -> str:
    """What a command prints; it must succeed."""
    done = subprocess.run(command, cwd=ROOT, env=os.environ | ISOLATED, input=text, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with exit code {done.returncode}")
    return done.stdout


def main() -> int:
    """Do what the command line asks for; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("replay").add_argument("--pre", action="store_true", help="pre-releases, too")
    verbs.add_parser("tell").add_argument("reports", nargs="+")
    asked = parser.parse_args()
    if asked.verb == "tell":
        print(tell(asked.reports))
        return 0
    report, holds = replay(asked.pre)
    print(report)
    if output := os.environ.get("GITHUB_OUTPUT"):
        with open(output, "a", encoding="utf-8") as file:
            end = secrets.token_hex(16)  # which no page's output can hold
            file.write(f"report<<{end}\n{report}\n{end}\n")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
