# O curso em comandos; `make` sem nada mostra quais são.

PYTHON ?= python3
VENV ?= .venv
BUILD ?= build
# Arguments of make, never taken from the environment.
NB :=
TWICE :=
FULL :=
JOBS :=
RUNS := 3
ONLY :=
RESUME :=
REPO :=
C :=
FILE :=
MINUTES :=
# What was typed is data: it is not expanded by make, and a shell sees it only as the value of a variable.
$(foreach name,$(.VARIABLES),$(if $(filter command,$(origin $(name))),\
  $(eval override $(name) := $$(value $(name)))$(eval export $(name))))
export PYTHON VENV BUILD NB TWICE FULL JOBS RUNS ONLY RESUME REPO C FILE MINUTES
export PYTHONDONTWRITEBYTECODE := 1
export JUPYTER_PLATFORM_DIRS := 1

# They make the environment, or bring it up to date, and then give it the arguments; no folder is ever emptied.
RUN := "$$PYTHON" -m tools.environment --
RUN_COLAB := "$$PYTHON" -m tools.environment --colab --
RUN_SITE := "$$PYTHON" -m tools.environment --site --
SELECTION := $${NB:+-- "$$NB"}
TWO_AT_ONCE := --numprocesses auto --maxprocesses 2 --dist loadfile
HOW := $${TWICE:+--twice} $${FULL:+--full} $${JOBS:+"--jobs=$$JOBS"}

.PHONY: help lab run test test-site student grade site site-serve store study bench bench-readme record record-readme playground colab publish test-colab constraints some-python

help:
	@printf '%s\n' \
	  'Estudar' \
	  '  make lab             abre o JupyterLab na pasta notebooks' \
	  '  make run             roda todos os notebooks e mostra tempos e afirmações' \
	  '                         NB=02 (só um), FULL=1 (tudo o que se mediu), JOBS=1 (um notebook de cada vez),' \
	  '                         TWICE=1 (cada célula duas vezes), COURSE_SEED=7 (outra semente)' \
	  '  make test            confere estilo, testes e as saídas de todos os notebooks' \
	  '' \
	  'Ensinar' \
	  '  make student         escreve em build/aluno cópias dos notebooks, sem saídas e sem soluções' \
	  '  make grade           corrige entregas da atividade, um notebook ou uma pasta deles: FILE=entregas,' \
	  '                         MINUTES=40 (até quanto cada uma pode levar; sem isto, 20)' \
	  '  make site            faz em build/site o site do curso, com os notebooks guardados' \
	  '  make site-serve      mostra esse site, só nesta máquina' \
	  '  make test-site       faz o site e o confere em um navegador, parte de make test' \
	  '' \
	  'Escrever o curso' \
	  '  make store           roda e guarda, executados, os notebooks em notebooks/; refaz as páginas: NB=02 (só um)' \
	  '  make study           mede o que falta aos estudos em que o curso se apoia, dois de cada vez: C=C6 (só o' \
	  '                         dessa afirmação), JOBS=1 (um de cada vez)' \
	  '  make bench           compara tempo e erro com receitas publicadas, cerca de uma hora: RUNS=1 (uma rodada),' \
	  '                         ONLY="sae cae" (só essas), RESUME=1 (continua a medição que se interrompeu)' \
	  '  make bench-readme    escreve em docs/quanto_custa.md as tabelas e a figura do último make bench' \
	  '  make record          mede quanto cabe em 30 codings e em quanto tempo, uns vinte minutos: RUNS=1, RESUME=1,' \
	  '                         ONLY="adam muon" (só essas receitas)' \
	  '  make record-readme   escreve em docs/recorde.md a tabela e a figura do último make record' \
	  '  make playground      treina o que falta aos modelos do playground do site, uns oito minutos' \
	  '  make colab           escreve o endereço do repositório nos notebooks: REPO=dono/nome' \
	  '  make publish         prepara em build/publicar o site e os notebooks com o endereço: REPO=dono/nome' \
	  '  make test-colab      roda os notebooks com as versões do Colab, em outro ambiente; aceita o que run aceita' \
	  '  make constraints     refaz constraints.txt com as versões mais novas que requirements.txt aceita' \
	  '' \
	  'Em todos: VENV=/outra/pasta (o ambiente), BUILD=/outra/pasta (onde escrever), PYTHON=python3.12'

