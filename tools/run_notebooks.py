"""Run the course's notebooks, each top to bottom in a fresh kernel, and report on them.

    python tools/run_notebooks.py              # all, two at a time if the machine has the cores and the memory
    python tools/run_notebooks.py --jobs 1     # one at a time: the times shown are those of a notebook alone
    python tools/run_notebooks.py 02           # those whose file name starts with 02
    python tools/run_notebooks.py --store 02   # and keep the executed notebook in notebooks/
    python tools/run_notebooks.py --twice      # each cell twice in a row, as a hurried student does

The executed notebooks go to the build folder, with ``claims.json``: the claims that all notebooks in the build
folder measured. Several runs may share a build folder. Exits with 1 if a notebook failed.
"""

import argparse
import base64
import concurrent.futures
import contextlib
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time
from typing import NamedTuple

import nbclient
import nbformat
import psutil
from PIL import Image

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.files import make_build_folder, write  # noqa: E402
from utils.claims import claims_in, format_measure  # noqa: E402
from utils.tables import format_table  # noqa: E402

CELL_TIMEOUT = 900  # seconds
LINE_EVERY = 15  # seconds between lines of progress where the line cannot be rewritten
MOST_AT_ONCE = 2
MEMORY_EACH = 3e9  # bytes; a notebook of the course takes at most 2.3 GB
RUN_TIME = re.compile(r"(\*\*Tempo de execução:\*\*) [^·\n]*")


class Result(NamedTuple):
    """What came of running one notebook."""

    name: str
    seconds: float
    peak_memory: float  # GB
    failure: str  # empty if all is well
    claims: list


class PeakMemory(threading.Thread):
    """Watch the resident memory of a process, sampling it ten times a second."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.process, self.peak, self.stopping = psutil.Process(pid), 0, threading.Event()

    def run(self):
        with contextlib.suppress(psutil.Error):  # the kernel may end before we do
            while not self.stopping.wait(0.1):
                self.peak = max(self.peak, self.process.memory_info().rss)

    def stop(self):
        """Stop watching; return the largest memory seen, in GB."""
        self.stopping.set()
        self.join()
        return self.peak / 1e9


class ProgressLine:
    """Say which notebooks run and how far they are: in place on a terminal, now and then a line elsewhere."""

    def __init__(self, stream=sys.stdout):
        self.stream, self.in_place, self.last = stream, stream.isatty(), -LINE_EVERY
        self.running, self.lock = {}, threading.Lock()

    def show(self, name, text):
        """Show how far the notebook `name` is, beside the others that run."""
        with self.lock:
            self.running[name] = text
            line = " | ".join(f"{name}: {text}" for name, text in self.running.items())
            if self.in_place:
                self.stream.write(f"\r\033[K{line}")
            elif time.monotonic() - self.last >= LINE_EVERY:
                self.last = time.monotonic()
                self.stream.write(f"{line}\n")
            self.stream.flush()

    def end(self, name, text):
        """Leave a line that says how the notebook `name` ended."""
        with self.lock:
            self.running.pop(name, None)
            self.stream.write("\r\033[K" * self.in_place + f"{name}: {text}\n")
            self.stream.flush()


def describe_failure(error, cell, number):
    """Return one line: the cell that failed, its first line of code, and the error."""
    if isinstance(error, nbclient.exceptions.CellExecutionError):
        reason = f"{error.ename}: {error.evalue}"
    else:
        reason = f"{type(error).__name__}: {error}"
    code = cell.source.strip().splitlines()[0]
    return f"célula {number} ({code:.50}): {' '.join(reason.split())}"


def run_notebook(path, line, log, *, times=1):
    """Execute the notebook at `path`, each cell `times` times; return the executed notebook and its `Result`.

    What the kernel's process itself writes (messages of Jupyter and of native code) goes to the open file `log`.
    """
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = nbclient.NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        shutdown_kernel="immediate",  # there is nothing to wait for: TensorFlow takes a second or two to go
        resources={"metadata": {"path": str(path.parent)}},
    )
    failure, start, memory = "", time.perf_counter(), None
    code = [(i, cell) for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    number, cell = 0, notebook.cells[0]
    try:
        with client.setup_kernel(stdout=log, stderr=log):
            memory = PeakMemory(client.km.provisioner.pid)
            memory.start()
            for number, (index, cell) in enumerate(code, 1):
                seconds = time.perf_counter() - start
                line.show(path.stem, f"célula {number} de {len(code)} · {seconds:.0f} s")
                for _ in range(times):
                    client.execute_cell(cell, index, execution_count=number)
            peak = memory.stop()
    except (nbclient.exceptions.CellControlSignal, nbclient.exceptions.DeadKernelError, RuntimeError) as error:
        failure = describe_failure(error, cell, number)
        peak = memory.stop() if memory else 0.0
    seconds = time.perf_counter() - start
    claims = [{"notebook": path.stem, **record} for record in claims_in(notebook)]
    line.end(path.stem, f"{'falhou na ' + failure if failure else 'ok'} · {seconds:.0f} s")
    return notebook, Result(path.stem, seconds, peak, failure, claims)


def smaller_png(encoded):
    """Return a picture (PNG in base64) with 256 colours: enough for a figure, and a third of the size."""
    picture, out = Image.open(io.BytesIO(base64.b64decode(encoded))), io.BytesIO()
    picture.convert("RGB").quantize(256).save(out, format="png", optimize=True)
    return base64.b64encode(out.getvalue()).decode() + "\n"


def for_storing(notebook, seconds):
    """Return the executed notebook as it is kept: its run time in the header, small, nothing of this machine."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = smaller_png(output.data["image/png"])
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    header = notebook.cells[0]
    header.source, found = RUN_TIME.subn(rf"\1 cerca de {seconds:.0f} s ", header.source)
    if not found:
        raise SystemExit("o primeiro bloco do notebook não tem a linha **Tempo de execução:**")
    return notebook


