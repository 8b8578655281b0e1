"""C13: tying the weights speeds learning up.

The SAE 100-30-100 of lesson 04, tied or not, by gradient descent (SGD) and by Adam: in how many steps it reaches an
error fixed beforehand. Steps are counted, never seconds.
"""

import functools

import keras
import numpy as np

from studies.c14_tying import make_from_transposes, make_tied, make_untied
from studies.common import FASHION, TUNING_SEED, best, drawn, fashion, listed, start
from studies.engine import Arm, Comparison, Statement, Study, shared, size

RATES = {"SGD": (6.0, 12.0, 24.0, 36.0), "Adam": (0.0015, 0.003, 0.006, 0.009)}
FINE = (1.0, 0.69, 0.83, 1.2, 1.44)
TUNING_SEEDS = (TUNING_SEED, TUNING_SEED + 1000, TUNING_SEED + 2000)
EARLY = {"SGD": 0.035, "Adam": 0.025}  # errors to reach, fixed on validation images with a seed that is not measured
LATE = {"SGD": 0.025, "Adam": 0.015}
BATCH_SIZE = 128
EPOCHS = 4  # 1,720 steps at most: at the best rates pilots took a third of them
EVERY = 10  # steps from one look at the error to the next
LOOK, LOOKS = 43, 14  # of the curves: every 43 steps, a tenth of what it takes to see all images, up to 602


class StepsTo(keras.callbacks.Callback):
    """Note in which step the error on some images first falls below each of two; stop at the smaller, the last."""

    def __init__(self, images, early, late):
        super().__init__()
        self.images, self.targets = images, (early, late)

    def look(self):
        reconstructions = keras.ops.convert_to_numpy(self.model(self.images))
        return float(np.mean((reconstructions - self.images) ** 2))

    def on_train_begin(self, logs=None):
        self.step, self.error, self.reached = 0, self.look(), {}

    def on_train_batch_end(self, batch, logs=None):
        before, above = self.step, self.error
        self.step, self.error = int(self.model.optimizer.iterations), self.look()
        for target in self.targets:
            if self.error < target:
                between = float(np.interp(target, [self.error, above], [self.step, before]))
                self.reached.setdefault(target, between)
        self.model.stop_training = len(self.reached) == len(self.targets)


