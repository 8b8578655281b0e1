"""C10: a net that is too powerful maps its inputs perfectly and learns no useful pattern.

Nets of three sizes with 30 codings, trained as any other on few images, to the end. Do the codings of the large one
serve less? Labels are for the judge alone: a linear classifier that is given codings of images no net has seen.
"""

import functools

import keras
import numpy as np

from studies.c08_depth import make_stacked
from studies.common import FASHION, TUNING_SEED, best, drawn, fashion, listed, probe, start, train
from studies.engine import Arm, Comparison, Statement, Study, shared, size
from utils.training import mean_error

RATES = (0.001, 0.003, 0.01)
EPOCHS = {60: 20, 600: 30, 6000: 60}  # of 6,000 images: few ones are repeated
BATCH_SIZE = 60
SIMPLE, MODEST, LARGE = (), (50,), (256, 256)  # 47,854 weights, 82,314 and 549,678


def images_of(seed, n_images):
    """Return images that a seed draws to train with, and others with their labels, which no net sees."""
    images, labels = drawn(fashion().train, size(8000, 160), seed)
    judge = slice(size(6000, 60), None)
    return images[: size(n_images, 60)], (images[judge], labels[judge])


def trained(rate, hidden, n_images, seed, other=0):
    """Return a net trained to the end; with another `other` it has other initial weights."""
    repeated = np.resize(images_of(seed, n_images)[0], (size(6000, 60), 28, 28))
    start(seed + other)
    epochs = size(EPOCHS[n_images], 1)
    return train(make_stacked(30, hidden), repeated, rate=rate, epochs=epochs, batch_size=BATCH_SIZE)


def validation_error(rate, hidden, n_images):
    return mean_error(trained(rate, hidden, n_images, TUNING_SEED), fashion().validation.images)


@shared
def tuned_rate(hidden, n_images):
    return best(RATES, functools.partial(validation_error, hidden=hidden, n_images=n_images))


def usefulness(model, labelled):
    """Return the test accuracy, in %, of a linear classifier that is given the codings of labelled images."""
    encoder, few = model.get_layer("encoder"), size(None, 100)
    parts = (fashion().validation, fashion().test)
    judged = [(np.asarray(encoder(part.images[:few])), part.labels[:few]) for part in parts]
    return probe((np.asarray(encoder(labelled[0])), labelled[1]), *judged)


def measure_net(seed, hidden=MODEST, n_images=60, other=0):
    seen, labelled = images_of(seed, n_images)
    model = trained(tuned_rate(hidden, n_images), hidden, n_images, seed, other)
    return {
        "train": mean_error(model, seen),
        "test": mean_error(model, fashion().test.images[: size(None, 100)]),
        "useful": usefulness(model, labelled),
        "parameters": model.count_params(),
    }


def measure_untrained(seed, other=0):
    """Measure the codings of the large net before any training."""
    labelled = images_of(seed, 60)[1]
    start(seed + other)
    model = make_stacked(30, LARGE)
    return {"useful": usefulness(model, labelled), "parameters": model.count_params()}


def lesson_net(hidden, seed):
    """Return what lesson 03 measures of a net that it trains on 60 images: usefulness, error on them."""
    seen, labelled = images_of(seed, 60)
    repeated = np.resize(seen, (size(3000, 60), 28, 28))
    start(seed)
    model = make_stacked(30, hidden)
    model.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse", run_eagerly=size(False, True))
    model.fit(repeated, repeated, batch_size=BATCH_SIZE, epochs=size(10, 1), verbose=0)
    return usefulness(model, labelled), mean_error(model, seen)


def lesson(seed):
    """Do what lesson 03 does: a modest and a large net by one recipe, with 60 images."""
    useful, error = lesson_net(MODEST, seed)
    useful_large, error_large = lesson_net(LARGE, seed)
    return {
        "useful_60": useful - useful_large,
        "perfect_60": error / error_large,
        "parameters": make_stacked(30, LARGE).count_params(),
    }


