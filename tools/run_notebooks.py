"""Run the course's notebooks, each top to bottom in a fresh kernel, and report on them.

    python -m tools.run_notebooks              # all, two at a time if the machine has the cores and the memory
    python -m tools.run_notebooks --jobs 1     # one at a time: the times shown are those of a notebook alone
    python -m tools.run_notebooks 02           # those whose file name starts with 02
    python -m tools.run_notebooks --store 02   # and keep the executed notebook in notebooks/
    python -m tools.run_notebooks --twice      # each cell twice in a row, as a hurried student does
    python -m tools.run_notebooks --full       # and list everything that was measured

The executed notebooks go to the build folder, with ``claims.json`` and ``verdicts.json``: what all notebooks in the
build folder measured. Several runs may share a build folder. Exits with 1 if a notebook failed.
"""

import argparse
import concurrent.futures
import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time

import nbclient
import nbformat
import psutil

from studies.verdicts import verdicts_in
from tools import memory
from tools.files import as_json, make_build_folder, read, save
from tools.options import build_folder, count
from tools.run_screen import WIDTH, Result, cut, full_list, outside, screen
from tools.stored import (
    ACTIVITY,
    NOTEBOOKS,
    NotebookError,
    as_text,
    for_storing,
    read_notebook,
    repository,
    with_template,
)
from utils.claims import claims_in
from utils.course import ROOT

CELL_TIMEOUT = 900  # seconds
LINE_EVERY = 15  # seconds between lines of progress where the line cannot be rewritten
MOST_AT_ONCE = 2
# What a kernel is asked: which versions it finds of these packages, and of Python.
VERSIONS = """
import importlib.metadata, platform
for name in {names}:
    try:
        print(f"{{name}}=={{importlib.metadata.version(name)}}", end=" ")
    except importlib.metadata.PackageNotFoundError:
        print(f"{{name}}==nenhuma", end=" ")
print()
print(platform.python_version())
"""
RECORDS = {"claims": claims_in, "verdicts": verdicts_in}  # what is collected, and how


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

    def __init__(self):
        self.stream, self.in_place, self.last = sys.stdout, sys.stdout.isatty(), -LINE_EVERY
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
            self.stream.write("\r\033[K" * self.in_place + cut(f"{name}: {text}", WIDTH) + "\n")
            self.stream.flush()


def describe_failure(error, cell, number):
    """Return one line: the cell that failed, its first line of code, and the error."""
    if isinstance(error, nbclient.exceptions.CellExecutionError):
        reason = f"{error.ename}: {error.evalue}"
    else:
        reason = f"{type(error).__name__}: {error}"
    code = (cell.source.strip().splitlines() or [""])[0]
    return f"célula {number} ({code:.50}): {' '.join(reason.split())}"


