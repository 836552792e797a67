# Everything sets itself up: `make demo` and `make test` work in a fresh clone, without root.
# Variables: PYTHON (3.11 to 3.13), VENV (where the environment lives), OUT, CONFIG, JOBS,
# PYTEST_ARGS.

SHELL := /bin/sh
VENV ?= .venv
PYTHON ?=
OUT ?= out
PYTEST_ARGS ?= -n auto
JOBS ?=
WHISPERX_PYTEST_ARGS ?=
BENCH_ARGS ?=
FUZZ_ARGS ?=
ATTACK_ARGS ?=
LOCK_ARGS ?=

# The environment is complete for exactly these dependencies.
STAMP := $(shell cat pyproject.toml locks/base.txt locks/test.txt locks/dev.txt | cksum | tr -s ' ' '-')
BASE := $(VENV)/.base-$(STAMP)
DEV := $(VENV)/.dev-$(STAMP)
PY := $(VENV)/bin/python
QUICK := $(VENV)/.quick-$(STAMP)
QUICK_TESTS := tests/transcript tests/lexicon tests/subtitles tests/export tests/audio \
	tests/align/test_acoustic_model.py tests/align/test_search.py tests/bench/test_demo.py \
	tests/test_arrays.py tests/test_config.py tests/test_files.py tests/test_installed.py \
	tests/test_safe_text.py
PIP := $(PY) -m pip install --quiet --disable-pip-version-check
TOOLS := .venv-tools
COMPILE := $(TOOLS)/bin/uv pip compile --quiet --no-config
LOCK := $(COMPILE) $(LOCK_ARGS) --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command 'make lock'

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-quick lint setup-whisperx test-whisperx subtitles batch review bench fuzz attack \
	lock audit test-minimal test-newest clean

help: ## list the targets
	@echo "usage: make TARGET"
	@sed -n 's/^\([a-z-]*\):[^#]*## /  \1#/p' $(MAKEFILE_LIST) | awk -F'#' '{ printf "%-15s %s\n", $$1, $$2 }'

setup: $(BASE) ## make the environment in $(VENV)

demo: $(BASE) ## align the bundled demo episode; outputs in out/demo
	@$(PY) -m pipeline run --config configs/demo.toml --audio seeds/demo/demo.mp3 \
		--transcript seeds/demo/transcript.txt --id demo --out out/demo
	@echo "The demo's subtitles: out/demo/demo.srt and out/demo/demo.vtt; chapters: out/demo/demo.chapters.md"

test: $(DEV) ## run all tests but those of the extra whisperx
	@$(PY) -m pytest $(PYTEST_ARGS)

test-quick: $(QUICK) ## run the tests that take seconds, on the base install and PYTHON
	@$(PY) -m pytest $(PYTEST_ARGS) $(QUICK_TESTS)

lint: $(DEV) ## check style and types
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy

setup-whisperx: ## make the environment of the extra whisperx, outside the checkout (8 GB)
	@$(whisperx_env); echo "The environment of the extra whisperx: $$venv"

test-whisperx: ## run the tests of the extra whisperx
	@$(whisperx_env); "$$venv/bin/python" -m pytest tests/whisperx $(WHISPERX_PYTEST_ARGS)

export EPISODE AUDIO TRANSCRIPT OUT CONFIG MANIFEST JOBS

subtitles: $(BASE) ## EPISODE=id AUDIO=file TRANSCRIPT=file [OUT=out] [CONFIG=file]: your episode
	@if [ -z "$$EPISODE" ] || [ -z "$$AUDIO" ] || [ -z "$$TRANSCRIPT" ]; then \
		echo "usage: make subtitles EPISODE=id AUDIO=file TRANSCRIPT=file [OUT=out] [CONFIG=file]" >&2; \
		exit 2; \
	fi; \
	if [ -z "$$CONFIG" ] && [ -f "configs/$$EPISODE.toml" ]; then CONFIG="configs/$$EPISODE.toml"; fi; \
	$(PY) -m pipeline run --audio "$$AUDIO" --transcript "$$TRANSCRIPT" --id "$$EPISODE" \
		--out "$$OUT" $${CONFIG:+--config "$$CONFIG"}

batch: $(BASE) ## MANIFEST=file [OUT=out] [JOBS=n]: many episodes; the same again goes on
	@if [ -z "$$MANIFEST" ]; then \
		echo "usage: make batch MANIFEST=episodes.csv [OUT=out] [JOBS=n]" >&2; exit 2; \
	fi; \
	$(PY) -m pipeline batch "$$MANIFEST" --out "$$OUT" $${JOBS:+--jobs "$$JOBS"}

review: $(BASE) ## EPISODE=out/ID.episode.json AUDIO=file: see, hear and correct it in the browser
	@if [ -z "$$EPISODE" ] || [ -z "$$AUDIO" ]; then \
		echo "usage: make review EPISODE=out/ID.episode.json AUDIO=file" >&2; exit 2; \
	fi; \
	$(PY) -m pipeline review "$$EPISODE" --audio "$$AUDIO"

bench: $(DEV) ## measure accuracy, time and memory; writes bench/RESULTS.md
	@$(PY) -m bench.run $(BENCH_ARGS)