def select(selections, folder):
    """Return the notebooks whose names start with one of `selections` (all if there are none)."""
    paths = sorted(folder.glob("[0-9]*.ipynb"))
    chosen = [path for path in paths if not selections or any(path.stem.startswith(s) for s in selections)]
    if not chosen:
        raise SystemExit(f"nenhum notebook começa com {' '.join(selections)}; há: {', '.join(p.stem for p in paths)}")
    return chosen


def check_versions(path):
    """Print the versions a kernel finds of the packages pinned in the file at `path`; stop if they are others."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    pins = [line for line in lines if line and not line.startswith("#")]
    names = [pin.partition("==")[0] for pin in pins]
    code = f"import importlib.metadata as m, platform\nprint(*[f'{{n}}=={{m.version(n)}}' for n in {names}])"
    probe = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(f"{code}\nprint(platform.python_version())")])
    nbclient.NotebookClient(probe, kernel_name="python3").execute(stderr=subprocess.DEVNULL)
    found, python = "".join(output.text for output in probe.cells[0].outputs).splitlines()
    print(f"Os notebooks rodam com Python {python}, {found.replace(' ', ', ')}", flush=True)
    if found.split() != pins:
        raise SystemExit(f"{path} pede outras versões: {', '.join(pins)}")


def claims_in_build(build, notebooks):
    """Return the claims that the notebooks in the folder `notebooks` measured when last executed into `build`."""
    built = [build / path.name for path in select([], notebooks)]
    return [
        {"notebook": path.stem, **record}
        for path in built
        if path.exists()
        for record in claims_in(nbformat.read(path, as_version=4))
    ]


def write_claims(build, notebooks):
    """Write ``claims.json``; write it again if another run put a notebook into the same folder meanwhile."""
    claims = None
    while claims != (claims := claims_in_build(build, notebooks)):
        write(build / "claims.json", json.dumps(claims, ensure_ascii=False, indent=1) + "\n")


def report(results):
    """Print the two tables: notebooks and claims."""
    print("\nNotebooks")
    notebooks = {
        "notebook": [r.name for r in results],
        "tempo (s)": [float(r.seconds) for r in results],
        "memória (GB)": [float(r.peak_memory) for r in results],
        "resultado": [r.failure or "ok" for r in results],
    }
    print(format_table(notebooks, digits={"tempo (s)": 0, "memória (GB)": 1})[0])
    claims = [claim for r in results for claim in r.claims]
    if claims:
        print("\nAfirmações da aula")
        columns = {
            "id": [c["id"] for c in claims],
            "notebook": [c["notebook"][:2] for c in claims],
            "o que se mediu": [c["statement"] for c in claims],
            "medido": [format_measure(c["value"]) for c in claims],
            "limite": [c["threshold"] for c in claims],
            "vale?": ["sim" if c["holds"] else "NÃO" for c in claims],
        }
        print(format_table(columns)[0])
    failed = [r.name for r in results if r.failure]
    held = sum(c["holds"] for c in claims)
    passed = len(results) - len(failed)
    print(f"\n{passed} de {len(results)} notebooks ok, {held} de {len(claims)} afirmações confirmadas.")
    return bool(failed)


def default_jobs():
    """Return how many notebooks this machine runs at once: two, if it has the cores and the memory for them."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    room = int(psutil.virtual_memory().available // MEMORY_EACH)
    return max(1, min(MOST_AT_ONCE, cores, room))


