# A fresh Debian or Ubuntu with Python >= 3.11 needs nothing else:
#   make run    the product with a demo township on http://127.0.0.1:8000 (HOST, PORT, DEMO=0)
#   make test   everything that must hold before a change lands
#   make full   the production form on this machine: PostgreSQL, Valkey, gunicorn, Celery worker and beat
#   make bench  every figure beside the raw limit and a peer (docs/performance.md): ONLY=P4,P10 ROWS=20000 QUICK=1 ENGINES=sqlite
#   make load   pages under load, each timed, with and without reports running (docs/performance.md): LOAD="--people 1000000 --seconds 60"
#   make chaos  kill -9 of every part in the middle of work; prints what was killed and lost (nothing): CHAOS="--quick --seed 3"
#   make hosts  nine machines (network namespaces; root, nginx), each killed or cut off in the middle of work: HOSTS="--quick --promote"
#   make demo   load the demo without serving;  make lint, make e2e   parts of make test
#   make bench-check   names the lines that miss their target by the results of the last runs, and fails then
# All paths are relative, so that the checkout may lie in a folder with spaces in its name.

PYTHON ?= python3
BIN := .venv/bin/python
PIP := $(BIN) -m pip install --quiet --disable-pip-version-check --no-input --require-hashes

.PHONY: run full demo test lint e2e bench bench-check load chaos hosts

run: .venv/.run
	@exec $(BIN) tools/run.py --with-parent

full: .venv/.dev
	@exec $(BIN) tools/full.py --with-parent

demo: .venv/.run
	@$(BIN) tools/prepare.py

test: .venv/.e2e
	@exec $(BIN) tools/test.py

lint: .venv/.dev
	@exec $(BIN) tools/test.py --only lint

e2e: .venv/.e2e
	@exec $(BIN) tools/test.py --only e2e

bench: .venv/.bench
	@exec $(BIN) -m bench $(if $(ONLY),--only $(ONLY)) $(if $(ROWS),--rows $(ROWS)) $(if $(QUICK),--quick) \
	  $(if $(ENGINES),--engines $(ENGINES)) $(BENCH)

bench-check: .venv/.run
	@exec $(BIN) -m bench --check

load: .venv/.dev
	@exec $(BIN) -m bench.load $(LOAD)

chaos: .venv/.dev
	@exec $(BIN) -m bench.chaos $(CHAOS)

hosts: .venv/.dev
	@exec $(BIN) -m bench.hosts $(HOSTS)

# Stamp files: the second call finds them newer than the requirements and is quick.
.venv/.run: requirements.txt | .venv/.made
	@echo "安装依赖……"
	@$(PIP) -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.run
	@echo "安装开发与测试依赖……"
	@$(PIP) -r requirements-dev.txt
	@touch $@

.venv/.e2e: requirements-e2e.txt .venv/.dev
	@echo "安装浏览器测试依赖……"
	@$(PIP) -r requirements-e2e.txt
	@touch $@

.venv/.bench: requirements-bench.txt .venv/.dev
	@echo "安装性能测量依赖……"
	@$(PIP) -r requirements-bench.txt
	@touch $@

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "需要 Python 3.11 或更新的版本(PYTHON=路径 可另行指定)。" >&2; exit 1; }
	@$(PYTHON) -m venv .venv >/dev/null || \
	  { rm -rf .venv; echo "不能建立虚拟环境。请先运行:apt-get install python3-venv" >&2; exit 1; }
	@touch $@
