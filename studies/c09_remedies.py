"""C9: reconstructions are poor; what to do? Train for longer, add a layer, widen the coding layer.

A small SAE after a short training, and each of the lecture's remedies alone. Beside the added layer stands a wider one
that makes the SAE as large, and longer trainings of both.
"""

import functools

import keras
from keras import layers

from studies.c08_depth import make_stacked
from studies.common import FASHION, TUNING_SEED, best, drawn, fashion, listed, start, train
from studies.engine import Arm, Comparison, Statement, Study, shared, size
from utils.models import SHAPE, compose
from utils.training import mean_error

RATES = (0.006, 0.012, 0.024, 0.048)
N_IMAGES = 10_000
EPOCHS, LONG = 6, 18
HIDDEN, DEEPER, WIDER = (100,), (256, 100), (287,)  # 159,794 weights, 456,114 and 457,124
CODINGS, MORE = 10, 20


def trained(rate, hidden, n_codings, epochs, seed, other=0):
    """Return a SAE trained on the images that `seed` draws; with another `other` it has other initial weights."""
    images = drawn(fashion().train, size(N_IMAGES, 100), seed)[0]
    start(seed + other)
    return train(make_stacked(n_codings, hidden), images, rate=rate, epochs=size(epochs, 1), batch_size=128)


def validation_error(rate, hidden, n_codings, epochs):
    return mean_error(trained(rate, hidden, n_codings, epochs, TUNING_SEED), fashion().validation.images)


@shared
def tuned_rate(hidden, n_codings, epochs):
    return best(RATES, functools.partial(validation_error, hidden=hidden, n_codings=n_codings, epochs=epochs))


def measure_sae(seed, hidden=HIDDEN, n_codings=CODINGS, epochs=EPOCHS, other=0):
    """Measure a SAE; its cost is the number of multiplications: one a weight, an image and an epoch."""
    model = trained(tuned_rate(hidden, n_codings, epochs), hidden, n_codings, epochs, seed, other)
    return {
        "test": mean_error(model, fashion().test.images[: size(None, 100)]),
        "cost": model.count_params() * epochs / (make_stacked(CODINGS, HIDDEN).count_params() * EPOCHS),
        "parameters": model.count_params(),
    }


def make_without(gain):
    """Return the base SAE with what a remedy adds, but not what it could gain by it.

    The added layer is linear, so that it can be left out; or the doubled codings have passed through ten numbers.
    """
    gelu = functools.partial(layers.Dense, HIDDEN[0], activation="gelu")
    if gain == "layer":
        to_codings = [layers.Dense(DEEPER[0]), gelu(), layers.Dense(CODINGS, name="codings")]
        to_pixels = [gelu(), layers.Dense(DEEPER[0])]
    else:
        to_codings, to_pixels = [gelu(), layers.Dense(CODINGS), layers.Dense(MORE, name="codings")], [gelu()]
    last = [layers.Dense(28 * 28, activation="sigmoid"), layers.Reshape(SHAPE)]
    return compose([layers.Flatten(), *to_codings], [*to_pixels, *last], to_codings[-1].units)


def trained_without(rate, gain, seed):
    images = drawn(fashion().train, size(N_IMAGES, 100), seed)[0]
    start(seed)
    return train(make_without(gain), images, rate=rate, epochs=size(EPOCHS, 1), batch_size=128)


def validation_error_without(rate, gain):
    return mean_error(trained_without(rate, gain, TUNING_SEED), fashion().validation.images)


@shared
def tuned_rate_without(gain):
    return best(RATES, functools.partial(validation_error_without, gain=gain))


def measure_without(seed, gain):
    """Measure the SAE of a remedy whose gain was taken away."""
    model = trained_without(tuned_rate_without(gain), gain, seed)
    return {
        "test": mean_error(model, fashion().test.images[: size(None, 100)]),
        "cost": model.count_params() / make_stacked(CODINGS, HIDDEN).count_params(),
        "parameters": model.count_params(),
    }


def lesson_error(seed, hidden=HIDDEN, n_codings=CODINGS, epochs=EPOCHS):
    """Return the test error of a SAE that is trained as lesson 03 does it."""
    start(seed)
    model = make_stacked(n_codings, hidden)
    model.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse", run_eagerly=size(False, True))
    seen = fashion().train.images[: size(N_IMAGES, 100)]
    model.fit(seen, seen, batch_size=256, epochs=size(epochs, 1), verbose=0)
    return mean_error(model, fashion().test.images[: size(None, 100)])


def lesson(seed):
    """Do what lesson 03 does: a SAE, and each remedy alone, by one recipe."""
    error = lesson_error(seed)
    return {
        "epochs": error / lesson_error(seed, epochs=LONG),
        "layer": error / lesson_error(seed, hidden=DEEPER),
        "codings": error / lesson_error(seed, n_codings=MORE),
        "parameters": make_stacked(CODINGS, HIDDEN).count_params(),
    }


