"""Measure what the course's recipes cost next to the published ones: `make bench`.

    python -m tools.benchmark.measure                        # everything, three times: about an hour
    python -m tools.benchmark.measure --runs 1 --only sae cae
    python -m tools.benchmark.measure --resume               # goes on where the last one, as it was started, stopped

Trains each reference recipe and ours in turn, then our stacked AE with more and more pictures and codings, and
writes ``benchmark.json`` (after each training) and ``benchmark.png`` to the build folder.
"""

from tools.benchmark.recipes import GROWTH_CODINGS, GROWTH_IMAGES, PAIRS, our_sae  # first: it starts TensorFlow

# isort: split

import argparse
import datetime
import math
import os
import pathlib
import platform
import re
import sys
import time

import keras
import numpy as np
import tensorflow as tf

from tools.benchmark.report import FULL, SCHEMA, draw, measured, ratios, spread, summary
from tools.files import as_json, lock, make_build_folder, save_all
from tools.interruption import INTERRUPTED
from tools.options import build_folder, count
from utils.course import course_seed, restore_keras_defaults
from utils.data import load_fashion_mnist
from utils.training import mean_error

LOOKS_PER_EPOCH = 20  # at ours, while it trains
GROWTH = "crescimento"
PARTS = (*PAIRS, GROWTH)
GROWTH_SECONDS = 16  # of one training on two cores


class Clock(keras.callbacks.Callback):
    """Wall-clock time of a training, from the making of this object on; stands still while weights are copied.

    Parameters
    ----------
    looks : int
        How many times an epoch to keep the model's weights. Their errors are measured after the training: measuring
        in between, even off the clock, slows down what follows.
    now : callable
        The time in seconds.

    Attributes
    ----------
    kept : list of (float, list of ndarray)
        Seconds of training and the weights then.
    epoch_ends : list of float
        Seconds of training at the end of each epoch.
    """

    def __init__(self, looks=0, now=time.perf_counter):
        super().__init__()
        self.looks, self.now, self.kept, self.epoch_ends = looks, now, [], []
        self.start, self.last_look = now(), 0

    def seconds(self):
        """Return the seconds of training until now."""
        return self.now() - self.start

    def on_epoch_begin(self, epoch, logs=None):
        self.last_look = 0

    def on_train_batch_end(self, batch, logs=None):
        done, steps = batch + 1, self.params["steps"]
        if self.looks and (done >= steps or done - self.last_look >= steps / self.looks):
            seconds, self.last_look = self.seconds(), done
            self.kept.append((seconds, self.model.get_weights()))
            self.start += self.seconds() - seconds

    def on_epoch_end(self, epoch, logs=None):
        self.epoch_ends.append(self.seconds())


def time_to(target, curve):
    """Return the seconds at which `curve` first falls below `target`, None if it never does."""
    return next((seconds for seconds, error in curve if error < target), None)


