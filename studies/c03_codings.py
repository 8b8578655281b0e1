"""C3: an AE learns, without labels, codings that are much smaller than the input.

Thirty numbers for each image, found in several ways and all read by the same linear decoder: what differs is the
numbers. The AE is that of lesson 02: one layer to encode, one to decode.
"""

import functools

import keras
import numpy as np
from keras import ops
from scipy.fft import dctn
from sklearn.decomposition import PCA
from sklearn.linear_model import LinearRegression
from sklearn.random_projection import GaussianRandomProjection

from studies.common import FASHION, TUNING_SEED, best, drawn, fashion, flat, listed, probe, start, train
from studies.engine import Arm, Comparison, Statement, Study, shared, size
from utils.models import make_ae
from utils.training import mean_error

N_CODINGS = 30
N_PIXELS = 28 * 28
THUMBNAIL = (6, 5)  # 30 pixels
N_IMAGES = 40_000  # drawn by each seed, of 55,000
N_LABELS = 2_000
RATES = (0.005, 0.01, 0.02)
EPOCHS = 15
LESSON_RATE, LESSON_EPOCHS = 0.002, 6


def seen(seed):
    """Return the images that a seed draws to learn from, and their labels."""
    return drawn(fashion().train, size(N_IMAGES, 100), seed)


def judged(part):
    """Return the images of a part that are not learned from, and their labels."""
    return part.images[: size(None, 100)], part.labels[: size(None, 100)]


# Thirty numbers for each image: each function returns them for the parts it is given, the first to learn from


def random_pixels(seed, parts):
    chosen = np.random.default_rng(seed).choice(N_PIXELS, N_CODINGS, replace=False)
    return [flat(images)[:, chosen] for images in parts]


def random_projections(seed, parts):
    projection = GaussianRandomProjection(N_CODINGS, random_state=seed).fit(flat(parts[0][:1]))
    return [projection.transform(flat(images)) for images in parts]


def thumbnails(seed, parts):
    """Return the images shrunk to 6 x 5 pixels."""
    shrunk = [ops.image.resize(images[..., None], THUMBNAIL, antialias=True) for images in parts]
    return [flat(np.asarray(images)) for images in shrunk]


def cosines(seed, parts, chosen_by_variance=False):
    """Return 30 coefficients of the cosine transform: the lowest frequencies, or those that vary most in training."""
    found = [flat(dctn(images, axes=(1, 2), norm="ortho")) for images in parts]
    rows, columns = np.indices((28, 28))
    order = -found[0].var(axis=0) if chosen_by_variance else (rows + columns + 1e-3 * rows).ravel()
    kept = np.argsort(order)[:N_CODINGS]
    return [coefficients[:, kept] for coefficients in found]


def best_cosines(seed, parts):
    return cosines(seed, parts, chosen_by_variance=True)


def components(seed, parts):
    pca = PCA(N_CODINGS, svd_solver="covariance_eigh").fit(flat(parts[0]))
    return [pca.transform(flat(images)) for images in parts]


def all_pixels(seed, parts):
    return [flat(images) for images in parts]


def codings(ae, parts):
    return [np.asarray(ae.get_layer("encoder")(images)) for images in parts]


# What they are worth


def linear_error(train_codings, train_images, test_codings, test_images):
    """Return the test error of the linear decoder that fits the training images best."""
    decoder = LinearRegression().fit(train_codings, flat(train_images))
    return float(np.mean((decoder.predict(test_codings) - flat(test_images)) ** 2))


def usefulness(found, labels):
    """Return the accuracy of a linear classifier that sees `N_LABELS` labels and, of each image, what was found."""
    train_part, validation_part, test_part = zip(found, labels, strict=True)
    return probe([column[:N_LABELS] for column in train_part], validation_part, test_part)


def measure_numbers(found, parts):
    """Measure what was found of each image of the three parts: pairs of images and labels."""
    (seen_images, _), _, (test_images, _) = parts
    return {
        "error": linear_error(found[0], seen_images, found[2], test_images),
        "accuracy": usefulness(found, [labels for _, labels in parts]),
    }


def parts_of(seed):
    """Return images and labels to learn from, to choose by, and to be measured on."""
    return seen(seed), judged(fashion().validation), judged(fashion().test)