def run_all(paths, jobs, args):
    """Run the notebooks at `paths`, `jobs` at a time, and keep them in the build folder; return their results."""
    line = ProgressLine()

    def run(path):
        with open(args.build / f"{path.stem}.log", "w", encoding="utf-8") as log:
            notebook, result = run_notebook(path, line, log, times=2 if args.twice else 1)
        write(args.build / path.name, nbformat.writes(notebook) + "\n")
        if args.store and not result.failure:
            write(path, nbformat.writes(for_storing(notebook, result.seconds)) + "\n")
        return result

    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(run, path) for path in paths]
        try:
            while concurrent.futures.wait(futures, timeout=1).not_done:
                pass  # woken now and then: on Windows an endless wait cannot be interrupted
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            while any(future.running() for future in futures):
                for kernel in psutil.Process().children(recursive=True):
                    with contextlib.suppress(psutil.Error):  # it may have ended by itself
                        kernel.kill()
                time.sleep(0.1)
            raise
    return [future.result() for future in futures]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("selections", nargs="*", help="how the file names start; all notebooks unless given")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
    parser.add_argument("--notebooks", type=pathlib.Path, default=ROOT / "notebooks")
    parser.add_argument("--store", action="store_true", help="keep the executed notebooks, if they passed")
    parser.add_argument("--jobs", type=int, help="how many at once; with --store, which keeps their times, one")
    parser.add_argument("--twice", action="store_true", help="execute each cell twice in a row")
    parser.add_argument("--versions", type=pathlib.Path, help="file of pins: stop unless the kernel has these versions")
    args = parser.parse_args()
    if args.jobs is not None and (args.jobs < 1 or (args.store and args.jobs > 1)):
        parser.error(f"--jobs: expected 1 or more (with --store, which keeps the times, 1), received {args.jobs}")
    paths = select(args.selections, args.notebooks.resolve())
    jobs = args.jobs or (1 if args.store else min(default_jobs(), len(paths)))
    make_build_folder(args.build, "run")
    if args.versions:
        check_versions(args.versions)
    start = time.perf_counter()
    results = run_all(paths, jobs, args)
    seconds = time.perf_counter() - start
    write_claims(args.build, args.notebooks.resolve())
    failed = report(results)
    if jobs > 1:
        print(f"Ao todo {seconds / 60:.1f} min, {jobs} notebooks de cada vez; sozinho, cada um leva menos (JOBS=1).")
    return failed


if __name__ == "__main__":
    sys.exit(main())
