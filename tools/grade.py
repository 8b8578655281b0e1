"""Grade hand-ins of ``notebooks/atividade.ipynb``: run each once, judge what it did, write one report.

    python -m tools.grade ana.ipynb            # one hand-in
    python -m tools.grade entregas             # all notebooks in a folder, and in the folders there
    python -m tools.grade --minutes=40 entregas

Each runs in a kernel and a folder of its own, with the seed `SEED` unless COURSE_SEED is set, under limits of time,
memory, output and disk. Beside it lies a copy of what it needs of the course. What it leaves is judged by another
process, in one more copy, made before the first hand-in ran: nothing that a hand-in writes into the course's folder, or
changes in its own kernel, is what it is judged by. None of this is a sandbox: hand-ins are programs.

The report, for reading and for a spreadsheet, is written anew after each hand-in, into a folder named by the time.
"""

import argparse
import ast
import contextlib
import functools
import itertools
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import psutil

from tools.files import lock, make_build_folder, save, why
from tools.grade_report import Graded, as_csv, as_html
from tools.grade_run import NOTEBOOK, TOO_MUCH
from tools.options import build_folder
from tools.run_notebooks import ProgressLine
from tools.stored import NotebookError, as_text, read_notebook
from utils.activity import EXPORT
from utils.course import ROOT, course_seed

SEED = 2026  # other than the course's own: what was memorised does not fit
MARK = "COURSE_GRADE"  # in the environment of all that a hand-in starts, by which it is found and ended
LARGEST = 50e6  # bytes of a notebook
DISK = 2e9  # bytes that a hand-in may write into its folder
ROOM_FOR_OUTPUT = 1e9  # bytes of memory, of the process through which the output comes
EVERY = 0.5  # seconds between looks at what runs
OF_THE_COURSE = ("utils", "studies", "tools", "data")
PYTHON_VARIABLES = ("PYTHON", "KERAS", "TF_", "JUPYTER", "IPYTHON", "COURSE_")


class Stopped(Exception):  # noqa: N818  (it is no error of ours)
    """What runs was ended because it went beyond a limit; says which."""


def positive(text):
    """Return an option's text as a number above zero, for the ``type`` of an argument."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"esperava um número maior que zero, recebi {text!r}")
    return value


def hand_ins(path):
    """Return the notebooks that `path` names, and the folder from which they are called: itself, or all in a folder.

    Raises
    ------
    SystemExit
        If there is none.
    """
    if not path.exists():
        raise SystemExit(f"FILE: não há {path}")
    if path.is_file():
        return [path], path.parent
    if not path.is_dir():
        raise SystemExit(f"FILE: {path} não é um arquivo nem uma pasta")
    hidden = re.compile(r"(^|[\\/])\.")  # such as Jupyter's .ipynb_checkpoints
    found = sorted(p for p in path.rglob("*.ipynb") if not hidden.search(str(p.relative_to(path))) and p.is_file())
    if not found:
        raise SystemExit(f"FILE: não há nenhum notebook (.ipynb) em {path}")
    return found, path


def read_hand_in(path):
    """Return the notebook at `path`.

    Raises
    ------
    NotebookError
        If it is none, or too large for one.
    """
    if path.stat().st_size > LARGEST:
        raise NotebookError(f"{path.name}: tem mais de {LARGEST / 1e6:.0f} MB; peça-o de novo, sem as saídas")
    return read_notebook(path)


# What can be read without running anything: so the answers are there even if the run fails.


def code_of(cell):
    """Return the code of a cell, without the lines that are IPython's."""
    return "\n".join("" if re.match(r"\s*[%!]", line) else line for line in cell.source.splitlines())


