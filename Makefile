# make run     Inbox on this machine, with a pretend Meta     (RESET=1 starts over, PORT=… moves it,
#              PRETEND_AI=1 plays Gemini too)
# make test    lint, types, import rules and all tests
# make faults  the long form of the fault runs
# make bench   the benchmark
# make format  what ruff can put right by itself

PYTHON = python3
BIN = .venv/bin
INSTALLED = .venv/installed

.PHONY: run test faults bench lint format install browser

run: $(INSTALLED)
	@exec $(BIN)/python -m inbox.local.run

test: $(INSTALLED) browser lint
	$(BIN)/pytest -m "not long" --numprocesses 2 --dist loadfile

faults: $(INSTALLED)
	$(BIN)/pytest -m "faults or long"

bench: $(INSTALLED)
	$(BIN)/python -m bench

lint: $(INSTALLED)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(INSTALLED)
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

browser: $(INSTALLED)
	$(BIN)/python -m tests.browser

install: $(INSTALLED)

$(INSTALLED): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Inbox needs Python 3.11 or newer. Name one with PYTHON=…")'
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python cannot make virtual environments here (on Debian and Ubuntu: apt-get install python3-venv)."; exit 1; }
	@echo "Installing what Inbox needs into .venv (once; some minutes) …"
	@$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $(INSTALLED)
