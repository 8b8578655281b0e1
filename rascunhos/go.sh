#!/bin/bash
# bash /tmp/lessons/go.sh NN [--store]: build lesson NN from /tmp/lessons/NN.py, run it (one at a time on this machine).
# without --store: nothing in the course changes; executed copy and pictures in /tmp/b_NN
NN=$1; NAME=$(cd /work/main/notebooks && ls ${NN}_*.ipynb | head -1 | sed 's/.ipynb//')
cd /work/main
export PYTHONDONTWRITEBYTECODE=1
/tmp/jt/bin/python /tmp/lessons/build.py /tmp/lessons/$NN.py /tmp/lessons/$NAME.ipynb $NAME || exit 1
.venv/bin/ruff check --no-cache -q --config pyproject.toml /tmp/lessons/$NAME.ipynb
.venv/bin/ruff format --no-cache --diff -q --config pyproject.toml /tmp/lessons/$NAME.ipynb 2>&1 | head -40
if [ "$2" = "--store" ]; then
  cp /tmp/lessons/$NAME.ipynb notebooks/$NAME.ipynb
  flock /tmp/lessons/lock .venv/bin/python -m tools.run_notebooks --build=/tmp/b_$NN --store -- $NN
else
  rm -rf /tmp/copy_$NN; mkdir -p /tmp/copy_$NN
  rsync -a --exclude .git --exclude .venv --exclude build /work/main/ /tmp/copy_$NN/ 2>/dev/null || (cd /work/main && tar cf - --exclude .git --exclude .venv --exclude build . | tar xf - -C /tmp/copy_$NN)
  cp /tmp/lessons/$NAME.ipynb /tmp/copy_$NN/notebooks/$NAME.ipynb
  cd /tmp/copy_$NN && flock /tmp/lessons/lock /work/main/.venv/bin/python -m tools.run_notebooks --build=/tmp/b_$NN --store -- $NN
  mkdir -p /tmp/b_$NN; cp notebooks/$NAME.ipynb /tmp/b_$NN/stored.ipynb
  cd /work/main; (cd /tmp/b_$NN && python3 /work/shared/tools/notebook_figures.py /tmp/b_$NN/stored.ipynb 2>&1 | tail -30)
fi