def is_python(cell):
    """Return whether the code of a cell can be read."""
    try:
        return bool(ast.parse(code_of(cell)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def assigned_texts(notebook):
    """Return the texts that a notebook assigns to names, a dict of name to text; the last assignment counts."""
    found = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and is_python(cell):
            for node in ast.parse(code_of(cell)).body:
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                    names = [target.id for target in node.targets if isinstance(target, ast.Name)]
                    if isinstance(node.value.value, str):
                        found |= dict.fromkeys(names, node.value.value.strip())
    return found


def written(notebook):
    """Return who handed in, and the text of each part that is one; a cell that is no Python is shown as it stands."""
    found = assigned_texts(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code" and (name := re.search(r"^(answer_[1-5]|conclusion_text) *=", cell.source, re.M)):
            found.setdefault(name[1], "" if is_python(cell) else cell.source)
    texts = {str(i): found[f"answer_{i}"] for i in range(1, 6) if found.get(f"answer_{i}")}
    texts |= {"11": found["conclusion_text"]} if found.get("conclusion_text") else {}
    return ", ".join(filter(None, [found.get("student_name"), found.get("student_number")])), texts


def seen_by_student(notebook):
    """Return what the file shows below the cell that checks the measure: what the student saw, if it is true."""
    for cell in notebook.cells:
        if cell.cell_type == "code" and 'check_form("9"' in cell.source:
            shown = [output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", ())]
            return " ".join(text for text in shown if isinstance(text, str))
    return ""


# Running: processes that are watched, and ended with all that they started.


def environment(folder, mark, **variables):
    """Return the environment for a hand-in or its judge: nothing of Python's is inherited, home is in `folder`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PYTHON_VARIABLES)}
    home = {name: str(folder / "home") for name in ("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP")}
    (folder / "home").mkdir(exist_ok=True)
    return {**kept, **home, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", MARK: mark, **variables}


def end_all(mark):
    """End every process that has this mark in its environment."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get(MARK) == mark:
                process.kill()


def resident(processes):
    """Return the resident memory of some processes, in bytes."""
    found = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            found += process.memory_info().rss
    return found


def size_of(folder):
    """Return how many bytes the files below a folder take; nothing is opened, and no link followed."""
    found = 0
    for where, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                found += os.lstat(os.path.join(where, name)).st_size
    return found


class Watched:
    """A process that is ended, with all that it started, when it goes beyond a limit or when nobody watches any more.

    Parameters
    ----------
    module : str
        What ``python -m`` runs, with `arguments`, in the folder `course`.
    folder : pathlib.Path
        Where it may write.
    minutes, gigabytes : float
    """

    def __init__(self, module, *arguments, course, folder, minutes, gigabytes, **variables):
        self.mark, self.folder, self.minutes, self.bytes = secrets.token_hex(16), folder, minutes, 1e9 * gigabytes
        self.command = [sys.executable, "-m", module, *map(str, arguments)]
        self.options = {"cwd": course, "env": environment(folder, self.mark, **variables), "start_new_session": True}

    def result(self, show):
        """Return what the process prints, JSON; `show` is called with the seconds and the gigabytes so far.

        Raises
        ------
        Stopped
            Saying which limit was passed, or that it ended without a result.
        """
        with tempfile.TemporaryFile() as out:
            start = time.monotonic()
            process = psutil.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL, **self.options
            )
            try:
                self.watch(process, start, show)
            finally:
                with contextlib.suppress(psutil.Error):
                    process.kill()
                end_all(self.mark)
                process.wait()
            if out.seek(0, os.SEEK_END) > 4 * LARGEST:
                raise Stopped("deixou saídas demais")
            out.seek(0)
            try:
                return json.loads(out.read())
            except ValueError:
                raise Stopped("parou sem dizer por quê (faltou memória na máquina?)") from None

    def watch(self, process, start, show):
        """Wait for the end of a process; raise if it goes beyond a limit."""
        looks = 0
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            seconds, children = time.monotonic() - start, []
            with contextlib.suppress(psutil.Error):
                children = process.children(recursive=True)
            of_children, own = resident(children), resident([process])
            show(seconds, (of_children or own) / 1e9)
            if seconds > 60 * self.minutes:
                raise Stopped(f"passou de {in_words(self.minutes)} minutos")
            if of_children > self.bytes:
                raise Stopped(f"passou de {in_words(self.bytes / 1e9)} GB de memória")
            if own > max(ROOM_FOR_OUTPUT, self.bytes if not children else 0):
                raise Stopped(TOO_MUCH)
            if looks % 10 == 0 and size_of(self.folder) > DISK:
                raise Stopped(f"escreveu mais de {in_words(DISK / 1e9)} GB em disco")
            looks += 1
            with contextlib.suppress(psutil.TimeoutExpired):
                process.wait(EVERY)


def in_words(value):
    """Return a number for a person: as short as it can be, with a decimal comma."""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def copy_of_course(folder, names, root=ROOT):
    """Copy parts of the course, without caches, into `folder`.

    Raises
    ------
    SystemExit
        If that is not possible: no hand-in can be judged then.
    """
    ignored = shutil.ignore_patterns("__pycache__", "results")
    try:
        for name in names:
            shutil.copytree(root / name, folder / name, ignore=ignored)
    except (OSError, shutil.Error) as error:
        reason = why(error) if not isinstance(error, shutil.Error) else error.args[0][0][2]
        raise SystemExit(f"não consegui copiar o curso para {folder.parent}: {reason}") from None


def grade_one(path, file, course, args, line):
    """Run and judge the hand-in at `path`; return what came of it."""
    notebook = read_hand_in(path)
    who, texts = written(notebook)
    graded = Graded(file, who, texts=texts, seen=seen_by_student(notebook))
    with temporary_folder() as folder:
        copy_of_course(folder, OF_THE_COURSE, root=course)  # a cell of imports copied from a lesson works there
        if failure := save(folder / "notebooks" / NOTEBOOK, as_text(notebook)):
            raise SystemExit(failure)
        (folder / "export").mkdir()
        show = functools.partial(show_progress, line, file)
        variables = {EXPORT: str(folder / "export"), "COURSE_SEED": str(args.seed)}
        limits = {"minutes": args.minutes, "gigabytes": args.gigabytes}
        run = Watched(*("tools.grade_run", folder, args.megabytes), course=course, folder=folder, **limits, **variables)
        start = time.monotonic()
        try:
            result = run.result(show)
        except Stopped as stopped:
            result = {"failure": str(stopped), "seconds": time.monotonic() - start}
        if result.get("failure") == TOO_MUCH:
            result["failure"] = f"mostrou mais de {in_words(args.megabytes)} MB"
        failure, marks = result["failure"], {}
        if "notebook" in result:
            failure = "; ".join(filter(None, [failure, save(args.folder / f"{file_name(file)}", result["notebook"])]))
        if any(os.scandir(folder / "export")):
            line.show(file, "avaliando")
            judge = Watched(
                *("tools.grade_judge", folder / "export", args.seed),
                **{"course": course, "folder": folder, "minutes": args.minutes, "gigabytes": args.gigabytes},
            )
            try:
                judged = judge.result(lambda seconds, gigabytes: None)
                marks |= {item: tuple(mark) for item, mark in judged["marks"].items()}
                who, texts = who or judged["texts"].pop("0", ""), {**judged["texts"], **texts}
            except Stopped as stopped:
                failure = "; ".join(filter(None, [failure, f"a avaliação do que deixou {stopped}"]))
        runs = {"runs": mark_of_the_run(result["failure"], marks)}
        return graded._replace(
            who=who,
            texts=texts,
            failure=failure,
            marks=runs | marks,
            seconds=result.get("seconds", 0.0),
            memory=result.get("memory", 0.0),
        )


def mark_of_the_run(failure, marks):
    """Return the mark of running from top to bottom, share and why: nothing for a hand-in in which nothing was done."""
    if failure:
        return 0, failure
    if not any(share for share, _ in marks.values()):
        return 0, "roda, mas nada do que um programa avalia foi feito"
    return 1, ""


def show_progress(line, file, seconds, gigabytes):
    line.show(file, f"{seconds:.0f} s · {in_words(round(gigabytes, 1))} GB")


def file_name(file):
    """Return how the executed copy of a hand-in is called: the folders on the way are part of the name."""
    return re.sub(r"[^\w.-]+", "_", file)[-150:]


@contextlib.contextmanager
def temporary_folder():
    """Make a folder that is taken away in the end, as far as that is possible.

    Raises
    ------
    SystemExit
        If it cannot be made.
    """
    try:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="correcao-"))
    except OSError as error:
        raise SystemExit(f"não consegui fazer uma pasta em {tempfile.gettempdir()}: {why(error)}") from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_report(results, args, n_all):
    """Write both forms of the report.

    Raises
    ------
    SystemExit
        If one cannot be written.
    """
    limits = (
        f"{in_words(args.minutes)} minutos, {in_words(args.gigabytes)} GB de memória e {in_words(args.megabytes)} MB"
    )
    page = as_html(results, seed=args.seed, limits=f"{limits} de saída", n_all=n_all)
    failures = [save(args.folder / "relatorio.html", page), save(args.folder / "notas.csv", as_csv(results))]
    if any(failures):
        raise SystemExit("; ".join(filter(None, failures)))


def grade_all(paths, base, args):
    """Grade the hand-ins at `paths`, one after the other, and write the report after each; return what came of them."""
    results, line = [], ProgressLine()
    with temporary_folder() as course:
        copy_of_course(course, OF_THE_COURSE)
        for path in paths:
            file = os.fsencode(path.relative_to(base)).decode("utf-8", errors="replace")
            try:
                graded = grade_one(path, file, course, args, line)
            except NotebookError as error:
                graded = Graded(file, failure=str(error))
            except Exception as error:  # whatever is in a file costs its own marks only
                graded = Graded(file, failure=f"não consegui corrigir: {type(error).__name__}: {error}")
            results.append(graded)
            line.end(file, summary(graded))
            write_report(results, args, len(paths))
    return results


def summary(graded):
    """Return one line on a hand-in."""
    points = sum(share > 0 for share, _ in graded.marks.values())
    return f"falhou: {graded.failure}" if graded.failure else f"ok · {graded.seconds:.0f} s · {points} itens com pontos"


def parse(arguments):
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description="Corrige entregas da atividade: um notebook, ou uma pasta deles.")
    parser.add_argument("file", nargs="?", default="", help="o notebook, ou a pasta")
    parser.add_argument("--build", type=build_folder, default="", help="a pasta onde escrever")
    parser.add_argument("--minutes", type=positive, default=20.0, help="de cada entrega; sem isto, 20")
    parser.add_argument("--gigabytes", type=positive, default=4.0, help="de memória, de cada entrega; sem isto, 4")
    parser.add_argument("--megabytes", type=positive, default=20.0, help="de saída, de cada entrega; sem isto, 20")
    args = parser.parse_args(arguments)
    if not args.file:
        raise SystemExit("Diga o notebook, ou a pasta com eles: make grade FILE=entregas")
    args.seed = course_seed() if "COURSE_SEED" in os.environ else SEED
    return args


