# make        set everything up, then build dist/ from manuscript/
# make test   run the tests
# make fuzz   build 10,000 generated manuscripts (CASES=500 for fewer)
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
LOCK = $(RUN) -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate --no-header --quiet

.PHONY: build test fuzz check lock docs pictures clean

build: $(VENV)/.ready
	@$(RUN) build.py

test: $(VENV)/.ready-to-test
	@$(RUN) -m pytest --numprocesses 2 --dist worksteal

CASES ?= 10000
fuzz: $(VENV)/.ready-to-test
	@COMPOSITOR_FUZZ=$(CASES) $(RUN) -m pytest tests/test_properties.py --numprocesses 2 --dist worksteal --hypothesis-show-statistics

check: $(VENV)/.ready-to-test
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy
	@$(RUN) -m pip check

$(VENV)/.ready: requirements.lock compositor/system.py
	@$(PYTHON) compositor/system.py --venv
	@test -x $(RUN) || $(PYTHON) -m venv $(VENV)
	@echo "Installing the Python packages of requirements.lock into $(VENV) (about 650 MB, most of it Pandoc, citation styles and NumPy)"
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@touch $@

$(VENV)/.ready-to-test: requirements-dev.lock $(VENV)/.ready
	@$(PYTHON) compositor/system.py --tests
	@$(RUN) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.lock
	@touch $@

# Every supported Python and system, with hashes; run after a change to pyproject.toml.
lock:
	@$(RUN) -m pip install --quiet uv
	@$(LOCK) --extra dev --output-file requirements-dev.lock
	@$(LOCK) --extra figures --constraint requirements-dev.lock --output-file requirements.lock

# docs/cli.md from the command, and the schema of profile.toml from its model, as they are now.
docs: $(VENV)/.ready-to-test
	@$(RUN) docs/cli.py

# The pictures of README.md, from the article as it is now.
pictures: $(VENV)/.ready-to-test
	@$(RUN) docs/pictures.py

clean:
	rm -rf $(VENV) dist findings
