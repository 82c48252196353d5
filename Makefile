# Two commands do everything on a fresh machine with Python 3.11, git and make:
#   make demo   a real small model: a transcoder trained on one layer, measured, explained
#   make test   every check CI runs
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_DEMO := $(VENV)/.ready-demo

.PHONY: demo test check-real format clean wheel ui

demo: $(READY_DEMO)
	$(BIN)/microtome demo

test: $(READY) chromium
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest --numprocesses logical --maxprocesses 4 --dist loadfile
	$(BIN)/python scripts/check_wheel.py

check-real: $(READY_DEMO) $(READY)
	$(BIN)/pytest -m real

# The built web app is part of the repository: only who changes ui/ needs Node.
# install, not ci: a lock made on one platform need not name the optional packages of all others.
ui:
	cd ui && npm install --no-save --no-fund --no-audit && npm run build
	$(PYTHON) scripts/ui_bundle.py --write

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# torch first and by itself: asked for together with packages that only say "torch", pip may pick another build.
$(VENV)/.torch: constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check "$$(grep '^torch==' constraints.txt)"
	touch $@

$(READY): pyproject.toml constraints.txt $(VENV)/.torch
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

$(READY_DEMO): pyproject.toml constraints.txt $(VENV)/.torch
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[demo]'
	touch $@

# The page tests look at what a browser draws.
.PHONY: chromium
chromium:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } || \
	  { echo "make test needs Chromium: install the package 'chromium' of your system" >&2; exit 1; }

clean:
	rm -rf $(VENV) dist build