TUNING = f"Três taxas ({listed(RATES)}), cada uma até o fim do treino; fica a de menor erro na validação."
NO_TUNING = "Nada a ajustar."
LUCK = (
    "Com 10.000 imagens de teste, o erro padrão de uma acurácia é de 0,4 ponto: menos de 1 ponto se confunde com a "
    "sorte."
)
POINTS = {"margin": 1.0, "why_margin": LUCK, "scale": "difference", "unit": "points"}
NETS = {
    "simple": ("sem camada oculta", SIMPLE, 0),
    "modest": ("modesta (uma camada oculta de 50)", MODEST, 0),
    "modest_again": ("modesta, outros pesos iniciais", MODEST, 1000),
    "large": ("grande (duas camadas ocultas de 256)", LARGE, 0),
}


def shown(n_images):
    return f"{n_images:,} imagens".replace(",", ".")


def arms(n_images):
    """Return the arms of a number of images."""
    return {
        f"{name}_{n_images}": Arm(
            f"{title}, {shown(n_images)}",
            functools.partial(measure_net, hidden=hidden, n_images=n_images, other=other),
            TUNING,
            FASHION,
        )
        for name, (title, hidden, other) in NETS.items()
    }


def compared(a, b, measure, n_images):
    """Return how two nets are compared, and the null control: the modest net with other initial weights."""
    pairs = ((a, b), ("modest_again", "modest"))
    names = ("comparison", "null")
    return {
        name: Comparison(tuple(f"{net}_{n_images}" for net in pair), measure)
        for name, pair in zip(names, pairs, strict=True)
    }


def statements(n_images):
    """Return the statements on a number of images; the first is the lecture's."""
    images = f"com {shown(n_images)}"
    return (
        Statement(
            id=f"useful_{n_images}",
            text=f"Treinada {images}, a rede grande tem codings que servem menos do que os da modesta",
            condition=images,
            **compared("modest", "large", "useful", n_images),
            **POINTS,
        ),
        Statement(
            id=f"useful_simple_{n_images}",
            text=f"Treinada {images}, a rede grande tem codings que servem menos do que os da rede sem camada oculta",
            condition=f"contra a rede sem camada oculta, {images}",
            **compared("simple", "large", "useful", n_images),
            **POINTS,
            main=False,
        ),
        Statement(
            id=f"perfect_{n_images}",
            text=f"Treinada {images}, a rede grande reconstrói essas mesmas imagens bem melhor do que a modesta",
            condition=f"no erro de treino, {images}",
            **compared("modest", "large", "train", n_images),
            margin=1.25,
            why_margin="Na PCA, abrir mão de doze dos 30 codings aumenta o erro em 25 %.",
            main=False,
        ),
        Statement(
            id=f"new_{n_images}",
            text=f"Treinada {images}, a rede grande reconstrói imagens novas pior do que a modesta",
            condition=f"no erro em imagens novas, {images}",
            **compared("large", "modest", "test", n_images),
            margin=1.03,
            why_margin="Na PCA, dois codings a mais (30 para 32) diminuem o erro em 3 %.",
            main=False,
        ),
    )


STUDY = Study(
    claim="C10",
    subject="Uma rede poderosa demais, treinada como as outras, não aprende codings úteis",
    arms={
        **arms(60),
        **arms(600),
        **arms(6000),
        "untrained": Arm("grande, sem treino", measure_untrained, NO_TUNING, FASHION),
        "untrained_again": Arm(
            "grande, sem treino, outros pesos iniciais",
            functools.partial(measure_untrained, other=1000),
            NO_TUNING,
            FASHION,
        ),
        "lesson": Arm("a receita da lição 03, com 60 imagens", lesson, "Uma taxa (0,002), a da lição.", FASHION),
    },
    measures={
        "train": "erro no treino",
        "test": "erro em imagens novas",
        "useful": "acurácia de um classificador linear com os codings, em %",
    },
    statements=(
        *statements(60),
        *statements(600),
        *statements(6000),
        Statement(
            id="learned",
            text="Treinada com só 60 imagens, a rede grande tem codings que servem mais do que antes do treino",
            condition="contra a mesma rede sem treino, com 60 imagens",
            comparison=Comparison(("large_60", "untrained"), "useful"),
            null=Comparison(("untrained_again", "untrained"), "useful"),
            **POINTS,
            main=False,
        ),
    ),
)