TUNING = f"Quatro taxas ({listed(RATES)}), cada uma com as épocas da receita; fica a de menor erro na validação."
PCA_TWO_CODINGS = "Na PCA, dois codings a mais (30 para 32) diminuem o erro em 3 %."
PCA_ONE_CODING = "Na PCA com dez codings, mais um diminui o erro em 4 %: o remédio tem de valer mais do que isso."


def arm(title, **recipe):
    return Arm(title, functools.partial(measure_sae, **recipe), TUNING, FASHION)


def remedy(id, text, condition, poor="base", null=("base_again", "base"), main=True):
    """Return the statement that a remedy makes the error of a poor recipe smaller."""
    comparison, null = Comparison((poor, id), "test"), Comparison(null, "test")
    return Statement(id, text, condition, comparison, null, 1.05, PCA_ONE_CODING, main=main)


def rival(id, worse, better, text, condition):
    """Return the statement that one remedy is better than another."""
    comparison, null = Comparison((worse, better), "test"), Comparison(("base_again", "base"), "test")
    return Statement(id, text, condition, comparison, null, 1.03, PCA_TWO_CODINGS, main=False)


STUDY = Study(
    claim="C9",
    subject="Uma reconstrução ruim melhora com mais épocas, mais camadas ou mais codings",
    arms={
        "base": arm("a receita ruim: uma camada oculta de 100, 10 codings, 6 épocas"),
        "base_again": arm("a receita ruim, outros pesos iniciais", other=1000),
        "epochs": arm("três vezes mais épocas (18)", epochs=LONG),
        "layer": arm("uma camada a mais de cada lado (256, 100)", hidden=DEEPER),
        "wider": arm("a mesma camada, mais larga (287)", hidden=WIDER),
        "codings": arm("o dobro de codings (20)", n_codings=MORE),
        "epochs_more": arm("nove vezes mais épocas (54)", epochs=3 * LONG),
        "layer_without": Arm(
            "uma camada a mais de cada lado, linear (256, 100)",
            functools.partial(measure_without, gain="layer"),
            TUNING,
            FASHION,
        ),
        "codings_without": Arm(
            "o dobro de codings (20), depois de passar por dez números",
            functools.partial(measure_without, gain="codings"),
            TUNING,
            FASHION,
        ),
        "layer_long": arm("uma camada a mais (256, 100) e 18 épocas", hidden=DEEPER, epochs=LONG),
        "wider_long": arm("a camada mais larga (287) e 18 épocas", hidden=WIDER, epochs=LONG),
        "lesson": Arm("a receita da lição 03", lesson, "Uma taxa (0,002), a da lição.", FASHION),
    },
    measures={
        "test": "erro em imagens novas",
        "cost": "custo do treino, em multiplicações (receita ruim: 1)",
    },
    statements=(
        remedy(
            "epochs",
            "Treinar por três vezes mais épocas diminui o erro de um SAE pouco treinado",
            "com três vezes mais épocas",
        ),
        remedy(
            "layer",
            "Uma camada a mais de cada lado diminui o erro de um SAE pouco treinado",
            "com uma camada a mais de cada lado, que quase triplica os parâmetros",
            null=("base", "layer_without"),
        ),
        remedy(
            "codings",
            "O dobro de codings diminui o erro de um SAE pouco treinado",
            "com o dobro de codings",
            null=("base", "codings_without"),
        ),
        remedy(
            "epochs_more",
            "Treinar por mais três vezes (de 18 para 54 épocas) ainda diminui o erro",
            "de 18 para 54 épocas",
            poor="epochs",
            main=False,
        ),
        rival(
            "layer_or_wider",
            "wider",
            "layer",
            "Uma camada a mais diminui mais o erro do que alargar a que já existe, com o mesmo número de parâmetros",
            "contra uma camada mais larga, com 6 épocas",
        ),
        remedy(
            "layer_long",
            "Também depois de três vezes mais épocas, uma camada a mais de cada lado diminui o erro",
            "com uma camada a mais, depois de três vezes mais épocas",
            poor="epochs",
            main=False,
        ),
        rival(
            "layer_or_wider_long",
            "wider_long",
            "layer_long",
            "Com três vezes mais épocas, a camada a mais diminui mais o erro do que alargar a que já existe",
            "contra uma camada mais larga, com 18 épocas",
        ),
        rival(
            "epochs_or_layer",
            "layer",
            "epochs",
            "Pelo mesmo custo, quase o triplo, mais épocas diminuem mais o erro do que uma camada a mais",
            "contra uma camada a mais, que custa quase o mesmo",
        ),
        rival(
            "codings_or_epochs",
            "epochs",
            "codings",
            "O dobro de codings, que quase não encarece o treino, diminui mais o erro do que três vezes mais épocas",
            "contra três vezes mais épocas, que custam o triplo",
        ),
    ),
)