def measure_found(seed, find, n_learned=0):
    """Measure what `find` finds of each image; `n_learned`: how many weights it has learned for that."""
    parts = parts_of(seed)
    found = find(seed, [images for images, _ in parts])
    return measure_numbers(found, parts) | {"parameters": n_learned + (N_CODINGS + 1) * N_PIXELS}


def measure_all_pixels(seed):
    """Measure the usefulness of all pixels, 784 numbers for each image; there is nothing to decode."""
    parts = parts_of(seed)
    found = all_pixels(seed, [images for images, _ in parts])
    return {"accuracy": usefulness(found, [labels for _, labels in parts]), "parameters": (N_PIXELS + 1) * 10}


def trained_ae(seed, rate):
    start(seed)
    return train(make_ae(N_CODINGS), seen(seed)[0], rate=rate, epochs=size(EPOCHS, 1))


def validation_error(rate):
    return mean_error(trained_ae(TUNING_SEED, rate), fashion().validation.images)


@shared
def tuned_rate():
    return best(RATES, validation_error)


def measure_ae(seed, is_trained=True):
    """Measure the AE, trained or as it was made: its codings, and its reconstructions by its own decoder."""
    start(seed)
    ae = trained_ae(seed, tuned_rate()) if is_trained else make_ae(N_CODINGS)
    parts = parts_of(seed)
    found = codings(ae, [images for images, _ in parts])
    own = {"own_error": mean_error(ae, parts[2][0]), "parameters": ae.count_params()}
    return measure_numbers(found, parts) | own


def lesson(seed):
    """Do what lesson 02 does: an AE by a plain recipe, and the same linear decoder for its codings and two rivals'."""
    start(seed)
    images, test = fashion().train.images[: size(None, 100)], judged(fashion().test)[0]
    ae = make_ae(N_CODINGS)
    ae.compile(optimizer=keras.optimizers.Adam(LESSON_RATE), loss="mse", run_eagerly=size(False, True))
    ae.fit(images, images, batch_size=256, epochs=size(LESSON_EPOCHS, 1), verbose=0)
    parts, few, error = [images, test], size(10_000, 100), {}  # the decoder learns from few images
    for name, (ours, theirs) in {
        "ae": codings(ae, parts),
        "projections": random_projections(seed, parts),
        "pixels": random_pixels(seed, parts),
        "pca": components(seed, parts),
    }.items():
        error[name] = linear_error(ours[:few], images[:few], theirs, test)
    ratios = {name: error[name] / error["ae"] for name in ("projections", "pixels", "pca")}
    return ratios | {"parameters": ae.count_params()}


TUNING = f"Três taxas de aprendizado ({listed(RATES)}), {EPOCHS} épocas cada; fica a de menor erro na validação."
NO_TUNING = "Nada a ajustar."


def arm(title, find, **options):
    return Arm(title, functools.partial(measure_found, find=find, **options), NO_TUNING, FASHION)


def statement(id, comparison, null, margin, why_margin, **options):
    """Return a statement, whose null control takes the encoder before its training."""
    arms, measure = comparison
    return Statement(
        id=id,
        comparison=Comparison(arms, measure),
        null=Comparison(null, measure),
        margin=margin,
        why_margin=why_margin,
        **options,
    )


TWELVE = "Na PCA, abrir mão de doze dos 30 codings aumenta o erro em 25 %."
THREE = "É a maior perda tolerada: na PCA, abrir mão de três dos 30 codings aumenta o erro em 5 %."
TWO = "Na PCA, dois codings a mais (30 para 32) diminuem o erro em 3 %."
POINT = (
    "Com 10.000 imagens de teste, o erro padrão de uma acurácia é de 0,4 ponto: "
    "menos de 1 ponto se confunde com a sorte."
)
POINTS = {"scale": "difference", "unit": "points", "main": False}

