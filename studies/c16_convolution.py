"""C16: pure AEs tend not to work well with images; convolutional ones are clearly superior.

A CAE as in lesson 06 against dense SAEs of as many weights and of five times more, in equal numbers of steps, all tuned
alike; the one of as many weights has the better, in validation, of two shapes. The control is the same CAE with all
pixels permuted: what it knows of images, that neighbours matter, is gone.
"""

import functools

import keras
import numpy as np
from keras import layers
from scipy import ndimage
from sklearn.decomposition import PCA

from studies.c14_tying import BestWeights
from studies.common import FASHION, best_of_seeds, drawn, fashion, flat, listed, start, train
from studies.engine import Arm, Comparison, Statement, Study, shared, size
from utils.models import make_cae, make_sae
from utils.training import mean_error

STEPS = (215, 860, 2580)  # at 28 x 28, in batches of 64: a quarter of an epoch of 55,000 images, one epoch, three
LARGE_STEPS = 1565  # at 56 x 56, in batches of 32: ten epochs of 5,000 pictures
BATCH_SIZE = {28: 64, 56: 32}
FILTERS = {28: (12, 32), 56: (12, 32, 64)}
HIDDEN = {28: {"dense": 67, "big": 350}, 56: {"dense": 42, "big": 211}}  # as many weights as the CAE, and five times
LATE = {28: 103, 56: 54}  # hidden units of as many weights where only the decoder has a hidden layer

# The fewer the steps, the larger the rates.
RATES = dict(zip(STEPS, ((0.004, 0.008, 0.016), (0.003, 0.006, 0.012), (0.002, 0.004, 0.008)), strict=True))
FEW_RATES, DROPOUT = (0.003, 0.008), 0.1


def place(images, side, rng):
    """Return each image on a larger, empty canvas, at a place drawn by `rng`, as lesson 06 does."""
    canvas = np.zeros((len(images), side, side), "float32")
    corners = rng.integers(0, side - 28 + 1, size=(len(images), 2))
    for picture, small, (top, left) in zip(canvas, images, corners, strict=True):
        picture[top : top + 28, left : left + 28] = small
    return canvas


def shifted(images):
    """Return the images 2, 3 or 4 pixels further up, down, left or right, a twelfth of them each; zeros move in."""
    moves = [(0, *move) for by in (2, 3, 4) for move in ((by, 0), (-by, 0), (0, by), (0, -by))]
    return np.concatenate([ndimage.shift(images[i::12], move, order=0) for i, move in enumerate(moves)])


def permuted(images, seed):
    """Return the images with their pixels in another order, the same one for all, drawn by the seed."""
    order = np.random.default_rng(seed).permutation(images[0].size)
    return images.reshape(len(images), -1)[:, order].reshape(images.shape)


def pictures(kind, n_images, side, seed):
    """Return what a net is trained on, judged on in validation and tested on."""
    rng, few = np.random.default_rng(seed), size(None, 48)
    train_images, _ = drawn(fashion().train, n_images, seed)
    splits = [train_images, fashion().validation.images[: size(1000, 48)], fashion().test.images[:few]]
    if side > 28:
        splits = [place(images, side, rng) for images in splits]
    return [permuted(images, seed) for images in splits] if kind == "permuted" else splits


def make_net(kind, side, dropout, is_late=False):
    """Return an AE of 30 codings for pictures of this side: at 28, `make_cae` or `make_sae` without their names.

    With `is_late` a dense one of as many weights has a hidden layer in its decoder only.
    """
    codings = layers.Dense(30, name="codings")
    if is_late:
        encoder = [layers.Flatten(), codings]
        decoder = [layers.Dense(LATE[side], "gelu"), layers.Dense(side * side, "sigmoid")]
    elif kind in ("dense", "big"):
        hidden = HIDDEN[side][kind]
        encoder = [layers.Flatten(), layers.Dense(hidden, "gelu"), codings]
        decoder = [layers.Dense(hidden, "gelu"), layers.Dense(side * side, "sigmoid")]
    else:
        filters, halve = FILTERS[side], {"kernel_size": 4, "strides": 2, "padding": "same"}
        small = side // 2 ** len(filters)
        encoder = [layers.Reshape((side, side, 1))]
        encoder += [layers.Conv2D(depth, activation="leaky_relu", **halve) for depth in filters]
        encoder += [layers.Flatten(), codings]
        decoder = [layers.Dense(small * small * filters[-1], "leaky_relu"), layers.Reshape((small, small, filters[-1]))]
        decoder += [layers.Conv2DTranspose(d, activation="leaky_relu", **halve) for d in reversed(filters[:-1])]
        decoder.append(layers.Conv2DTranspose(1, activation="sigmoid", **halve))
    noise = [layers.Dropout(dropout)] if dropout else []
    return keras.Sequential([layers.Input((side, side)), *noise, *encoder, *decoder, layers.Reshape((side, side))])


