"""How much fits into 30 codings, how soon: `make record`, a mode of the benchmark.

    python -m tools.benchmark.record                     # all recipes, three rounds
    python -m tools.benchmark.record --runs 1 --only muon
    python -m tools.benchmark.record --resume            # goes on where the last one, as it was started, stopped
    python -m tools.benchmark.record --to-page           # writes docs/recorde.md from the last one: make record-readme

Trains the recipes of ``record_recipes.py`` in turn, in one process, and writes ``record.json`` (after each training)
and ``record.png`` to the build folder: the validation error that each has after so many seconds, from the call of the
recipe on. When all
recipes are measured, the one that was the best after `AIM` seconds is trained once more, and its test error measured.
"""

from tools.benchmark.record_recipes import N_CODINGS, RECIPES  # first: it starts TensorFlow

# isort: split

import argparse
import io
import pathlib
import sys

import keras
import matplotlib.pyplot as plt
import numpy as np

from tools.benchmark.measure import Clock, alone, new_results, parsed, parser_of, resumed
from tools.benchmark.report import (
    EPOCHS,
    FULL,
    NUMBER,
    SECONDS,
    TEXT,
    conditions,
    grouped,
    measured,
    median,
    number,
    object_schema,
)
from tools.files import as_json, read, save_all
from tools.interruption import INTERRUPTED
from tools.stored import with_block
from utils.course import ROOT, course_seed, restore_keras_defaults
from utils.data import load_fashion_mnist
from utils.models import SHAPE
from utils.plots import PALETTE, use_course_style
from utils.tables import format_table
from utils.training import mean_error

LOOKS = (5, 10, 15, 20, 30, 60)  # seconds
AIM = 30  # seconds after which the winner is chosen
KEPT_EVERY = 1.0  # seconds; in the last ones before a look, weights are copied after each step
COMMAND = "make record"
FEW = np.random.default_rng(0).random((4, *SHAPE), np.float32)  # images to try a model with
ROW = object_schema(recipe=TEXT, round=NUMBER, seconds=SECONDS, validation_mse=NUMBER)
# What ``record.json`` holds.
SCHEMA = object_schema(
    date=TEXT,
    machine=object_schema(cpu=TEXT, cores=NUMBER, system=TEXT),
    versions=object_schema(python=TEXT, keras=TEXT, tensorflow=TEXT),
    options=object_schema(images=NUMBER, looks=EPOCHS),
    rows={"type": "array", "items": ROW},
    test={"type": "array", "items": object_schema(recipe=TEXT, seconds=SECONDS, test_mse=NUMBER)},
)


class LookingClock(Clock):
    """A clock that keeps the weights which a model has after so many seconds, and ends the training after the last.

    Parameters
    ----------
    looks : sequence of float
        Seconds, ascending.
    now : callable
        As of `Clock`, which stands still while weights are copied.

    Attributes
    ----------
    at : dict of float to list of ndarray
        The weights at each look, the last ones copied by then: at most about a second older than those of the last
        step that had ended; without any, those it began with.
    """

    def __init__(self, looks, **options):
        super().__init__(**options)
        self.open, self.at, self.newest, self.copied = list(looks), {}, None, 0

    def on_train_begin(self, logs=None):
        self.copy()

    def copy(self):
        """Keep the weights as they are now, off the clock."""
        seconds = self.seconds()
        self.newest, self.copied = self.model.get_weights(), seconds
        self.start += self.seconds() - seconds

    def on_train_batch_end(self, batch, logs=None):
        seconds = self.seconds()
        while self.open and seconds > self.open[0]:
            self.at[self.open.pop(0)] = self.newest
        if not self.open:
            self.model.stop_training = True
        elif self.open[0] - seconds < KEPT_EVERY or seconds - self.copied >= KEPT_EVERY:
            self.copy()  # also long before: a step may take seconds, when an epoch ends

    def on_epoch_end(self, epoch, logs=None):
        pass

    def on_train_end(self, logs=None):
        for look in self.open:
            self.at[look] = self.model.get_weights()
        self.open = []


