# Bare `make` lists what there is. Every path is relative, so the checkout may lie anywhere.
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory
.PHONY: help demo test check faults takeovers chaos machines bench wall corpus ingest sabotage gates words screenshots lock clean clean-data python demo-env test-env

PY := .venv/bin/python

# A name on PATH is not enough (version managers leave names that do not run): each is tried.
FIND_PYTHON = found=""; old=""; \
	for one in "$$PYTHON" python3 python3.11 python3.12 python3.13 python3.14 python; do \
		[ -n "$$one" ] || continue; \
		said=$$("$$one" -c 'import sys; print(sys.version.split()[0], sys.version_info >= (3, 11))' 2>/dev/null) || continue; \
		case "$$said" in *True) found="$$one"; break;; *) old="$${said% *}";; esac; \
	done; \
	if [ -z "$$found" ]; then \
		if [ -n "$$old" ]; then echo "error: Python 3.11 or newer is needed; the newest found is $$old (name another with PYTHON=…)" >&2; \
		else echo "error: Python 3.11 or newer is needed and none was found (name one with PYTHON=…)" >&2; fi; \
		exit 1; \
	fi

help:
	@echo "make demo         everything on this machine: servers, web, switchboard, workers, simulated calls"
	@echo "make test         checks and all tests, in a real browser too"
	@echo "make check        import contracts, lint, types, templates, migrations"
	@echo "make faults       kill each process once during a running call and count what was lost"
	@echo "make takeovers    owners of calls die and hang, sockets are cut: who writes after that, what is told"
	@echo "make chaos        kill at every crash point, pause and mislead workers and calls; count what was lost or doubled"
	@echo "make machines     random walks of proposals and effects beside a model: the matrix of transitions"
	@echo "make bench        live path, pages, outbox and approvals beside named peers: ratios, written to var/bench"
	@echo "make wall         40 tiles at 80 lines a second and a call of 5,000 turns in a browser: frames, memory, losses"
	@echo "make corpus       play recorded conversations through the whole stack and compare the record with them"
	@echo "make ingest       2,000 webhooks with duplicates and forged ones while web is killed three times"
	@echo "make sabotage     break the code in small ways; a named test must notice each"
	@echo "make gates        every screen in both themes and widths: axe, overflow, errors"
	@echo "make words        bring the catalogues of languages up to date and say what is not translated"
	@echo "make screenshots  pictures of the pages"
	@echo "make lock         resolve the dependencies anew into requirements/*.lock"
	@echo "make clean        remove what was installed; make clean-data removes what the demo recorded"
	@echo ""
	@echo "Settings: PORT, READBACK_VAR, DEMO_CALLS=0, DATABASE_URL, DATABASE_OWNER_URL, REDIS_URL,"
	@echo "          OPENAI_API_KEY, OPENAI_BASE_URL, PYTHON, PG_ORDER, BROWSER_PATH"

demo-env:
	@$(FIND_PYTHON); exec "$$found" -m console.stack.install demo

test-env:
	@$(FIND_PYTHON); exec "$$found" -m console.stack.install test

# exec: the runner gets Ctrl-C and signals itself and stops its children in order.
demo: demo-env
	@exec $(PY) -m console.stack demo --with-parent

test: test-env
	@$(PY) -m tests.browser
	@$(MAKE) check
	@exec $(PY) -m pytest -n auto $(ARGS)

check: test-env
	@.venv/bin/lint-imports
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy .
	@find templates -name '*.html' -exec .venv/bin/djade --check --target-version 5.2 {} +
	@$(PY) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	@$(PY) -m pytest -q tests/test_house.py

faults: test-env
	@exec $(PY) -m tests.faults

takeovers: test-env
	@exec $(PY) -m tests.takeovers $(ARGS)

chaos: test-env
	@exec $(PY) -m tests.chaos $(ARGS)

machines: test-env
	@MACHINE_STEPS=$${MACHINE_STEPS:-6000} exec $(PY) -m pytest tests/approvals/test_machines.py

bench: test-env
	@$(PY) -m pip install -q --require-hashes -r requirements/bench.lock
	@exec $(PY) -m tests.bench $(ARGS)

wall: test-env
	@$(PY) -m tests.browser
	@exec $(PY) -m tests.wall $(ARGS)

corpus: test-env
	@exec $(PY) -m tests.corpus $(ARGS)

ingest: test-env
	@exec $(PY) -m tests.ingest $(ARGS)

sabotage: test-env
	@exec $(PY) -m tests.sabotage

gates: test-env
	@$(PY) -m tests.browser
	@GATES=all exec $(PY) -m pytest tests/test_gates.py tests/console/test_design.py

words: test-env
	@exec $(PY) -m tests.words

screenshots: test-env
	@$(PY) -m tests.browser
	@exec $(PY) -m tests.screenshots

# Test first: the smaller sets take their versions from it. No line names a host.
LOCK = uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q
lock:
	@uv --version >/dev/null 2>&1 || { echo "error: uv is needed to resolve dependencies (pip install uv)" >&2; exit 1; }
	$(LOCK) --group test -o requirements/test.lock
	$(LOCK) --group bench -c requirements/test.lock -o requirements/bench.lock
	$(LOCK) --group demo -c requirements/test.lock -o requirements/demo.lock
	$(LOCK) -c requirements/test.lock -o requirements/base.lock

clean:
	@rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "removed .venv and caches; the data in var/ is kept (make clean-data)"

clean-data:
	@$(FIND_PYTHON); exec "$$found" -m console.stack clean-data
