# SSP Studio. `make run` and `make test` are all a newcomer needs.
PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python)
START := $(PYTHON) start.py
VENV := .venv
BIN := $(VENV)/bin
WORKSPACE ?= workspace
export PYTHONUTF8 = 1
# Every server and command a test starts would compile the whole program anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run light demo install dev check test test-llm accept bench clean lint browser

# start.py is the one way in: it installs what is missing or has changed, and is quick when nothing is.
run:
	$(START) --workspace $(WORKSPACE)

light:
	$(START) --light --workspace $(WORKSPACE)

demo:
	$(START) --demo --workspace $(WORKSPACE)

install:
	$(START) --install-only

dev:
	@$(START) --dev --install-only

# Two tests at once, a core each: numerical libraries would otherwise fight over both.
check test: export OMP_NUM_THREADS ?= 1

# Gates: under a minute.
check: dev lint
	$(BIN)/python -m pytest -m "not slow and not e2e and not real" -n 2 tests/unit tests/properties tests/contract tests/golden

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Everything but what is marked thorough, with coverage and a real browser: under ten minutes.
test: dev browser lint
	$(BIN)/python -m pytest -m "not thorough" -n 2 --dist loadfile -p tests.coverage_plugin --covered 95 --ignore=tests/accept --ignore=tests/bench --ignore=tests/llm_endpoint tests

# The long tests, then the acceptance runs on real data; each of these prints its figure.
accept: dev browser
	$(BIN)/python -m pytest -m thorough -n 2 --dist loadfile -p no:cacheprovider --ignore=tests/accept --ignore=tests/bench --ignore=tests/llm_endpoint tests
	$(BIN)/python -m pytest -s -p no:cacheprovider tests/accept

# Ten sentences of each task through an endpoint of your own: SSP_LLM_URL, SSP_LLM_MODEL, and SSP_LLM_KEY.
test-llm: dev
	$(BIN)/python -m pytest -rs -p no:cacheprovider tests/llm_endpoint

bench: dev
	$(BIN)/python -m tests.bench

# Debian's Chromium, where we may install it; elsewhere any chromium on the PATH serves.
browser:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || \
	 { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null && apt-get update -q && \
	   DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium fonts-noto-core; } || \
	 echo "NO BROWSER: the browser tests will be skipped. Install chromium and run make test again." >&2

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache coverage.txt *.egg-info
