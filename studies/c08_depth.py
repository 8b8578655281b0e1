"""C8: more layers let AEs learn more complex patterns.

SAEs with one and with three hidden layers a side, of equal size, with 2 and with 30 codings, each trained until it
hardly gains any more; the simplest AE, with none, stands beside them.
"""

import functools

import keras
import numpy as np
from keras import layers

from studies.common import FASHION, TUNING_SEED, best, drawn, fashion, listed, start, train
from studies.engine import Arm, Comparison, Statement, Study, shared, size
from utils.models import SHAPE, compose
from utils.training import mean_error

RATES = (0.0025, 0.005, 0.01)
N_IMAGES = 5000
PASSES = 240  # over the images; in pilots, 300 in place of 150 gained 1.7 % at most, and often nothing
LOOK = 5  # passes between two looks at the validation error
NONE, ONE, THREE = (), (64,), (56, 56, 56)  # 101,522 and 101,698 weights with 2 codings; 105,134 and 104,862 with 30


def make_stacked(n_codings, hidden):
    """Return a SAE with the given hidden layers, named from the input on; none: the simplest AE."""
    dense = functools.partial(layers.Dense, activation="gelu")
    return compose(
        [layers.Flatten(), *[dense(units) for units in hidden], layers.Dense(n_codings, name="codings")],
        [
            *[dense(units) for units in reversed(hidden)],
            layers.Dense(28 * 28, activation="sigmoid"),
            layers.Reshape(SHAPE),
        ],
        n_codings,
    )


def trained(rate, hidden, n_codings, seed, other=0):
    """Return a SAE as it was where its validation error was smallest, trained on the images that `seed` draws.

    With another `other` it has other initial weights.
    """
    images = drawn(fashion().train, size(N_IMAGES, 100), seed)[0]
    judged = fashion().validation.images[: size(1000, 100)]
    epochs = size(PASSES // LOOK, 1)
    keep_best = keras.callbacks.EarlyStopping(patience=epochs, restore_best_weights=True)
    start(seed + other)
    return train(
        make_stacked(n_codings, hidden),
        np.resize(images, (size(LOOK, 1) * len(images), *SHAPE)),
        rate=rate,
        epochs=epochs,
        batch_size=64,
        validation_data=(judged, judged),
        validation_batch_size=1000,
        callbacks=[keep_best],
    )


def validation_error(rate, hidden, n_codings):
    return mean_error(trained(rate, hidden, n_codings, TUNING_SEED), fashion().validation.images)


@shared
def tuned_rate(hidden, n_codings):
    return best(RATES, functools.partial(validation_error, hidden=hidden, n_codings=n_codings))


def measure_sae(seed, hidden=NONE, n_codings=2, other=0):
    model = trained(tuned_rate(hidden, n_codings), hidden, n_codings, seed, other)
    seen = drawn(fashion().train, size(N_IMAGES, 100), seed)[0]
    return {
        "train": mean_error(model, seen),
        "test": mean_error(model, fashion().test.images[: size(None, 100)]),
        "parameters": model.count_params(),
    }


def lesson_error(hidden, n_codings, seed):
    """Return the test error of a SAE that is trained as lesson 03 does it."""
    start(seed)
    model = make_stacked(n_codings, hidden)
    model.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse", run_eagerly=size(False, True))
    seen = fashion().train.images[: size(10_000, 100)]
    model.fit(seen, seen, batch_size=256, epochs=size(10, 1), verbose=0)
    return mean_error(model, fashion().test.images[: size(None, 100)])


def lesson(seed):
    """Do what lesson 03 does: one and three layers a side, with 2 and with 30 codings, by one recipe."""
    return {
        "two_codings": lesson_error(ONE, 2, seed) / lesson_error(THREE, 2, seed),
        "thirty_codings": lesson_error(ONE, 30, seed) / lesson_error(THREE, 30, seed),
        "parameters": make_stacked(2, THREE).count_params(),
    }


TUNING = (
    f"Três taxas ({listed(RATES)}), {PASSES} épocas cada; fica a de menor erro na validação, em seu melhor momento."
)
PCA_TWO_CODINGS = "Na PCA, dois codings a mais (30 para 32) diminuem o erro em 3 %."
N_SEEDS = 5  # each training takes most of a minute


def arms(n_codings):
    """Return the arms of a number of codings."""

    def arm(title, hidden, other=0):
        run = functools.partial(measure_sae, hidden=hidden, n_codings=n_codings, other=other)
        return Arm(f"{title}, {n_codings} codings", run, TUNING, FASHION, N_SEEDS)

    return {
        f"one_{n_codings}": arm("uma camada oculta de cada lado (64)", ONE),
        f"three_{n_codings}": arm("três camadas ocultas de cada lado (56, 56, 56)", THREE),
        f"none_{n_codings}": arm("nenhuma camada oculta", NONE),
        f"one_again_{n_codings}": arm("uma camada oculta de cada lado (64), outros pesos iniciais", ONE, other=1000),
    }


def statement(id, shallow, deep, n_codings, **options):
    return Statement(
        id=id,
        comparison=Comparison((f"{shallow}_{n_codings}", f"{deep}_{n_codings}"), "test"),
        null=Comparison((f"one_again_{n_codings}", f"one_{n_codings}"), "test"),
        margin=1.03,
        why_margin=PCA_TWO_CODINGS,
        **options,
    )


STUDY = Study(
    claim="C8",
    subject="Com o mesmo número de parâmetros, mais camadas permitem aprender padrões mais complexos",
    arms={
        **arms(2),
        **arms(30),
        "lesson": Arm("a receita da lição 03", lesson, "Uma taxa (0,002), a da lição.", FASHION),
    },
    measures={"train": "erro no treino", "test": "erro em imagens novas"},
    statements=(
        statement(
            "two_codings",
            "one",
            "three",
            2,
            text="Com 2 codings, o SAE de uma camada oculta por lado erra mais do que o de três, do mesmo tamanho",
            condition="com 2 codings e cerca de 102 mil parâmetros",
        ),
        statement(
            "thirty_codings",
            "one",
            "three",
            30,
            text="Com 30 codings, o SAE de uma camada oculta por lado erra mais do que o de três, do mesmo tamanho",
            condition="com 30 codings e cerca de 105 mil parâmetros",
        ),
        statement(
            "first_layer_two",
            "none",
            "one",
            2,
            text="Com 2 codings, o AE mais simples, sem camada oculta e menor, erra mais do que o SAE de uma camada",
            condition="de nenhuma para uma camada oculta, com 2 codings",
            main=False,
        ),
        statement(
            "first_layer_thirty",
            "none",
            "one",
            30,
            text="Com 30 codings, o AE mais simples, sem camada oculta e menor, erra mais do que o SAE de uma camada",
            condition="de nenhuma para uma camada oculta, com 30 codings",
            main=False,
        ),
    ),
)