STUDY = Study(
    claim="C3",
    subject="Um AE aprende, sem rótulos, 30 codings a partir dos quais uma regressão linear refaz bem imagens novas de "
    "784 pixels",
    arms={
        "ae": Arm("30 codings do AE", measure_ae, TUNING, FASHION),
        "untrained": Arm(
            "30 codings do AE antes do treino", functools.partial(measure_ae, is_trained=False), NO_TUNING, FASHION
        ),
        "pixels": arm("30 pixels ao acaso", random_pixels),
        "projections": arm("30 projeções ao acaso", random_projections),
        "thumbnails": arm("a imagem reduzida a 6 × 5 pixels", thumbnails),
        "cosines": arm("30 cossenos, os de menor frequência", cosines),
        "best_cosines": arm("30 cossenos, os que mais variam no treino", best_cosines),
        "pca": arm("PCA com 30 componentes", components, n_learned=(N_CODINGS + 1) * N_PIXELS),
        "all_pixels": Arm("todos os 784 pixels", measure_all_pixels, NO_TUNING, FASHION),
        "lesson": Arm("a receita da lição 02", lesson, "Uma taxa (0,002), a da lição.", FASHION),
    },
    measures={
        "error": "erro em imagens novas, lidas por um decodificador linear",
        "own_error": "erro em imagens novas, com o decodificador do próprio AE",
        "accuracy": "acurácia de um classificador linear com 2.000 rótulos (%)",
    },
    statements=(
        statement(
            "projections",
            (("projections", "ae"), "error"),
            ("projections", "untrained"),
            1.25,
            TWELVE,
            text="Com 30 projeções ao acaso, as imagens novas saem bem piores do que com os 30 codings do AE",
            condition="em comparação com 30 projeções ao acaso (que erram ao menos 25 % mais)",
        ),
        statement(
            "pixels",
            (("pixels", "ae"), "error"),
            ("pixels", "untrained"),
            1.25,
            TWELVE,
            text="Com 30 pixels ao acaso, as imagens novas saem bem piores do que com os 30 codings do AE",
            condition="em comparação com 30 pixels ao acaso (que erram ao menos 25 % mais)",
        ),
        statement(
            "pca",
            (("pca", "ae"), "error"),
            ("pca", "untrained"),
            0.95,
            THREE,
            text="Para um decodificador linear, os codings do AE são quase tão bons quanto os da PCA, ideais para ele",
            condition="em comparação com 30 componentes da PCA, o ótimo para essa regressão (tolerando 5 % mais erro)",
        ),
        statement(
            "thumbnails",
            (("thumbnails", "ae"), "error"),
            ("thumbnails", "untrained"),
            1.25,
            TWELVE,
            text="Com a imagem reduzida a 30 pixels, as imagens novas saem bem piores do que com os 30 codings do AE",
            condition="contra a imagem reduzida a 30 pixels",
            main=False,
        ),
        *[
            statement(
                name,
                ((name, "ae"), "error"),
                (name, "untrained"),
                margin,
                f"{why} Acrescentada depois da primeira medida.",
                text=f"Com 30 cossenos fixos, {which}, as imagens novas saem {worse} do que com os 30 codings do AE",
                condition=f"contra 30 cossenos, {which}",
                main=False,
            )
            for name, which, worse, margin, why in (
                ("cosines", "os de menor frequência", "bem piores", 1.25, TWELVE),
                ("best_cosines", "os que mais variam no treino", "piores", 1.03, TWO),
            )
        ],
        statement(
            "own_decoder",
            (("pca", "ae"), ("error", "own_error")),
            ("pca", "untrained"),
            1.03,
            TWO,
            text="Com seu próprio decodificador, que termina em sigmoide, o AE erra menos do que a PCA com 30 codings",
            condition="contra a PCA, com o decodificador do próprio AE",
            main=False,
        ),
        statement(
            "labels_projections",
            (("ae", "projections"), "accuracy"),
            ("untrained", "projections"),
            1,
            POINT,
            text="Para classificar com 2.000 rótulos, os codings do AE servem mais do que 30 projeções ao acaso",
            condition="para classificar, contra 30 projeções ao acaso",
            **POINTS,
        ),
        statement(
            "labels_pca",
            (("ae", "pca"), "accuracy"),
            ("untrained", "pca"),
            -1,
            POINT,
            text="Para classificar com 2.000 rótulos, os codings do AE servem quase tanto quanto os da PCA",
            condition="para classificar, contra os 30 codings da PCA",
            **POINTS,
        ),
        statement(
            "labels_all_pixels",
            (("ae", "all_pixels"), "accuracy"),
            ("untrained", "all_pixels"),
            -1,
            POINT,
            text="Para classificar com 2.000 rótulos, os 30 codings do AE servem quase tanto quanto os 784 pixels",
            condition="para classificar, contra todos os 784 pixels",
            **POINTS,
        ),
    ),
)
