"""Where setup finds and puts things. All of it is inside the clone."""

from workbook.place import CLONE

VENV = CLONE / ".venv"
"""The virtual environment. It is setup's own: remade whenever it is not sound."""

PYTHON = VENV / "bin" / "python"

PINS = CLONE / "requirements.lock"
PROJECT = CLONE / "pyproject.toml"

STAMP = VENV / "workbook-setup.json"
"""Written last. Where it is missing, setup did not finish."""

NOTES = CLONE / ".workbook"
"""Outlives `.venv`: the lock file and the log are here."""

LOG = NOTES / "setup.log"
TURN = NOTES / "setup.lock"