def train(recipe, train_images, valid_images, *, seed, epochs=None, looks=0):
    """Train a new model by `recipe`; return its time, its validation error, and how that fell (if `looks`)."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    epochs = epochs or recipe.epochs
    clock, options = Clock(looks), {"batch_size": recipe.batch_size, "verbose": 0}
    model = recipe.compiled(train_images, epochs)
    given = keras.ops.convert_to_tensor(train_images) if recipe.as_tensor else train_images
    model.fit(given, given, epochs=epochs, callbacks=[clock], **options)
    measured = {"seconds": clock.seconds(), "error": mean_error(model, valid_images)}
    curve = []
    for seconds, weights in clock.kept:
        model.set_weights(weights)
        curve.append([seconds, mean_error(model, valid_images)])
    return measured | {"epoch_ends": clock.epoch_ends, "curve": curve}


def run_pair(name, run, images, valid_images, epochs):
    """Train the reference and ours, ours first on odd runs; return what was measured."""
    pair, measured = PAIRS[name], {}
    order = ("reference", "ours") if run % 2 == 0 else ("ours", "reference")
    for which in order:
        measured[which] = train(
            getattr(pair, which),
            images,
            valid_images,
            seed=course_seed() + run,
            epochs=epochs,
            looks=LOOKS_PER_EPOCH if which == "ours" else 0,
        )
    return {
        "name": name,
        "title": pair.title,
        "limit": pair.limit,
        "run": run,
        "first": order[0],
        **measured,
        "target_seconds": time_to(measured["reference"]["error"], measured["ours"]["curve"]),
    }


def growth_settings(run, n_images):
    """Return what to vary in a run and to which values: downwards on odd runs."""
    sizes = [min(size, n_images) for size in GROWTH_IMAGES]
    settings = [("images", size) for size in sorted(set(sizes))] + [("codings", codings) for codings in GROWTH_CODINGS]
    return settings[::-1] if run % 2 else settings


def run_growth(by, value, run, images, valid_images, epochs):
    """Train our stacked AE with `value` pictures or codings; return what was measured."""
    recipe = our_sae(value) if by == "codings" else our_sae()
    used = images[:value] if by == "images" else images
    measured = train(recipe, used, valid_images, seed=course_seed() + run, epochs=epochs)
    return {"by": by, "value": value, "run": run, **measured}


def brief(measured):
    """Return one training in a few words."""
    return f"{measured['seconds']:.1f} s, MSE {measured['error']:.4f}"


def machine():
    """Return the kind of machine, nothing that identifies it."""
    cpu = platform.processor() or platform.machine()
    info = pathlib.Path("/proc/cpuinfo")
    if info.exists() and (found := re.search(r"^model name\s*: (.+)$", info.read_text(), flags=re.MULTILINE)):
        cpu = " ".join(found[1].split())
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"cpu": cpu, "cores": cores, "system": platform.system()}


def new_results(options, kinds=("pairs", "growth")):
    """Return the results of no training yet: when, where, with what, and an empty list for each kind of record."""
    versions = {"keras": keras.__version__, "tensorflow": tf.__version__, "numpy": np.__version__}
    return {
        "date": datetime.date.today().isoformat(),
        "machine": machine(),
        "versions": {"python": platform.python_version(), **versions},
        "seed": course_seed(),
        "options": options,
        **{kind: [] for kind in kinds},
    }


def resumed(new, path, schema=SCHEMA, command="make bench"):
    """Return the results at `path`, to go on with them; `new`, of no training yet, if there is no such file.

    `command` is what measures, and `schema` the form of its results.

    Raises
    ------
    SystemExit
        If they were measured with other options, versions or another seed, or on another machine.
    """
    old = measured(path, schema, command)
    if old is None:
        return new
    names = {"machine": "máquina", "versions": "versões", "seed": "semente", "options": "opções"}
    other = [f"{name} {old.get(key)} e não {new[key]}" for key, name in names.items() if old.get(key) != new[key]]
    if other:
        raise SystemExit(
            f"não dá para continuar {path.name}, de {old.get('date')}: {'; '.join(other)}. "
            f"Para medir tudo de novo, rode `{command}` sem RESUME=1"
        )
    return old


def pending(parts, runs, results):
    """Return the trainings that `results` lacks, in order: (run, name of a pair) or (run, "images" or "codings", n)."""
    wanted = []
    for run in range(runs):
        for name in parts:
            growth = growth_settings(run, results["options"]["images"]) if name == GROWTH else []
            wanted += [(run, *setting) for setting in growth] or [(run, name)]
    done = {(record["run"], record["name"]) for record in results["pairs"]}
    done |= {(record["run"], record["by"], record["value"]) for record in results["growth"]}
    return [training for training in wanted if training not in done]


def measure(trainings, runs, results, build):
    """Do the `trainings`, as `pending` returns them; add each to `results` and write these."""
    options, fashion = results["options"], load_fashion_mnist()
    images, valid_images = fashion.train.images[: options["images"]], fashion.validation.images
    common = (images, valid_images, options["epochs"])
    # A first model, thrown away: what TensorFlow does only once in a process is charged to nobody.
    train(PAIRS["ae-aula"].ours, images[:1000], valid_images[:1000], seed=course_seed(), epochs=1)

    def keep(kind, record, line):
        results[kind].append(record)
        save_all({build / "benchmark.json": as_json(results)})
        print(f"rodada {record['run'] + 1} de {runs} · {line}", flush=True)

    for run, what, *value in trainings:
        if value:
            record = run_growth(what, *value, run, *common)
            noun = "imagens" if what == "images" else what
            keep("growth", record, f"SAE, {record['value']} {noun}: {brief(record)}")
        else:
            record = run_pair(what, run, *common)
            line = f"{record['title']}: referência {brief(record['reference'])}; nosso {brief(record['ours'])}"
            keep("pairs", record, f"{line}; razão {spread(ratios([record]))}")


def parser_of(description, names):
    """Return a parser of the options of whatever measures trainings; `names`: of what may be measured alone."""

    def chosen(text):
        for name in text.split():
            if name not in names:
                raise argparse.ArgumentTypeError(f"esperava {', '.join(names)}, recebi {name!r}")
        return text.split()

    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--runs", type=count, default=3, help="quantas rodadas")
    only = {"type": chosen, "nargs": "*", "default": [], "metavar": "NOME"}
    parser.add_argument("--only", **only, help=f"destas: {' '.join(names)}")
    parser.add_argument("--images", type=count, default=FULL["images"], help="número de imagens de treino")
    parser.add_argument("--resume", action="store_true", help="continua a medição da pasta, se foi interrompida")
    parser.add_argument("--build", type=build_folder, default="", help="a pasta onde escrever")
    return parser


def parsed(parser, arguments):
    """Return the options of a command line: one argument may hold several names, as make passes them."""
    args = parser.parse_args(arguments)
    args.only = [name for names in args.only for name in names]
    return args


def parse(arguments):
    """Return the options of the command line."""
    parser = parser_of("Compara tempo e erro das receitas do curso com as publicadas.", PARTS)
    parser.add_argument("--epochs", type=count, default=FULL["epochs"], help="de cada treino, e não as da receita")
    return parsed(parser, arguments)


def run(args):
    """Measure what is missing; return the exit status."""
    chosen = [name for name in PARTS if not args.only or name in args.only]
    results = new_results({"images": args.images, "epochs": args.epochs})
    if args.resume:
        results = resumed(results, args.build / "benchmark.json")
    trainings = pending(chosen, args.runs, results)
    seconds = sum(GROWTH_SECONDS if what in ("images", "codings") else PAIRS[what].seconds for _, what, *_ in trainings)
    print(
        f"Rodadas: {args.runs}, cada uma com {', '.join(chosen)}. "
        f"Falta, com tudo e em dois núcleos: cerca de {math.ceil(seconds / 60)} minutos.",
        flush=True,
    )
    restore_keras_defaults()
    try:
        if trainings:
            measure(trainings, args.runs, results, args.build)
    except KeyboardInterrupt:
        print("\nInterrompido; o que se mediu está guardado, e make bench RESUME=1 continua daí.", file=sys.stderr)
        return INTERRUPTED
    save_all({args.build / "benchmark.png": draw(results)})
    print(f"\n{summary(results)}\n\nGuardado na pasta {args.build.name}: benchmark.json, benchmark.png")


def alone(build, target="bench"):
    """Return the lock of whoever measures into a build folder, which is made; end the command if there is another.

    `target` is that of ``make``, for the message.
    """
    make_build_folder(build, target)
    try:
        return lock(build / ".benchmark.lock", wait=False)
    except BlockingIOError:
        raise SystemExit(
            f"Outro make bench ou make record está medindo na pasta {build.name}; espere por ele: "
            "dois juntos medem errado"
        ) from None


def main(arguments=None):
    args = parse(arguments)
    with alone(args.build):
        return run(args)


if __name__ == "__main__":
    sys.exit(main())
