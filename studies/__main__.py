"""Measure what is missing of the studies: ``make study``, or ``make study C=C14``.

    python -m studies            # all claims that have a study
    python -m studies C6 C14     # these
    python -m studies --jobs 1   # one at a time

Several claims are measured each in a process of its own, two at a time where there are two cores: TensorFlow never
gives back all of the memory that a model took. Every finished training is stored at once; an interruption loses at most
those at work. Exits with 1 if a study could not be measured.
"""

import argparse
import concurrent.futures
import os
import signal
import subprocess
import sys
import threading

from tqdm import tqdm

from studies import LAST, STUDIES, engine
from studies.results import ResultError
from tools.files import why
from tools.interruption import INTERRUPTED
from tools.options import count
from utils.course import ROOT, without_native_messages

DESCRIPTION = "Mede o que falta dos estudos. O que termina é guardado logo; interrompido, continua de onde parou."


class Bar:
    """A progress bar: claim, arm, seed, and how long the rest of the study will take. `line`: on which of the lines."""

    def __init__(self, line=0):
        self.bar, self.claim, self.line = None, None, line

    def show(self, claim, arm, seed, todo):
        """Say what is trained now; `todo` is all that is missing of the study, this training included."""
        if self.claim != claim or self.bar.total - self.bar.n < len(todo):
            self.close()
            in_place = sys.stderr.isatty()
            self.bar = tqdm(
                total=len(todo),
                mininterval=0.5 if in_place else 30,
                unit="treino",
                dynamic_ncols=True,
                position=self.line,
                leave=self.line == 0,
            )
            self.claim = claim
        self.bar.set_description_str(f"{claim} · {arm} · semente {seed}", refresh=False)
        self.bar.update(self.bar.total - len(todo) - self.bar.n)

    def close(self, *, finished=False):
        """End the line; `finished`: the training it shows, the last, is done, too."""
        if self.bar is not None:
            self.bar.update(self.bar.total - self.bar.n if finished else 0)
            self.bar.close()


def select(words):
    """Return the claims that `words` name, all if there are none.

    Raises
    ------
    SystemExit
        If one has no study.
    """
    claims = [claim.upper() for word in words for claim in word.split()]
    unknown = [claim for claim in claims if claim not in STUDIES]
    if unknown or (words and not claims):
        received = (unknown or words)[0]
        raise SystemExit(f"C: esperava afirmações que têm estudo ({', '.join(STUDIES)}) e recebi {received!r:.60}")
    return claims or list(STUDIES)


def study(claim, bar):
    """Measure a study; return a line that says what came of it, and whether it is complete."""
    try:
        result = engine.measure(engine.load_study(claim), progress=bar.show)
        bar.close(finished=True)
    except (ResultError, ValueError) as error:  # ValueError: a training came to no number
        return f"{claim}: {error}", False
    except BlockingIOError:
        return f"{claim}: outro make study está medindo esta afirmação; espere que ele termine", False
    except OSError as error:
        return f"{claim}: não posso escrever o resultado ({why(error)}); o que já estava guardado ficou", False
    finally:
        bar.close()
    return f"{claim}: {result['summary']}", True


def interrupted(claims):
    """Say that an interruption lost nothing; return the exit status."""
    told = f"{', '.join(claims)}: interrompido; o que terminou está guardado, e make study continua daí"
    print(f"\n{told}", file=sys.stderr)
    return INTERRUPTED


def measure_here(claim, line=None):
    """Measure a claim in this process; return the exit status. `line`: where another process has it show its bar."""
    try:
        with without_native_messages():
            import tensorflow
        tensorflow.get_logger().setLevel("ERROR")
        told, complete = study(claim, Bar(line or 0))
    except KeyboardInterrupt:
        return interrupted([claim]) if line is None else INTERRUPTED  # which that other process then tells
    print(told, flush=True)
    return 0 if complete else 1


class Apart:
    """Measure claims each in a process of its own, `jobs` at a time."""

    def __init__(self, jobs):
        self.jobs, self.running, self.stopped = jobs, [], False
        self.lock, self.lines = threading.Lock(), list(range(jobs))
        threads = str(max(1, (os.cpu_count() or 1) // jobs))
        names = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
        self.environment = {**os.environ, **dict.fromkeys(names, threads)}

    def measure(self, claim):
        """Measure a claim; return the exit status, None if the measuring was stopped before."""
        with self.lock:
            if self.stopped:
                return None
            line = self.lines.pop(0)
            command = [sys.executable, "-m", "studies", f"--line={line}", "--", claim]
            # Of a session of its own: an interruption reaches it once, through this process.
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True, start_new_session=True
            )
            self.running.append(process)
        told, _ = process.communicate()
        with self.lock:
            self.running.remove(process)
            self.lines.append(line)
            tqdm.write(told, end="")
        return process.returncode

    def stop(self):
        """Interrupt what runs, and start nothing more."""
        with self.lock:
            self.stopped = True
            for process in self.running:
                process.send_signal(signal.SIGINT)

    def measure_all(self, claims):
        """Measure claims; return the exit status."""
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            futures = [pool.submit(self.measure, claim) for claim in claims]
            try:
                statuses = [future.result() for future in futures]
                return INTERRUPTED if INTERRUPTED in statuses else int(any(statuses))
            except KeyboardInterrupt:
                self.stop()
                return interrupted([claim for claim, future in zip(claims, futures, strict=True) if not future.done()])


def _interrupt(*_):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser(prog="python -m studies", description=DESCRIPTION)
    parser.add_argument("claims", nargs="*", help="afirmações, como C14; todas as que têm estudo, se nada é dito")
    parser.add_argument("--jobs", type=count, help="quantas de cada vez; se nada é dito, duas, onde há dois núcleos")
    parser.add_argument("--line", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    claims = select(args.claims)
    if len(claims) == 1:
        return measure_here(*claims, args.line)
    jobs = args.jobs or min(2, os.cpu_count() or 1)
    first, last = ([claim for claim in claims if (claim in LAST) == is_last] for is_last in (False, True))
    status = Apart(jobs).measure_all(first)
    return status if status == INTERRUPTED or not last else max(status, Apart(jobs).measure_all(last))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _interrupt)
    sys.exit(main())