# Too old a Python, or none, cannot even read tools/environment.py, which tells the others.
some-python:
	@"$$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 6))' 2> /dev/null || { printf '%s\n' \
	  "É preciso Python 3.11, 3.12 ou 3.13, os que o TensorFlow aceita; $$PYTHON é $$("$$PYTHON" --version 2>&1). Tente: make PYTHON=python3.12 ..." >&2; exit 1; }

lab: some-python
	@$(RUN) -m jupyterlab --notebook-dir notebooks

run: some-python
	@$(RUN) -m tools.run_notebooks --build="$$BUILD" $(HOW) $(SELECTION)

# The stored outputs are those of the course's own seed, whatever COURSE_SEED says.
test: some-python
	@$(RUN) -m ruff check --no-cache .
	@$(RUN) -m ruff format --no-cache --check .
	@env -u COURSE_SEED $(RUN) -m pytest tests notebooks --ignore=tests/site $(TWO_AT_ONCE) \
	  --nbval --nbval-current-env --nbval-cell-timeout 600 --nbval-sanitize-with tests/nbval_sanitize.cfg
	@env -u COURSE_SEED $(RUN) -m tools.site --build="$$BUILD" --test

test-site: some-python
	@env -u COURSE_SEED $(RUN) -m tools.site --build="$$BUILD" --test

student: some-python
	@$(RUN) -m tools.student --build="$$BUILD"

site: some-python
	@$(RUN) -m tools.site --build="$$BUILD"

grade: some-python
	@$(RUN) -m tools.grade --build="$$BUILD" $${MINUTES:+"--minutes=$$MINUTES"} -- "$$FILE"

site-serve: some-python
	@$(RUN) -m tools.site --build="$$BUILD" --serve

store: some-python
	@$(RUN) -m tools.run_notebooks --build="$$BUILD" --store $(SELECTION)
	@$(RUN) -m tools.pages

study: some-python
	@$(RUN) -m studies $${JOBS:+"--jobs=$$JOBS"} $${C:+-- "$$C"}; status=$$?; $(RUN) -m tools.pages && exit $$status

bench: some-python
	@$(RUN) -m tools.benchmark.measure --build="$$BUILD" --runs="$$RUNS" $${RESUME:+--resume} $${ONLY:+"--only=$$ONLY"}

record: some-python
	@$(RUN) -m tools.benchmark.record --build="$$BUILD" --runs="$$RUNS" $${RESUME:+--resume} $${ONLY:+"--only=$$ONLY"}

record-readme: some-python
	@$(RUN) -m tools.benchmark.record --build="$$BUILD" --to-page

bench-readme: some-python
	@$(RUN) -m tools.benchmark.report --build="$$BUILD"

playground: some-python
	@$(RUN) -m tools.playground --build="$$BUILD"

colab: some-python
	@$(RUN) -m tools.set_repository -- "$$REPO"

publish: some-python
	@$(RUN) -m tools.publish --build="$$BUILD" -- "$$REPO"

test-colab: some-python
	@$(RUN_COLAB) -m tools.run_notebooks --build="$$BUILD/colab" --versions constraints-colab.txt $(HOW) $(SELECTION)

# In a folder of its own, which is taken away in the end.
constraints: some-python
	@mkdir -p -- "$${BUILD:=build}" && scratch=$$(mktemp -d "$$BUILD/constraints.XXXXXX") && \
	  trap 'rm -rf -- "$$scratch"' EXIT && trap 'exit 130' INT TERM && \
	  "$$PYTHON" -m venv "$$scratch/venv" && \
	  "$$scratch/venv/bin/python" -m pip install --quiet -r requirements.txt && \
	  head -n 1 constraints.txt > "$$scratch/constraints.txt" && \
	  "$$scratch/venv/bin/python" -m pip freeze --exclude pip --exclude setuptools --exclude wheel >> "$$scratch/constraints.txt" && \
	  mv "$$scratch/constraints.txt" constraints.txt
