# O curso em comandos; `make` sem nada mostra quais são.

PYTHON ?= python3
VENV ?= .venv
BUILD ?= build
# Arguments of make, never taken from the environment.
PACKAGES := -r requirements.txt -c constraints.txt
VERSIONS :=
NB :=
TWICE :=
JOBS :=
RUNS := 3
ONLY :=
RESUME :=
REPO :=
ifneq ($(words $(VENV)),1)
$(error VENV: esperava o nome de uma pasta, sem espaços, e recebi "$(VENV)". Exemplo: make run VENV=/tmp/venv)
endif
RUN := $(VENV)/bin/python
READY := $(VENV)/.ready
export PYTHONDONTWRITEBYTECODE := 1
export JUPYTER_PLATFORM_DIRS := 1

.PHONY: help run test test-colab lab colab bench bench-readme store constraints

help:
	@echo "make run                    roda todos os notebooks e mostra tempos e afirmações (NB=02: só um; COURSE_SEED=7: outra semente;"
	@echo "                            TWICE=1: cada célula duas vezes; BUILD=/outra/pasta: onde escrever;"
	@echo "                            JOBS=1: um de cada vez, e não dois, para ver o tempo de cada um sozinho)"
	@echo "make test                   estilo, testes e nbval em todos os notebooks"
	@echo "make test-colab             roda os notebooks com as versões do Colab, em um segundo ambiente (NB=02: só um)"
	@echo "make lab                    abre o JupyterLab na pasta notebooks"
	@echo "make colab REPO=dono/nome   escreve o endereço do repositório nos notebooks"
	@echo "make bench                  compara tempo e erro com receitas publicadas, cerca de uma hora (RUNS=1: uma rodada;"
	@echo "                            ONLY=\"sae cae\": só estas; RESUME=1: continua a medição que se interrompeu)"
	@echo "make bench-readme           escreve no README as tabelas e a figura do último make bench"
	@echo "make store NB=02            roda e guarda, executado, o notebook em notebooks/ (para quem escreve o curso)"
	@echo "make constraints            refaz constraints.txt com as versões mais novas que requirements.txt aceita"

$(READY): $(filter %.txt,$(PACKAGES))
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
	  { echo "É preciso Python 3.11, 3.12 ou 3.13, os que o TensorFlow aceita; $(PYTHON) é $$($(PYTHON) --version 2>&1). Tente: make PYTHON=python3.12 ..."; exit 1; }
	@echo "Preparando o ambiente em $(VENV) (só na primeira vez; alguns minutos)"
	@$(PYTHON) -m venv $(if $(wildcard $(VENV)/pyvenv.cfg),--clear) "$(VENV)" || { echo "Faltou o módulo venv (no Debian e no Ubuntu: apt install python3-venv)"; exit 1; }
	@"$(RUN)" -m pip install --quiet --disable-pip-version-check $(PACKAGES)
	@touch "$(READY)"

run: $(READY)
	@"$(RUN)" tools/run_notebooks.py --build "$(BUILD)" $(if $(TWICE),--twice) $(if $(JOBS),--jobs $(JOBS)) $(VERSIONS) $(NB)

# The stored outputs are those of the course's own seed, whatever COURSE_SEED says.
test: $(READY)
	@"$(RUN)" -m ruff check --no-cache .
	@"$(RUN)" -m ruff format --no-cache --check .
	@env -u COURSE_SEED "$(RUN)" -m pytest tests notebooks --nbval --nbval-current-env --nbval-cell-timeout 600 \
	  --nbval-sanitize-with tests/nbval_sanitize.cfg

# Besides what Colab has: what tools/run_notebooks.py needs to drive the kernels. No notebook imports it.
test-colab:
	@$(MAKE) --no-print-directory run VENV="$(VENV)-colab" BUILD="$(BUILD)/colab" \
	  PACKAGES="-r constraints-colab.txt nbclient nbformat psutil pillow" VERSIONS="--versions constraints-colab.txt"

lab: $(READY)
	@"$(RUN)" -m jupyterlab --notebook-dir notebooks

colab: $(READY)
	@"$(RUN)" tools/set_repository.py "$(REPO)"

bench: $(READY)
	@"$(RUN)" tools/benchmark.py --build "$(BUILD)" --runs $(RUNS) $(if $(RESUME),--resume) --only $(ONLY)

bench-readme: $(READY)
	@"$(RUN)" tools/benchmark_report.py --build "$(BUILD)"

store: $(READY)
	@"$(RUN)" tools/run_notebooks.py --build "$(BUILD)" --store $(NB)
	@"$(RUN)" tools/update_readme.py

constraints:
	@rm -rf "$(BUILD)/constraints" && $(PYTHON) -m venv "$(BUILD)/constraints"
	@"$(BUILD)/constraints/bin/python" -m pip install --quiet -r requirements.txt
	@head -1 constraints.txt > "$(BUILD)/constraints.txt"
	@"$(BUILD)/constraints/bin/python" -m pip freeze --exclude pip --exclude setuptools --exclude wheel >> "$(BUILD)/constraints.txt"
	@mv "$(BUILD)/constraints.txt" constraints.txt && rm -rf "$(BUILD)/constraints"
