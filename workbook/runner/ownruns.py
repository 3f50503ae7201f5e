"""The lesson's own runs of all tests, so that a contract need not run them a second time.

A run counts for a commit only when running the tests again would be the same run: all tests, started at the project's
root with nothing chosen, in the environment that the contract's own run has, on files that are byte for byte those of
the commit.
"""

import hashlib
import os
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from workbook.redcontract import Report, Start, read_report
from workbook.runner.ground import Ground
from workbook.runner.shell import Shell

_HARMLESS = {"-q", "-v", "-vv"}
"""Arguments of pytest that change what is on the screen, and nothing else."""
_ALWAYS_OTHERWISE = {"_", "PWD", "OLDPWD", "SHLVL", "PYTEST_VERSION", "UV", "UV_RUN_RECURSION_DEPTH", "VIRTUAL_ENV"}
"""Variables that bash, uv and pytest set anew for every run."""
_MORE = re.compile(r"[;&\n]|PYTHONPATH|coverage")
"""Commands that may change files around the run, have no place for the plugin, or would measure it."""
_NO_INPUT = {".git", "__pycache__", ".pytest_cache", ".venv"}


@dataclass(slots=True)
class OwnRuns:
    """The reports of a lesson's runs of all tests, each under the state of the project that it ran on."""

    ground: Ground
    reports: dict[str, Report] = field(default_factory=dict)

    @contextmanager
    def watch(self, command: str, shell: Shell) -> Iterator[Mapping[str, str]]:
        """Around a command: keep its report, if it runs all tests alone and leaves the project as it was.

        Yields:
            the variables that the command must have for it.
        """
        if "pytest" not in command or _MORE.search(command) or "PYTHONPATH" in shell.exported:
            yield {}
            return
        before = self._state()
        self.ground.report.unlink(missing_ok=True)
        yield self.ground.reporting
        report = read(self.ground)
        if report.start is not None and self._is_whole(report.start) and self._state() == before:
            self.reports[before] = report

    def of_this_state(self) -> Report | None:
        """The last run of all tests on the project as it is now."""
        return self.reports.get(self._state())

    def forget(self) -> None:
        """The database was changed by hand: what ran before says nothing any more."""
        self.reports.clear()

    def _is_whole(self, start: Start) -> bool:
        _, _, own = self.ground.settings.pytest.partition("pytest")
        if start.directory != str(self.ground.project) or set(start.arguments) - _HARMLESS - set(shlex.split(own)):
            return False
        wanted = self.ground.environment() | self.ground.reporting
        del wanted["WORKBOOK_REPORT"]  # the plugin takes it out
        actual = {name: value for name, value in start.environment.items() if name not in _ALWAYS_OTHERWISE}
        # uv puts the project's own programs before the others.
        if actual.get("PATH", "").removeprefix(f"{self.ground.project}/.venv/bin:") == wanted["PATH"]:
            actual["PATH"] = wanted["PATH"]
        return actual == {name: value for name, value in wanted.items() if name not in _ALWAYS_OTHERWISE}

    def _state(self) -> str:
        """A digest of every file of the project, ignored ones too, and of the names of its packages."""
        project = self.ground.project
        digest = hashlib.sha256()
        for folder, folders, names in os.walk(project):
            folders[:] = sorted(set(folders) - _NO_INPUT)
            for name in sorted(names):
                file = os.path.join(folder, name)
                digest.update(f"{os.path.relpath(file, project)}\0".encode())
                if os.path.isfile(file):
                    with open(file, "rb") as opened:
                        digest.update(hashlib.sha256(opened.read()).digest())
        for packages in sorted(project.glob(".venv/lib/python*/site-packages")):
            digest.update("\0".join(sorted(os.listdir(packages))).encode())
        return digest.hexdigest()


def read(ground: Ground) -> Report:
    """The report that the last run of pytest left; an empty one when none came as far as that."""
    lines = ground.report.read_text(encoding="utf-8").splitlines() if ground.report.exists() else []
    return read_report(lines)