def execute(notebook, path, line, log, times, client_class=nbclient.NotebookClient):
    """Execute a notebook in place, each cell `times` times; return the peak memory in GB and what failed, if anything.

    What the kernel's process itself writes (messages of Jupyter and of native code) goes to the open file `log`.
    """
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = client_class(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        shutdown_kernel="immediate",  # there is nothing to wait for: TensorFlow takes a second or two to go
        resources={"metadata": {"path": str(path.parent)}},
    )
    start, watch = time.perf_counter(), None
    code = [(i, cell) for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    number, cell = 0, notebook.cells[0]
    try:
        with client.setup_kernel(stdout=log, stderr=log):
            watch = PeakMemory(client.km.provisioner.pid)
            watch.start()
            for number, (index, cell) in enumerate(code, 1):
                seconds = time.perf_counter() - start
                line.show(path.stem, f"célula {number} de {len(code)} · {seconds:.0f} s")
                for _ in range(times):
                    client.execute_cell(cell, index, execution_count=number)
            return watch.stop(), ""
    except (
        nbclient.exceptions.CellControlSignal,
        nbclient.exceptions.DeadKernelError,
        RuntimeError,
        OSError,
        psutil.Error,
    ) as error:
        return watch.stop() if watch else 0.0, describe_failure(error, cell, number)


def joined(*failures):
    """Return the failures there are as one text."""
    return "; ".join(filter(None, failures))


def run_notebook(path, line, args):
    """Run the notebook at `path` and keep what came of it; return its `Result`, which tells whatever failed."""
    name, start = path.stem, time.perf_counter()
    try:
        notebook = read_notebook(path)
        if args.store:
            notebook = with_template(notebook, name, repository())
    except NotebookError as error:
        line.end(name, f"falhou: {error}")
        return Result(name, failure=str(error).removeprefix(path.name).lstrip(": "))
    log = args.build / f"{name}.log"
    if failure := save(log, ""):
        line.end(name, f"falhou: {failure}")
        return Result(name, failure=failure)
    with open(log, "a", encoding="utf-8") as messages:
        there = memory.measured()
        peak, failure = execute(notebook, path, line, messages, times=2 if args.twice else 1)
        failure = memory.noted(failure, *there)
    seconds = time.perf_counter() - start
    records = {kind: records_of(notebook, name, find) for kind, find in RECORDS.items()}
    unwritten = save(args.build / path.name, as_text(notebook))
    failure = joined(failure, outside(records["verdicts"]), unwritten)
    if failure:
        unlogged = save(log, f"{log.read_text(encoding='utf-8', errors='replace')}{failure}\n")
        failure, unwritten = joined(failure, unlogged), joined(unwritten, unlogged)
    if args.store and not failure:
        try:
            failure = save(path, as_text(for_storing(notebook, name, seconds)))
        except NotebookError as error:
            failure = str(error)
    line.end(name, f"{f'falhou: {failure}' if failure else 'ok'} · {seconds:.0f} s")
    return Result(name, seconds, peak, failure, **records, has_copy=not unwritten)


def records_of(notebook, name, find):
    """Return the records that `find` finds in an executed notebook, each with the notebook's name."""
    return [{"notebook": name, **record} for record in find(notebook)]


def notebooks_in(folder):
    """Return the notebooks in a folder: in the course's own those of `NOTEBOOKS`, elsewhere those with a number."""
    if folder == ROOT / "notebooks":
        return [folder / f"{name}.ipynb" for name in NOTEBOOKS]
    return sorted(folder.glob("[0-9]*.ipynb"))


def select(selections, folder):
    """Return the notebooks whose names start with one of `selections` (all if there are none).

    Files in the course's own folder that `NOTEBOOKS` does not list are named, but for the activity.

    Raises
    ------
    SystemExit
        If there is none for one of them.
    """
    paths = notebooks_in(folder)
    known = {f"{ACTIVITY}.ipynb", *(path.name for path in paths)}
    ignored = sorted({path.name for path in folder.glob("*.ipynb")} - known)
    if ignored and folder == ROOT / "notebooks":
        print(f"ignorados: {', '.join(ignored)} (não estão em NOTEBOOKS, em tools/stored.py)", flush=True)
    unknown = [selection for selection in selections if not any(path.stem.startswith(selection) for path in paths)]
    if unknown or not paths:
        there = ", ".join(path.stem for path in paths) or "nenhum"
        raise SystemExit(f"nenhum notebook começa com {' nem com '.join(unknown) or 'um número'}; há: {there}")
    return [path for path in paths if not selections or path.stem.startswith(tuple(selections))]


def check_versions(path):
    """Print the versions a kernel finds of the packages pinned in the file at `path`; stop if they are others."""
    lines = [line.strip() for line in read(path).splitlines()]
    pins = [line for line in lines if line and not line.startswith("#")]
    names = [pin.partition("==")[0] for pin in pins]
    probe = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(VERSIONS.format(names=names))])
    nbclient.NotebookClient(probe, kernel_name="python3").execute(stderr=subprocess.DEVNULL)
    found, python = "".join(output.text for output in probe.cells[0].outputs).splitlines()
    print(f"Os notebooks rodam com Python {python}, {found.replace(' ', ', ')}", flush=True)
    if found.split() != pins:
        raise SystemExit(f"{path} pede outras versões: {', '.join(pins)}")


def records_in_build(build, notebooks):
    """Return what the notebooks in the folder `notebooks` measured when last executed into `build`.

    Returns
    -------
    records : dict of str to list
        By kind, a key of `RECORDS`.
    failures : list of Result
        One for each file that is no notebook.
    """
    records, failures = {kind: [] for kind in RECORDS}, []
    for path in (build / path.name for path in notebooks_in(notebooks)):
        if path.exists():
            try:
                notebook = read_notebook(path)
            except NotebookError as error:
                reason = str(error).removeprefix(f"{path.name} ")
                failures.append(Result(f"{build.name}/{path.name}", failure=reason, is_notebook=False))
                continue
            for kind, find in RECORDS.items():
                records[kind] += records_of(notebook, path.stem, find)
    return records, failures