def steps_to_errors(make, optimizer, rate, images, seed, weights_seed):
    """Train a new SAE on all images in the seed's order; return the steps to both errors on `images`.

    One that does not get there counts as the largest number of steps.
    """
    start(weights_seed)
    model, watch = make(), StepsTo(images[: size(1000, 50)], EARLY[optimizer], LATE[optimizer])
    model.compile(
        optimizer=getattr(keras.optimizers, optimizer)(rate),
        loss="mse",
        steps_per_execution=size(EVERY, 1),
        run_eagerly=size(False, True),
    )
    seen, _ = drawn(fashion().train, size(None, 200), seed)
    epochs = size(EPOCHS, 1)
    model.fit(seen, seen, batch_size=BATCH_SIZE, epochs=epochs, shuffle=False, verbose=0, callbacks=[watch])
    most = -(-len(seen) // BATCH_SIZE) * epochs
    early, late = (watch.reached.get(target, most) for target in watch.targets)
    arrived = float(len(watch.reached) == 2)
    return {"early": early, "late": late, "arrived": arrived, "parameters": model.count_params()}


@shared
def steps_in_validation(make, optimizer, rate):
    """Return the mean number of steps, with three seeds, to the smaller error on validation images."""
    images = fashion().validation.images
    found = [steps_to_errors(make, optimizer, rate, images, seed, seed)["late"] for seed in TUNING_SEEDS]
    return float(np.mean(found))


@shared
def tuned_rate(make, optimizer):
    """Return the best of four rates, or of those a little smaller and larger: the margin is finer than the four."""
    score = functools.partial(steps_in_validation, make, optimizer)
    coarse = best(RATES[optimizer], score)
    return best(tuple(coarse * factor for factor in FINE), score)


def measure(seed, make, optimizer, rate_of, factor=1.0, other_start=0):
    """Count the steps of an SAE at the tuned rate of one, its own or another, times a factor."""
    rate = factor * tuned_rate(rate_of, optimizer)
    return steps_to_errors(make, optimizer, rate, fashion().test.images, seed, seed + other_start)


def validation_curve(make, rate):
    """Train a new SAE by SGD, as lesson 04 does; return, every `LOOK` steps, its smallest validation error so far."""
    images, valid = fashion().train.images[: size(None, 100)], fashion().validation.images[: size(1000, 50)]
    model = make()
    model.compile(optimizer=keras.optimizers.SGD(rate), loss="mse", run_eagerly=size(False, True))
    looks = {"steps_per_epoch": size(LOOK, 1), "epochs": size(LOOKS, 1), "validation_data": (valid, valid)}
    errors = model.fit(images, images, batch_size=BATCH_SIZE, verbose=0, **looks).history["val_loss"]
    return np.minimum.accumulate(errors)


def measure_curve(seed, make):
    """Measure the smallest error so far of an SAE along its training by SGD at its tuned rate."""
    rate = tuned_rate(make, "SGD")
    start(seed)
    lowest = {f"lowest_{LOOK * look}": error for look, error in enumerate(validation_curve(make, rate), 1)}
    return lowest | {"parameters": make().count_params()}


def lesson(seed):
    """Do what lesson 04 does: both SAEs by SGD at a rate that suits them, three times from other initial weights."""
    start(seed)
    steps = {make_untied: [], make_tied: []}
    for _ in range(3):
        for make, rate in ((make_untied, 20.0), (make_tied, 17.0)):
            lowest = validation_curve(make, rate)
            after = LOOK * np.arange(1, len(lowest) + 1)
            steps[make].append(np.interp(-np.log(LATE["SGD"]), -np.log(lowest), after))
    return {"sgd": np.mean(steps[make_untied]) / np.mean(steps[make_tied]), "parameters": make_tied().count_params()}


def arms(optimizer):
    """Return the arms of an optimizer."""
    four = (
        f"Quatro taxas ({listed(RATES[optimizer])}) e, em torno da melhor, mais quatro (de 0,69 a 1,44 vez o valor "
        "dela), com três sementes à parte; fica a de menos passos na validação."
    )

    def arm(title, make, tuning=four, **options):
        run = functools.partial(measure, make=make, optimizer=optimizer, **{"rate_of": make} | options)
        return Arm(f"{title}, {optimizer}", run, tuning, FASHION)

    as_tied = {"tuning": "Nada a ajustar.", "rate_of": make_tied}
    kinds = {
        "tied": arm("amarrado", make_tied),
        "untied": arm("solto", make_untied),
        "untied_again": arm("solto, outros pesos iniciais", make_untied, other_start=1000),
        "same_rate": arm("solto, com a taxa do amarrado", make_untied, **as_tied),
        "double": arm("solto, com o dobro da taxa do amarrado", make_untied, factor=2.0, **as_tied),
        "transposes": arm("solto, iniciado com as transpostas", make_from_transposes),
    }
    return {f"{kind}_{optimizer}": made for kind, made in kinds.items()}


def curve(title, make):
    """Return the arm that draws the curve of one that is tuned elsewhere."""
    return Arm(
        f"{title}, SGD, ao longo do treino",
        functools.partial(measure_curve, make=make),
        "A taxa é a que se ajustou para os passos até o erro.",
        FASHION,
    )


def statement(id, rival, optimizer, text, condition, measure="late", main=False):
    return Statement(
        id=id,
        text=text,
        condition=condition,
        comparison=Comparison((f"{rival}_{optimizer}", f"tied_{optimizer}"), measure),
        null=Comparison((f"untied_again_{optimizer}", f"untied_{optimizer}"), measure),
        margin=1.1,
        why_margin="Poupar menos de um décimo dos passos não compensa a liberdade que se perde ao amarrar.",
        main=main,
    )


STUDY = Study(
    claim="C13",
    subject="Amarrar acelera o aprendizado, em passos até um erro fixado",
    arms={
        **arms("SGD"),
        **arms("Adam"),
        "curve_tied": curve("amarrado", make_tied),
        "curve_untied": curve("solto", make_untied),
        "lesson": Arm("a receita da lição 04", lesson, "Uma taxa para cada um (20 e 17), as da lição.", FASHION),
    },
    extend=True,
    measures={
        "early": "passos até o erro maior",
        "late": "passos até o erro menor",
        "arrived": "chegou lá (1) ou não (0)",
        **{f"lowest_{LOOK * look}": f"menor erro na validação em {LOOK * look} passos" for look in range(1, LOOKS + 1)},
    },
    statements=(
        statement(
            "sgd",
            "untied",
            "SGD",
            "Com SGD, cada um com a sua melhor taxa, o solto precisa de mais passos até o erro 0,025",
            "com SGD, cada um com a sua melhor taxa",
            main=True,
        ),
        statement(
            "adam",
            "untied",
            "Adam",
            "Com Adam, cada um com a sua melhor taxa, o solto precisa de mais passos até o erro 0,015",
            "com Adam, cada um com a sua melhor taxa",
            main=True,
        ),
        statement(
            "sgd_early",
            "untied",
            "SGD",
            "Com SGD, cada um com a sua taxa, o solto também precisa de mais passos até um erro maior, 0,035",
            "com SGD, no começo do treino",
            measure="early",
        ),
        statement(
            "adam_early",
            "untied",
            "Adam",
            "Com Adam, cada um com a sua taxa, o solto também precisa de mais passos até um erro maior, 0,025",
            "com Adam, no começo do treino",
            measure="early",
        ),
        statement(
            "sgd_same_rate",
            "same_rate",
            "SGD",
            "Com SGD e a taxa que é a melhor para o amarrado, o solto precisa de mais passos",
            "com SGD, os dois com a mesma taxa",
        ),
        statement(
            "adam_same_rate",
            "same_rate",
            "Adam",
            "Com Adam e a taxa que é a melhor para o amarrado, o solto precisa de mais passos",
            "com Adam, os dois com a mesma taxa",
        ),
        statement(
            "sgd_double",
            "double",
            "SGD",
            "Com SGD, o solto precisa de mais passos mesmo com o dobro da taxa do amarrado",
            "com SGD, contra o solto com o dobro da taxa",
        ),
        statement(
            "adam_double",
            "double",
            "Adam",
            "Com Adam, o solto precisa de mais passos mesmo com o dobro da taxa do amarrado",
            "com Adam, contra o solto com o dobro da taxa",
        ),
        statement(
            "sgd_transposes",
            "transposes",
            "SGD",
            "Com SGD, o solto iniciado com as transpostas precisa de mais passos do que o amarrado",
            "com SGD, contra o solto iniciado com as transpostas",
        ),
        statement(
            "adam_transposes",
            "transposes",
            "Adam",
            "Com Adam, o solto iniciado com as transpostas precisa de mais passos do que o amarrado",
            "com Adam, contra o solto iniciado com as transpostas",
        ),
    ),
)