def fit(kind, splits, trial, steps, seed):
    """Train a net by a trial, as of `trials_for`; return it as it was best in validation, and its loss then.

    Few images are repeated, so that an epoch, after which the validation loss is looked at, has some 215 steps or more.
    The loss of large pictures is that of lesson 06.
    """
    images, valid = splits[:2]
    side, (rate, dropout, is_late) = images.shape[1], trial
    start(seed)
    model, judge = make_net(kind, side, dropout, is_late), BestWeights()
    batch_size, n = BATCH_SIZE[side], len(images)
    n_seen = min(n * -(-STEPS[0] * batch_size // n), steps * batch_size)
    epochs = size(round(steps * batch_size / n_seen), 1)
    seen = images[np.resize(np.arange(n), size(n_seen, n))]
    how = {"validation_data": (valid, valid), "validation_batch_size": 1000, "callbacks": [judge]}
    loss = "mse" if side == 28 else "binary_crossentropy"
    train(model, seen, rate=rate, epochs=epochs, batch_size=batch_size, loss=loss, **how)
    model.set_weights(judge.weights)
    return model, judge.error


def trials_for(kind, n_images, steps):
    """Return the trials, each a rate, a dropout and whether the shape is the late one, which only one kind has."""
    rates = FEW_RATES if n_images < 10_000 else RATES.get(steps, RATES[STEPS[-1]])
    dropouts = (0.0, DROPOUT) if n_images < 10_000 else (0.0,)
    shapes = (False, True) if kind == "dense" else (False,)
    return tuple((rate, dropout, is_late) for rate in rates for dropout in dropouts for is_late in shapes)


def validation_loss(kind, n_images, side, steps, trial, seed):
    return fit(kind, pictures(kind, n_images, side, seed), trial, steps, seed)[1]


@shared
def tuned_trial(kind, n_images, side, steps):
    score = functools.partial(validation_loss, kind, n_images, side, steps)
    return best_of_seeds(trials_for(kind, n_images, steps), score)


@shared
def tested(kind, n_images, side, steps, seed):
    splits = pictures(kind, n_images, side, seed)
    trial = tuned_trial(kind, n_images, side, steps)
    model, _ = fit(kind, splits, trial, steps, seed)
    values = {"test": mean_error(model, splits[2]), "parameters": model.count_params()}
    if side == 28 and n_images >= size(55_000, 48) and steps >= size(STEPS[-1], 1):
        test = shifted(fashion().test.images[: size(None, 48)])
        moved = permuted(test, seed) if kind == "permuted" else test
        values["shifted"] = mean_error(model, moved)
    return values | dict(zip(("rate", "dropout", "late"), map(float, trial), strict=True))


def measure(seed, kind, n_images, side, steps):
    """Measure a kind of net by its tuned trial; the draw of images and the weights are those of the seed."""
    return tested(kind, size(n_images, 48), side, size(steps, 1), seed)


@shared
def fitted_pca():
    return PCA(30, random_state=0).fit(flat(fashion().train.images[: size(None, 64)]))


def measure_pca(seed):
    """Measure the PCA of the same number of codings, whatever the seed."""
    pca, images = fitted_pca(), flat(fashion().test.images[: size(None, 48)])
    rebuilt = pca.inverse_transform(pca.transform(images)).clip(0, 1)
    return {"test": float(np.mean((rebuilt - images) ** 2)), "parameters": pca.components_.size + pca.mean_.size}


def measure_again(seed, **what):
    """Measure the same with other weights and another draw."""
    return measure(seed + 1000, **what)


def lesson(seed):
    """Do what lesson 06 does: the CAE and the dense SAE of as many weights, one epoch each by one recipe."""
    start(seed)
    images, test = (part.images[: size(None, 48)] for part in (fashion().train, fashion().test))
    models = {"cae": make_cae(30), "dense": make_sae(30, hidden=HIDDEN[28]["dense"])}
    for model in models.values():
        model.compile(optimizer=keras.optimizers.Adam(0.004), loss="mse", run_eagerly=size(False, True))
        model.fit(images, images, batch_size=64, epochs=1, verbose=0)
    errors = {name: mean_error(model, test) for name, model in models.items()}
    moved = {name: mean_error(model, shifted(test)) for name, model in models.items()}
    return {
        "equal_55000": errors["dense"] / errors["cae"],
        "shifted": moved["dense"] / moved["cae"],
        "parameters": models["cae"].count_params(),
    }


TITLES = {
    "cae": "CAE",
    "dense": "denso, com o mesmo número de parâmetros",
    "big": "denso, com cinco vezes mais parâmetros",
    "permuted": "CAE, pixels permutados",
    "dense_again": "o mesmo denso, outros pesos e outro sorteio",
}
AGAIN = "dense_again"


def thousands(n):
    return f"{n:,}".replace(",", ".")


def arms(kinds, n_images, side=28, steps=STEPS[-1]):
    """Return the arms of a number of images, of a side and in a number of steps."""
    suffix = f"_{n_images}" if side == 28 else f"_{side}"
    suffix += "" if steps in (STEPS[-1], LARGE_STEPS) else f"_{steps}"
    shown = f"{thousands(n_images)} imagens de {side} × {side}, cerca de {thousands(steps)} passos"
    trials = trials_for("cae", n_images, steps)
    tuning = f"Taxas {listed(sorted({rate for rate, *_ in trials}))}"
    tuning += ", sem e com dropout de 10 % nas entradas" if n_images < 10_000 else ", sem dropout"
    tuning += "; no denso com o mesmo número de parâmetros, também duas formas (uma camada oculta de cada lado, "
    tuning += "ou só na volta). Todas "
    tuning += "com uma semente à parte, as duas melhores com mais duas; fica a de menor perda média na validação."
    what = {"n_images": n_images, "side": side, "steps": steps}
    return {
        name + suffix: Arm(
            f"{title}, {shown}",
            functools.partial(measure_again if name == AGAIN else measure, kind=name.removesuffix("_again"), **what),
            tuning,
            FASHION,
            5,
        )
        for name, title in TITLES.items()
        if name in kinds
    }


def statement(id, rival, where, text, condition, measure="test", main=False):
    """Return the statement that a dense net errs more than the CAE; `where` ends the names of the arms compared.

    A dense net knows nothing of neighbours: with permuted pixels it is the same net, its weights in another order, as
    likely a start. So the permuted CAE is compared with the dense net as it is.
    """
    return Statement(
        id=id,
        text=text,
        condition=condition,
        comparison=Comparison((f"{rival}_{where}", f"cae_{where}"), measure),
        null=Comparison((f"{rival}_{where}", f"permuted_{where}"), measure),
        margin=1.05,
        why_margin=MARGIN,
        main=main,
    )


MARGIN = "Na PCA, abrir mão de três dos 30 codings aumenta o erro em 5 %."
ALL = ("cae", "dense", "big", "permuted")
EQUAL = ("cae", "dense", "permuted")

STUDY = Study(
    claim="C16",
    subject="Em imagens de roupas, um AE denso erra ao menos 5 % mais do que o convolucional",
    arms={
        **arms(ALL, 500),
        **arms(ALL, 5000),
        **arms((*ALL, AGAIN), 55_000),
        **arms(EQUAL, 55_000, steps=STEPS[0]),
        **arms(EQUAL, 55_000, steps=STEPS[1]),
        **arms(ALL, 5000, side=56, steps=LARGE_STEPS),
        "pca": Arm("PCA-30, ajustada em 55.000 imagens", measure_pca, "Nada a ajustar.", FASHION, 5),
        "lesson": Arm("a receita da lição 06", lesson, "Uma taxa (0,004), a da lição.", FASHION),
    },
    measures={
        "test": "erro em imagens novas",
        "shifted": "erro em imagens novas, deslocadas",
        "rate": "taxa escolhida",
        "dropout": "dropout escolhido",
        "late": "1 se a forma escolhida só tem camada oculta na volta",
    },
    statements=(
        statement(
            "equal_500",
            "dense",
            500,
            "Com 500 imagens, um denso com o mesmo número de parâmetros erra mais do que o CAE",
            "com 500 imagens e cerca de 2.580 passos, contra um denso com o mesmo número de parâmetros",
            main=True,
        ),
        statement(
            "equal_5000",
            "dense",
            5000,
            "Com 5.000 imagens, um denso com o mesmo número de parâmetros erra mais do que o CAE",
            "com 5.000 imagens e cerca de 2.580 passos, contra um denso com o mesmo número de parâmetros",
            main=True,
        ),
        statement(
            "equal_55000",
            "dense",
            55_000,
            "Com 55.000 imagens, um denso com o mesmo número de parâmetros erra mais do que o CAE",
            "com 55.000 imagens e cerca de 2.580 passos, contra um denso com o mesmo número de parâmetros",
            main=True,
        ),
        statement(
            "equal_56",
            "dense",
            56,
            "Com 5.000 imagens de 56 × 56, a peça em qualquer lugar, o denso com o mesmo número de parâmetros erra "
            "mais",
            "com 5.000 imagens de 56 × 56 e 1.565 passos, contra um denso com o mesmo número de parâmetros",
            main=True,
        ),
        statement(
            "big_500",
            "big",
            500,
            "Com 500 imagens, também um denso com cinco vezes mais parâmetros erra mais",
            "com 500 imagens e cerca de 2.580 passos, contra cinco vezes mais parâmetros",
        ),
        statement(
            "big_5000",
            "big",
            5000,
            "Com 5.000 imagens, também um denso com cinco vezes mais parâmetros erra mais",
            "com 5.000 imagens e cerca de 2.580 passos, contra cinco vezes mais parâmetros",
        ),
        statement(
            "big_55000",
            "big",
            55_000,
            "Com 55.000 imagens, também um denso com cinco vezes mais parâmetros erra mais",
            "com 55.000 imagens e cerca de 2.580 passos, contra cinco vezes mais parâmetros",
        ),
        statement(
            "big_56",
            "big",
            56,
            "Com 5.000 imagens de 56 × 56, também um denso com cinco vezes mais parâmetros erra mais",
            "com 5.000 imagens de 56 × 56 e 1.565 passos, contra cinco vezes mais parâmetros",
        ),
        statement(
            "shifted",
            "dense",
            55_000,
            "Em imagens deslocadas de 2 a 4 pixels, o denso com o mesmo número de parâmetros erra mais do que o CAE",
            "com imagens deslocadas, contra um denso com o mesmo número de parâmetros",
            measure="shifted",
        ),
        statement(
            "shifted_big",
            "big",
            55_000,
            "Em imagens deslocadas de 2 a 4 pixels, também um denso com cinco vezes mais parâmetros erra mais",
            "com imagens deslocadas, contra cinco vezes mais parâmetros",
            measure="shifted",
        ),
        statement(
            "steps_215",
            "dense",
            f"55000_{STEPS[0]}",
            "Depois de só 215 passos, o denso com o mesmo número de parâmetros erra mais do que o CAE",
            "com 215 passos, contra um denso com o mesmo número de parâmetros",
        ),
        statement(
            "steps_860",
            "dense",
            f"55000_{STEPS[1]}",
            "Depois de 860 passos, o denso com o mesmo número de parâmetros erra mais do que o CAE",
            "com 860 passos, contra um denso com o mesmo número de parâmetros",
        ),
        Statement(
            id="neighbours",
            text="Com os pixels permutados, o mesmo CAE erra mais do que com eles no lugar",
            condition="com o próprio CAE de pixels permutados como rival",
            comparison=Comparison(("permuted_55000", "cae_55000"), "test"),
            null=Comparison(("dense_again_55000", "dense_55000"), "test"),
            margin=1.05,
            why_margin=MARGIN,
            main=False,
        ),
        Statement(
            id="pca",
            text="A PCA com 30 componentes erra mais do que o CAE que viu 55.000 imagens",
            condition="com 55.000 imagens, contra a PCA com 30 componentes",
            comparison=Comparison(("pca", "cae_55000"), "test"),
            null=Comparison(("pca", "permuted_55000"), "test"),
            margin=1.05,
            why_margin=MARGIN,
            main=False,
        ),
    ),
)