def write_records(build, notebooks):
    """Write ``claims.json`` and ``verdicts.json``; return a `Result` for each thing that failed.

    They are written again if another run put a notebook into the same folder meanwhile.
    """
    written, failures = None, []
    while (found := records_in_build(build, notebooks)) != written:
        written, (records, failures) = found, found
        for kind in RECORDS:
            path = build / f"{kind}.json"
            if failure := save(path, as_json(records[kind])):
                failures = [*failures, Result(path.name, failure=failure, is_notebook=False)]
    return failures


def default_jobs():
    """Return how many notebooks this machine runs at once: two, if it has the cores and the memory for them."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    room = int(memory.available() // memory.EACH)
    return max(1, min(MOST_AT_ONCE, cores, room))


def run_all(paths, jobs, args):
    """Run the notebooks at `paths`, `jobs` at a time; return their results."""
    line = ProgressLine()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(run_notebook, path, line, args) for path in paths]
        try:
            while concurrent.futures.wait(futures, timeout=1).not_done:
                pass  # woken now and then: on Windows an endless wait cannot be interrupted
        except KeyboardInterrupt:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # also whoever presses the keys again leaves no kernel
            pool.shutdown(wait=False, cancel_futures=True)
            while any(future.running() for future in futures):
                for kernel in psutil.Process().children(recursive=True):
                    with contextlib.suppress(psutil.Error):  # it may have ended by itself
                        kernel.kill()
                time.sleep(0.1)
            raise
    return [future.result() for future in futures]


def parse(arguments):
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description="Roda os notebooks do curso, cada um em um kernel novo.")
    parser.add_argument("selections", nargs="*", help="como começam os nomes dos arquivos; sem isto, todos")
    parser.add_argument("--build", type=build_folder, default="", help="a pasta onde escrever")
    parser.add_argument("--notebooks", type=pathlib.Path, default=ROOT / "notebooks", help="a pasta dos notebooks")
    parser.add_argument("--store", action="store_true", help="guarda os notebooks executados, se passaram")
    parser.add_argument("--jobs", type=count, help="quantos de cada vez; com --store, que guarda os tempos, um")
    parser.add_argument("--twice", action="store_true", help="roda cada célula duas vezes seguidas")
    parser.add_argument("--full", action="store_true", help="mostra tudo o que se mediu")
    parser.add_argument("--versions", type=pathlib.Path, help="um arquivo de versões: para se o kernel tiver outras")
    args = parser.parse_args(arguments)
    if args.store and args.jobs not in (None, 1):
        parser.error(f"argument --jobs: com --store, que guarda os tempos, só 1; recebi {args.jobs}")
    # One argument may hold several: make passes what was given as NB in one.
    args.selections = " ".join(args.selections).split()
    args.notebooks = args.notebooks.resolve()
    return args


def run(args):
    """Run the notebooks and report on them; return the exit status."""
    paths = select(args.selections, args.notebooks)
    if args.store:
        repository()  # a pyproject.toml that is damaged is told before anything runs
    jobs = args.jobs or (1 if args.store else min(default_jobs(), len(paths)))
    make_build_folder(args.build, "test-colab" if args.versions else "store" if args.store else "run")
    text, is_short = memory.measured()
    if is_short:
        print(f"Há pouca memória: {text}", flush=True)
    if args.versions:
        check_versions(args.versions)
    start = time.perf_counter()
    results = run_all(paths, jobs, args)
    seconds = time.perf_counter() - start
    results += write_records(args.build, args.notebooks)
    if args.full:
        print(f"\n{full_list(results)}")
    print(f"\n{screen(results, args.build)}")
    if jobs > 1:
        minutes = f"{seconds / 60:.1f}".replace(".", ",")
        print(f"Ao todo {minutes} min, {jobs} notebooks de cada vez; sozinho, cada um leva menos (JOBS=1).")
    return any(result.failure for result in results)


def main(arguments=None):
    return run(parse(arguments))


if __name__ == "__main__":
    sys.exit(main())