def check_model(name, model):
    """Stop unless a recipe's model is what the rules ask for.

    Raises
    ------
    SystemExit
        Naming the recipe and what is wrong.
    """
    parts = {layer.name: layer for layer in model.layers}
    if not {"encoder", "decoder"} <= set(parts):
        wrong = "o modelo não tem as partes encoder e decoder"
    elif (found := tuple(parts["encoder"].output_shape)) != (None, N_CODINGS):
        wrong = f"o encoder devolve a forma {found}, e não {(None, N_CODINGS)}"
    elif tuple(model.output_shape) != (None, *SHAPE):
        wrong = f"o modelo devolve a forma {tuple(model.output_shape)}, e não {(None, *SHAPE)}"
    elif not np.allclose(model(FEW), parts["decoder"](parts["encoder"](FEW)), atol=1e-4):
        wrong = "o modelo faz mais que o encoder e, depois dele, o decoder"
    else:
        return
    raise SystemExit(f"a receita {name}, em record_recipes.py, não segue as regras: {wrong}")


def errors(name, looks, train_images, images, *, seed):
    """Train a new model by a recipe; return its error on `images` at each look, a dict of seconds to MSE."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    clock = LookingClock(looks)
    model, options = RECIPES[name].make(train_images, RECIPES[name].seconds)
    callbacks = [*options.pop("callbacks", ()), clock]
    model.fit(train_images, train_images, verbose=0, callbacks=callbacks, **options)
    check_model(name, model)  # now it is on nobody's clock
    found = {}
    for look, weights in clock.at.items():
        model.set_weights(weights)
        found[look] = mean_error(model, images)
    return found


def pending(names, runs, results):
    """Return the trainings that `results` lacks, (round, recipe), in order; backwards in each second round."""
    wanted = [(run, name) for run in range(runs) for name in (names[::-1] if run % 2 else names)]
    done = {(row["round"], row["recipe"]) for row in results["rows"]}
    return [training for training in wanted if training not in done]


def medians(results):
    """Return the median error of the rounds: recipe to a dict of seconds to MSE."""
    return {
        name: {look: median(row["validation_mse"] for row in at) for look, at in grouped(rows, "seconds").items()}
        for name, rows in grouped(results["rows"], "recipe").items()
    }


def winner(results):
    """Return the name of the recipe with the least validation error after `AIM` seconds, and when that was.

    Without a look then, the last before counts, or the first. A recipe that is no more does not win over others.
    """
    looks = results["options"]["looks"]
    look = max((look for look in looks if look <= AIM), default=min(looks))
    found = medians(results)
    names = [name for name in found if name in RECIPES] or list(found)
    return min(names, key=lambda name: found[name][look]), look


def without_rows(results):
    """Return the names of the recipes that were not measured at all."""
    return [name for name in RECIPES if name not in medians(results)]


def lacks_test(results):
    """Return whether all recipes were measured, and the one that won was not tested."""
    return not without_rows(results) and [test["recipe"] for test in results["test"]] != [winner(results)[0]]


def known(results):
    """Return the names of the recipes that were measured, in the order in which they stand in their file."""
    names = dict.fromkeys(row["recipe"] for row in results["rows"])
    return [name for name in RECIPES if name in names] + [name for name in names if name not in RECIPES]


def title(name):
    """Return what a table calls a recipe; one that is no more goes by its name."""
    return RECIPES[name].title if name in RECIPES else name


def until_its_end(name, looks):
    """Return the looks at a recipe until its own seconds are over, or the first one."""
    seconds = RECIPES[name].seconds if name in RECIPES else max(looks)
    return [look for look in looks if look <= max(seconds, min(looks))]


def gain(name, found, look):
    """Return by how much the error is less than that of the recipe that this one starts from, as text."""
    changed = RECIPES[name].changes if name in RECIPES else ""
    if changed not in found:
        return ""
    percent = 100 * (1 - found[name][look] / found[changed][look])
    return f"{number(round(percent, 1) + 0.0, 1)} %".replace("-", "\N{MINUS SIGN}")


def summary(results, *, markdown=False):
    """Return the table of what was measured, and the test error, as plain text or as Markdown."""
    found, looks, names = medians(results), results["options"]["looks"], known(results)
    rows = grouped(results["rows"], "recipe")
    aim = winner(results)[1]

    def spread(name, look):
        if look not in until_its_end(name, looks):
            return ""
        values = [row["validation_mse"] for row in rows[name] if row["seconds"] == look]
        texts = [number(value, 5) for value in (found[name][look], min(values), max(values))]
        return texts[0] if len(values) == 1 else f"{texts[0]} ({texts[1]} a {texts[2]})"

    columns = {"receita": [title(name) for name in names]}
    columns["rodadas"] = [len({row["round"] for row in rows[name]}) for name in names]
    columns |= {as_text(look): [spread(name, look) for name in names] for look in looks}
    columns[f"ganho em {as_text(aim)}"] = [gain(name, found, aim) for name in names]
    parts = [
        format_table(columns)[markdown],
        "MSE por pixel na validação: mediana das rodadas (menor e maior), até o fim do treino de cada receita. Ganho: "
        "em quantos por cento o erro é menor que o da receita de que esta parte, se foi medida.",
    ]
    for test in results["test"]:
        error = number(test["test_mse"], 5)
        parts.append(f"No teste: {title(test['recipe'])}, {as_text(test['seconds'])}: {error}.")
    return "\n\n".join(parts)


def as_text(seconds):
    """Return seconds as they are read."""
    return f"{seconds:g} s".replace(".", ",")


def draw(results):
    """Return a picture (PNG as bytes): the error of each recipe against the seconds of training."""
    use_course_style()
    fig, ax = plt.subplots(figsize=(7.5, 4.6))
    colours = [PALETTE[name] for name in ("blue", "orange", "green", "red", "pink", "grey")]
    found = medians(results)
    for i, name in enumerate(known(results)):
        looks = until_its_end(name, sorted(found[name]))
        style = {
            "color": colours[i % len(colours)],
            "linestyle": ("-", "--")[i // len(colours) % 2],
            "marker": "o",
            "ms": 5,
        }
        ax.plot(looks, [found[name][look] for look in looks], **style, label=title(name))
    ax.set(xscale="log", yscale="log", xlabel="segundos, com a PCA e a compilação", ylabel="MSE na validação")
    ax.set(title="Quanto cabe em 30 codings, e em quanto tempo")
    looks = results["options"]["looks"]
    ax.set_xticks(looks, [f"{look:g}".replace(".", ",") for look in looks])
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:.4f}".replace(".", ","))
    ax.yaxis.set_minor_formatter(lambda value, _: f"{value:.4f}".replace(".", ","))
    ax.tick_params(axis="y", which="minor", labelsize=9)
    ax.set_xticks([], minor=True)
    ax.legend(fontsize=9, handlelength=4)
    picture = io.BytesIO()
    fig.savefig(picture)
    plt.close(fig)
    return picture.getvalue()


def check_complete(results):
    """Stop unless all recipes that there are were measured, with all images and looks, and the winner tested.

    Raises
    ------
    SystemExit
        Saying what is missing, and which command measures it.
    """
    if results["options"] != {"images": FULL["images"], "looks": list(LOOKS)}:
        raise SystemExit("a última medição usou menos imagens ou outros segundos; rode `make record` inteiro antes")
    missing = [RECIPES[name].title for name in without_rows(results)]
    missing += ["o teste da vencedora"] if lacks_test(results) else []
    if missing:
        raise SystemExit(
            f"a página só mostra medições completas; faltam: {', '.join(missing)}. Rode antes: make record RESUME=1"
        )


def write_page(results, page):
    """Write the table of `results` into its page, and the picture and the measurements beside it."""
    check_complete(results)
    text = with_block(read(page), "recorde", f"{conditions(results)}\n\n{summary(results, markdown=True)}", page.name)
    beside = {page.with_name("record.png"): draw(results), page.with_name("record.json"): as_json(results)}
    save_all({**beside, page: text})


def measure(trainings, runs, results, build):
    """Do the `trainings`, as `pending` returns them; add what was measured to `results`, and write these."""
    fashion, looks = load_fashion_mnist(), results["options"]["looks"]
    images, valid_images = fashion.train.images[: results["options"]["images"]], fashion.validation.images

    def keep():
        save_all({build / "record.json": as_json(results)})

    # A first model, thrown away: what TensorFlow does only once in a process is charged to nobody.
    errors(next(iter(RECIPES)), [min(1, *looks)], images[:1000], valid_images[:1000], seed=course_seed())
    for run, name in trainings:
        found = errors(name, looks, images, valid_images, seed=course_seed() + run)
        results["rows"] += [
            {"recipe": name, "round": run, "seconds": look, "validation_mse": error} for look, error in found.items()
        ]
        keep()
        told = ", ".join(f"{look:g} s {error:.4f}" for look, error in found.items()).replace(".", ",")
        print(f"rodada {run + 1} de {runs} · {RECIPES[name].title}: {told}", flush=True)
    if lacks_test(results):
        name, look = winner(results)
        found = errors(name, [look], images, fashion.test.images, seed=course_seed() + runs)
        results["test"] = [{"recipe": name, "seconds": look, "test_mse": found[look]}]
        keep()


def seconds(text):
    """Return the seconds at which to look, for the ``type`` of an argument."""
    try:
        looks = sorted({float(part.replace(",", ".")) for part in text.split()})
    except ValueError:
        looks = []
    if not looks or not 0 < looks[0] <= looks[-1] <= 3600:
        raise argparse.ArgumentTypeError(f"esperava segundos, como '5 10', até 3600, recebi {text!r}")
    return [int(look) if look.is_integer() else look for look in looks]


def parse(arguments):
    """Return the options of the command line."""
    parser = parser_of("Mede quanto cabe em 30 codings, e em quanto tempo.", tuple(RECIPES))
    page = {"type": pathlib.Path, "nargs": "?", "const": ROOT / "docs" / "recorde.md", "metavar": "PÁGINA"}
    parser.add_argument("--to-page", **page, help="só escreve na página o que a última medição achou")
    parser.add_argument("--looks", type=seconds, default=list(LOOKS), help="em que segundos olhar o erro")
    return parsed(parser, arguments)


def to_page(build, page):
    """Write what the last measurement in a build folder found into its page."""
    results = measured(build / "record.json", SCHEMA, COMMAND)
    if results is None:
        raise SystemExit(f"não há record.json em {build.name}/; rode `{COMMAND}` antes")
    write_page(results, page)


def run(args):
    """Measure what is missing; return the exit status."""
    names = [name for name in RECIPES if not args.only or name in args.only]
    results = new_results({"images": args.images, "looks": args.looks}, kinds=("rows", "test"))
    if args.resume:
        results = resumed(results, args.build / "record.json", SCHEMA, COMMAND)
    trainings = pending(names, args.runs, results)
    longest = sum(min(RECIPES[name].seconds, args.looks[-1]) + 4 for _, name in trainings)
    print(f"Rodadas: {args.runs}. Falta: cerca de {-(-longest // 60):.0f} minutos.", flush=True)
    restore_keras_defaults()
    try:
        if trainings or lacks_test(results):
            measure(trainings, args.runs, results, args.build)
    except KeyboardInterrupt:
        print("\nInterrompido; o que se mediu está guardado, e make record RESUME=1 continua daí.", file=sys.stderr)
        return INTERRUPTED
    save_all({args.build / "record.png": draw(results)})
    print(f"\n{summary(results)}\n\nGuardado na pasta {args.build.name}: record.json, record.png")


def main(arguments=None):
    args = parse(arguments)
    if args.to_page:
        return to_page(args.build, args.to_page)
    with alone(args.build, "record"):
        return run(args)


if __name__ == "__main__":
    sys.exit(main())