def new_folder(parent):
    """Make a folder named by the time, so that no report, with what a teacher wrote in it, is ever replaced."""
    name = time.strftime("%Y-%m-%d_%Hh%Mm%S")
    names = itertools.chain([name], (f"{name}_{i}" for i in itertools.count(2)))
    folder = next(parent / name for name in names if not (parent / name).exists())
    make_build_folder(folder, "grade")
    return folder


def main(arguments=None):
    try:
        args = parse(arguments)
    except ValueError as error:
        raise SystemExit(str(error)) from None
    paths, base = hand_ins(pathlib.Path(args.file).expanduser().absolute())
    reports = args.build / "correcao"
    make_build_folder(reports, "grade")
    try:
        locked = lock(reports / ".lock", wait=False)
    except BlockingIOError:
        raise SystemExit(
            f"outra correção está em andamento, em {reports}: espere por ela, pois as duas se atrasariam"
        ) from None
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with locked:
        args.folder = new_folder(reports)
        print(f"Entregas são programas: corrija onde nada se perca. {len(paths)} a corrigir.", flush=True)
        try:
            results = grade_all(paths, base, args)
        except KeyboardInterrupt:
            print(f"\nO relatório das que terminaram fica em {args.folder}", flush=True)
            raise
    failed = sum(bool(graded.failure) for graded in results)
    print(f"{len(results)} entregas; {failed} não rodaram até o fim. O relatório: {args.folder / 'relatorio.html'}")


if __name__ == "__main__":
    main()