fuzz: $(DEV) ## try 100,000 hostile inputs on everything that reads files [FUZZ_ARGS=--cases=n]
	@$(PY) -m bench.fuzz $(FUZZ_ARGS)

attack: $(DEV) ## try what people who mean harm would: media, names, modules, streams, kills; minutes
	@$(PY) -m bench.attack $(ATTACK_ARGS)

lock: $(TOOLS)/.ready ## remake locks/ from pyproject.toml [LOCK_ARGS=--upgrade]
	@$(LOCK) --extra dev pyproject.toml -o locks/dev.txt
	@$(LOCK) pyproject.toml -c locks/dev.txt -o locks/base.txt
	@$(LOCK) --extra test pyproject.toml -c locks/dev.txt -o locks/test.txt
	@$(LOCK) --group locks -o locks/tools.txt

audit: $(TOOLS)/.ready ## look the locked dependencies up among the known vulnerabilities
	@said=$$($(TOOLS)/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off \
		-r locks/dev.txt -r locks/tools.txt 2>&1) && { echo "$$said"; exit 0; }; \
	case "$$said" in \
	*"known vulnerabilit"*) echo "$$said"; exit 1;; \
	*) echo "audit: the database at pypi.org could not be asked, so nothing is known" \
		"($$(echo "$$said" | grep -v '^make' | tail -n 1 | cut -c 1-200))" >&2; exit 2;; \
	esac

test-minimal: $(TOOLS)/.ready ## run the tests on the lowest versions that pyproject.toml allows
	@$(find_python); "$$python" -m venv --clear .venv-minimal
	@$(COMPILE) --python .venv-minimal/bin/python --resolution lowest-direct pyproject.toml \
		-o .venv-minimal/lowest.txt >/dev/null
	@.venv-minimal/bin/python -m pip install --quiet --disable-pip-version-check \
		-c .venv-minimal/lowest.txt -e '.[test]'
	@.venv-minimal/bin/python -m pytest $(PYTEST_ARGS)

test-newest: ## run the tests on the newest versions that pyproject.toml allows
	@$(find_python); "$$python" -m venv --clear .venv-newest
	@.venv-newest/bin/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	@.venv-newest/bin/python -m pytest $(PYTEST_ARGS)

clean: ## remove the environment, caches and the demo's outputs
	@rm -rf .venv .venv-tools .venv-minimal .venv-newest .pytest_cache .mypy_cache .ruff_cache .hypothesis build dist out/demo *.egg-info
	@find pipeline tests bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

$(BASE):
	@$(find_python); \
	echo "Setting up $(VENV) with $$("$$python" --version) (once; a minute or two) ..."; \
	if ! $(PY) -c '' 2>/dev/null; then "$$python" -m venv --clear "$(VENV)"; fi
	@$(PIP) --require-hashes -r locks/base.txt && $(PIP) --no-deps -e . && rm -f $(VENV)/.base-* && touch $@

$(DEV): $(BASE)
	@echo "Installing the tools for tests ..."
	@$(PIP) --require-hashes -r locks/dev.txt && rm -f $(VENV)/.dev-* && touch $@

$(QUICK): $(BASE)
	@$(PIP) --require-hashes -r locks/test.txt && rm -f $(VENV)/.quick-* && touch $@

$(TOOLS)/.ready: locks/tools.txt
	@$(find_python); "$$python" -m venv --clear $(TOOLS)
	@$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes -r locks/tools.txt && touch $@

# Sets $$python to the first interpreter that runs and is new enough: a name on PATH may be a
# version manager's shim that does not.
define find_python
python=; \
for candidate in "$(PYTHON)" python3 python3.13 python3.12 python3.11 python; do \
	if [ -n "$$candidate" ] && "$$candidate" -c \
		'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null; \
	then python="$$candidate"; break; fi; \
	if [ -n "$(PYTHON)" ]; then break; fi; \
done; \
if [ -z "$$python" ]; then \
	echo "make: needs Python 3.11, 3.12 or 3.13 with venv; name one: make PYTHON=/path/to/python3.12 ..." >&2; \
	exit 2; \
fi
endef

# Sets $$venv to an environment with the extra whisperx. It is made anew when the extra or the Python
# version change, and brought up to date when anything else in pyproject.toml does.
define whisperx_env
$(find_python); \
key=$$({ sed -n '/^whisperx = \[/,/^\]/p' pyproject.toml; \
	"$$python" -c 'import sys; print(sys.version_info[:2])'; } | cksum | cut -d' ' -f1); \
venv="$${XDG_CACHE_HOME:-$$HOME/.cache}/episode-subtitles/whisperx-$$key"; \
if ! [ -e "$$venv/.dev-$(STAMP)" ]; then \
	echo "Setting up $$venv (once; 8 GB, some minutes) ..."; \
	if ! "$$venv/bin/python" -c '' 2>/dev/null; then "$$python" -m venv --clear "$$venv" || exit 1; fi; \
	"$$venv/bin/python" -m pip install --quiet --disable-pip-version-check -e '.[dev,whisperx]' || exit 1; \
	rm -f "$$venv"/.dev-*; touch "$$venv/.dev-$(STAMP)"; \
fi
endef
