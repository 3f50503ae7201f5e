# The verbs a person guesses. `make` alone lists them.
#
# Needed: Python 3.11 or newer, git, make. Everything else comes into .venv, which `setup` makes and keeps right;
# every verb that needs it asks for it first, and that takes a tenth of a second when nothing has changed.

# Settings, as in `make test JOBS=1 ARGS="-k meeting"`:
#   PYTHON  the Python to make .venv with; without it a new enough one is looked for on PATH
#   JOBS    how many tests run at once; without it one more than there are cores, for tests often wait for a server
#   PORT    where `make up` serves the API (8000 without it), and `make docs` the site (8100)
#   ARGS    more arguments for what the verb runs
JOBS ?= $(shell echo $$(($$(getconf _NPROCESSORS_ONLN) + 1)))
ARGS ?=

# More workers than this wait for the one MySQL that they share.
MOST_JOBS = 8

.DEFAULT_GOAL := help
.PHONY: help setup up test test-slow docs-build docs notebook notebooks lint lock clean clean-data

# The first Python that is new enough and has ready-made wheels; else any, which will say what is missing.
NEW_ENOUGH = import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
python = $(or $(PYTHON),$(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$p" -c '$(NEW_ENOUGH)' 2>/dev/null && { echo "$$p"; exit; }; done; echo python3))
define bootstrap
@command -v "$(python)" >/dev/null || { printf '%s\n' "" \
	"There is no Python here ($(python) is not found): the workbook needs Python 3.11 or newer." "" \
	"  Debian, Ubuntu, Windows with WSL:  sudo apt install python3 python3-venv" \
	"  macOS:                             brew install python@3.13" "" >&2; exit 1; }
@"$(python)" workbook/bootstrap.py
endef

help:  ## list the verbs
	@awk -F ':[^#]*## ' '/^[a-z-]+:.*## / { printf "make %-15s %s\n", $$1, $$2 }' Makefile

setup:  ## make .venv with the pinned packages; runs nothing
	$(bootstrap)
	@$(if $(filter setup,$(MAKECMDGOALS)),echo "Next: make up or make test.")

up: setup  ## find or bring up a MySQL, serve the template on it; Ctrl-C stops both
	@.venv/bin/workbook up $(if $(PORT),--port $(PORT)) $(ARGS)

test: setup  ## run every test, on a real MySQL
	@.venv/bin/python -m pytest -n $(JOBS) --maxprocesses $(MOST_JOBS) --dist worksteal $(ARGS)

test-slow: setup  ## run the tests that play whole projects, machines and servers
	$(jupyter)
	@.venv/bin/python -m pytest -n $(JOBS) --maxprocesses $(MOST_JOBS) --dist worksteal -m slow $(ARGS)

docs-build: setup  ## build the site into site/, strictly; ARGS=--draft builds in spite of broken links
	@.venv/bin/workbook site $(ARGS)

docs: setup  ## build the site and serve it; Ctrl-C stops
	@.venv/bin/workbook site --serve --port $(or $(PORT),8100) $(ARGS)

# JupyterLab has a lock of its own, so that no other verb waits for it.
jupyter = @.venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes --requirement notebook.lock

notebook: setup  ## open a notebook in JupyterLab, on a real MySQL; ARGS=ch35 for that one; Ctrl-C stops both
	$(jupyter)
	@.venv/bin/workbook notebook $(ARGS)

notebooks: setup  ## run the notebooks on a throwaway MySQL, and write down what they show
	@.venv/bin/workbook notebooks run $(ARGS)

lint: setup  ## check style, types and floors
	.venv/bin/lint-imports --no-cache
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy

# The lock holds for every platform and every Python from 3.11. What it pins stays unless ARGS=--upgrade.
lock: setup  ## pin anew what pyproject.toml and the template's ask for
	@.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
		pyproject.toml --group dev --group site --group notebooks --group template_app/pyproject.toml:dev template_app/pyproject.toml \
		--output-file requirements.lock $(ARGS)
	@.venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
		--group jupyter --constraint requirements.lock --output-file notebook.lock $(ARGS)

# MySQL writes its process into its data directory; after a crash the number may be another program's.
DATA = .workbook/mysql/data
define stopped
@pid=$$(cat $(DATA)/mysqld.pid 2>/dev/null); test -z "$$pid" || ! ps -p "$$pid" -o args= | grep -q mysql/data || { printf '%s\n' "" \
	"A MySQL is running on $(DATA) (process $$pid)." "" \
	"  End \`make up\` with Ctrl-C, or type .venv/bin/workbook db down. Then repeat this command." "" >&2; exit 1; }
endef

clean:  ## remove .venv, caches and downloads; keeps the data of your local MySQL
	$(stopped)
	@rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .coverage build dist site
	@find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
	@find .workbook -mindepth 1 -maxdepth 1 -not -name mysql -exec rm -rf {} + 2>/dev/null || true
	@find .workbook/mysql -mindepth 1 -maxdepth 1 -not -name data -not -name port -exec rm -rf {} + 2>/dev/null || true
	@test ! -d $(DATA) || echo "Kept: your local MySQL's data in $(DATA). \`make clean-data\` removes that too."

clean-data:  ## clean, and remove the data of your local MySQL as well
	$(stopped)
	@test ! -d $(DATA) || echo "Removing your local MySQL's data: $$(du -sh $(DATA) | cut -f1)"
	@rm -rf .workbook
	@$(MAKE) --no-print-directory clean
