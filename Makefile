# SSP Studio. `make run` and `make test` are all a newcomer needs.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.run-installed
DEV_STAMP := $(VENV)/.dev-installed
WORKSPACE ?= workspace
export PYTHONUTF8 = 1

.PHONY: run demo install check test accept bench clean lint browser

run: install
	$(BIN)/ssp sample --workspace $(WORKSPACE)
	$(BIN)/ssp serve --workspace $(WORKSPACE)

demo: install
	$(BIN)/ssp demo --workspace $(WORKSPACE)
	$(BIN)/ssp serve --workspace $(WORKSPACE)/demo --tour

install: $(RUN_STAMP)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): requirements.txt pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

$(DEV_STAMP): requirements-dev.txt $(RUN_STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	touch $@

# Gates: under a minute.
check: $(DEV_STAMP) lint
	$(BIN)/python -m pytest -m "not slow and not e2e and not real" -n 2 tests/unit tests/properties tests/contract tests/golden

lint: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Everything, with coverage and a real browser: under ten minutes.
test: $(DEV_STAMP) browser lint
	$(BIN)/python -m pytest -n 2 --dist loadfile --cov --cov-report=term:skip-covered --cov-fail-under=95 --ignore=tests/accept --ignore=tests/bench tests

# The long acceptance runs on real data; each prints its figure.
accept: $(DEV_STAMP) browser
	$(BIN)/python -m pytest -s -p no:cacheprovider tests/accept

bench: $(DEV_STAMP)
	$(BIN)/python -m tests.bench

# Debian's Chromium, where we may install it; elsewhere any chromium on the PATH serves.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	 { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -q && \
	   DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium fonts-noto-core; } || \
	 echo "NO BROWSER: the browser tests will be skipped. Install chromium and run make test again." >&2

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .coverage* *.egg-info
