# make demo   a whole installation to try, at http://127.0.0.1:8000
# make test   every guard and every test, as CI runs them
# Both do their own set-up.

VENV := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 8000

# What Django's settings need to be importable where no installation is at hand.
GUARD := TENURE_SECRET_KEY=guards TENURE_LOG_LEVEL=WARNING

.PHONY: setup demo test check lock dev format assets assets-check texts screenshots lighthouse

setup:
	@scripts/setup

# The installation dies with make, whatever ends it.
demo: setup
	@exec $(VENV)/python -I -S src/tenure/host/launcher.py $$PPID 15 - -- \
		$(CURDIR)/$(VENV)/tenure demo --host $(HOST) --port $(PORT) $(ARGS)

dev:
	@scripts/setup dev

check: dev
	$(VENV)/ruff check
	$(VENV)/ruff format --check
	$(GUARD) $(VENV)/mypy
	$(VENV)/lint-imports
	$(GUARD) DJANGO_SETTINGS_MODULE=tenure.config.settings \
		$(VENV)/python -W ignore::RuntimeWarning -m django makemigrations --check --dry-run

test: check
	$(VENV)/python -m pytest -n auto --dist worksteal --cov --cov-report=term $(ARGS)

format: dev
	$(VENV)/ruff check --fix
	$(VENV)/ruff format

# Styles, scripts, fonts and icons are built and kept, so that nobody needs Node to run Tenure. Who
# uses a class or an icon that no page had before makes them anew; docs/design.md tells more.
NODE_MODULES := frontend/node_modules/.package-lock.json

$(NODE_MODULES): frontend/package-lock.json
	npm --prefix frontend ci --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch $@

assets: $(NODE_MODULES)
	$(VENV)/python frontend/inputs.py
	node frontend/build.mjs

assets-check: $(NODE_MODULES)
	$(VENV)/python frontend/inputs.py --check
	rm -rf build/assets && node frontend/build.mjs build/assets
	diff -r build/assets/vendor src/tenure/web/static/vendor
	diff -r -x '*.svg' build/assets/tenure src/tenure/web/static/tenure

# Collects what pages and mails say into the .po files, keeps what is translated, compiles;
# `make texts AREA=console` does so for one area.
texts:
	$(VENV)/python -m tenure.web.texts $(AREA)

# Pictures of every page of a demonstration, in both languages and at both widths.
screenshots: dev
	$(VENV)/python -m tests.screenshots $(ARGS)

# What Lighthouse says of the pages; needs Node and Chromium.
LIGHTHOUSE_MODULES := frontend/lighthouse/node_modules/.package-lock.json

$(LIGHTHOUSE_MODULES): frontend/lighthouse/package-lock.json
	npm --prefix frontend/lighthouse ci --ignore-scripts --no-fund --no-audit --loglevel=error
	@touch $@

lighthouse: dev $(LIGHTHOUSE_MODULES)
	$(VENV)/python -m benchmarks.lighthouse $(ARGS)

# One set of pins for every Python from 3.11 up; `make lock ARGS=--upgrade` takes newer releases.
COMPILE := UV_CUSTOM_COMPILE_COMMAND="make lock" $(VENV)/uv pip compile --quiet --universal \
	--generate-hashes --no-emit-index-url --python-version 3.11 --extra build

lock: dev
	$(COMPILE) $(ARGS) -o requirements.txt pyproject.toml
	$(COMPILE) $(ARGS) --extra dev -c requirements.txt -o requirements-dev.txt pyproject.toml
