"""C7: an overcomplete AE may just copy; nothing guarantees that its codings have a structure that means anything.

One layer to encode, one to decode. What copies returns images that have no structure, too; what has found a structure
helps a linear classifier that is given nothing but the codings. Trained on 10,000 images; 2,000 of them have labels.
"""

import functools

import keras
import numpy as np
from keras import layers, ops
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from studies.common import FASHION, TUNING_SEED, best, drawn, fashion, flat, listed, probe, start, train
from studies.engine import Arm, Comparison, Statement, Study, shared, size
from utils.models import SHAPE, compose, make_ae
from utils.training import mean_error

RATES = (0.002, 0.004, 0.008)
EPOCHS = 24  # the error on validation images still falls: training is as long as can be afforded
TUNING_EPOCHS = 5

RECIPES = {
    "ae_30": {"n_codings": 30},
    "ae_200": {"n_codings": 200},
    "ae_784": {"n_codings": 784},
    "ae_1000": {"n_codings": 1000},
    "ae_1000_noise": {"n_codings": 1000, "erased": 0.5},  # as much noise as in lesson 08
    "gelu_1000": {"n_codings": 1000, "activation": "gelu"},
    "gelu_1000_noise": {"n_codings": 1000, "activation": "gelu", "erased": 0.5},
    "gelu_1000_sparse": {"n_codings": 1000, "activation": "gelu", "kept": 30},  # as many as the small AE has
}


class KeepLargest(layers.Layer):
    """Keep the `kept` largest codings of each example and set the others to zero.

    References
    ----------
    Makhzani & Frey, "k-sparse autoencoders", ICLR 2014.
    """

    def __init__(self, kept, **kwargs):
        super().__init__(**kwargs)
        self.kept = kept

    def call(self, codings):
        smallest = ops.top_k(codings, self.kept)[0][:, -1:]
        return ops.where(codings >= smallest, codings, 0.0)


def make(n_codings, activation=None, erased=0, kept=0):
    """Return an AE of one layer a side. `erased`: the share of pixels that noise erases; `kept`: see `KeepLargest`."""
    n_codings = size(n_codings, min(n_codings, 40))
    return compose(
        [
            layers.Flatten(),
            layers.Dense(n_codings, activation=activation, name="codings"),
            *([KeepLargest(kept)] if kept else []),
        ],
        [layers.Dense(28 * 28, activation="sigmoid"), layers.Reshape(SHAPE)],
        n_codings,
        layers.Dropout(erased) if erased else None,
    )


def linear(basis, mean):
    """Return an AE that needs no training: its codings are the parts of an image along the rows of `basis`."""
    model = make_ae(len(basis), output_activation=None)
    model.set_weights([basis.T, -mean @ basis.T, basis, mean])
    return model


def seen_images(seed):
    return drawn(fashion().train, size(10_000, 100), seed)[0]


def fit(kind, rate, seed, epochs, first=0):
    """Train an AE of a kind on the draw of a seed. `first`: with another one, it has other initial weights."""
    start(seed + first)
    return train(make(**RECIPES[kind]), seen_images(seed), rate=rate, epochs=size(epochs, 1), batch_size=32)


def validation_error(rate, kind):
    return mean_error(fit(kind, rate, TUNING_SEED, TUNING_EPOCHS), fashion().validation.images)


@shared
def tuned_rate(kind):
    return best(RATES, functools.partial(validation_error, kind=kind))


# What is measured


@shared
def without_structure():
    """Return test images with their pixels shuffled, each image in its own way: all that is left is a histogram."""
    images = flat(fashion().test.images[: size(2000, 100)])
    return np.random.default_rng(0).permuted(images, axis=1).reshape(-1, *SHAPE)


def copied(model):
    """Return how much a model returns, in %, of what has no structure. A grey of the right brightness, or worse: 0."""
    images = without_structure()
    return max(0.0, 100 * (1 - mean_error(model, images) / float(images.var(axis=(1, 2)).mean())))


def usefulness(model, seed):
    """Return the accuracy of a linear classifier of a model's codings."""
    encoder, parts = model.get_layer("encoder"), [drawn(fashion().train, size(2000, 100), seed)]
    for part in (fashion().validation, fashion().test):
        parts.append((part.images[: size(None, 100)], part.labels[: size(None, 100)]))
    return probe(*((np.asarray(encoder(images)), labels) for images, labels in parts))


def measured(model, seed):
    return {
        "error": mean_error(model, fashion().test.images[: size(None, 100)]),
        "copied": copied(model),
        "accuracy": usefulness(model, seed),
        "parameters": model.count_params(),
    }


# The arms


def measure_trained(seed, kind, epochs=EPOCHS, first=0):
    return measured(fit(kind, tuned_rate(kind), seed, epochs, first), seed)


def measure_untrained(seed, kind):
    """Measure the codings of an AE as it is before its training."""
    start(seed)
    model = make(**RECIPES[kind])
    return {"accuracy": usefulness(model, seed), "parameters": model.get_layer("encoder").count_params()}


def measure_pca(seed, n_components):
    pca = PCA(size(n_components, 30), random_state=0).fit(flat(seen_images(seed)))
    return measured(linear(pca.components_, pca.mean_), seed)


def measure_copier(seed):
    """Measure the AE of 1,000 codings of which 784 are the pixels."""
    return measured(linear(np.eye(1000, 28 * 28), np.zeros(28 * 28)), seed)


def measure_few_pixels(seed):
    """Measure 30 pixels, drawn by the seed, as codings."""
    pixels = np.random.default_rng(seed).permutation(28 * 28)[:30]
    return {"accuracy": usefulness(linear(np.eye(28 * 28)[pixels], np.zeros(28 * 28)), seed), "parameters": 30}


def lesson_accuracy(encode, seed):
    """Return the accuracy of a linear classifier that is not tuned."""
    images, labels = drawn(fashion().train, size(2000, 100), seed)
    test_images, test_labels = (column[: size(None, 100)] for column in fashion().test)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
    return 100 * classifier.fit(np.asarray(encode(images)), labels).score(np.asarray(encode(test_images)), test_labels)


def lesson(seed):
    """Do what lesson 02 does: AEs of 30 and of 1,000 codings by one recipe, and the pixels."""
    start(seed)
    images, models = seen_images(seed), []
    for n_codings in (30, 1000):
        model = make_ae(n_codings)
        model.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse", run_eagerly=size(False, True))
        model.fit(images, images, batch_size=32, epochs=size(2, 1), verbose=0)
        models.append(model)
    few, many = models
    return {
        "copies": copied(many) - copied(few),
        "no_structure": lesson_accuracy(flat, seed) - lesson_accuracy(many.get_layer("encoder"), seed),
        "parameters": many.count_params(),
    }


TUNING = (
    f"Três taxas de aprendizado ({listed(RATES)}), {TUNING_EPOCHS} épocas cada; "
    "escolhida uma vez, por seu erro na validação."
)
NO_TUNING = "Nada a ajustar."

TITLES = {
    "ae_30": "AE, 30 codings",
    "ae_200": "AE, 200 codings",
    "ae_784": "AE, 784 codings",
    "ae_1000": "AE, 1.000 codings",
    "ae_1000_noise": "dAE, 1.000 codings, metade dos pixels apagada",
    "gelu_1000": "AE, 1.000 codings não lineares (GELU)",
    "gelu_1000_noise": "dAE, 1.000 codings não lineares, metade dos pixels apagada",
    "gelu_1000_sparse": "AE esparso, 1.000 codings não lineares, só os 30 maiores ficam",
}
N_SEEDS = 5  # 24 epochs of 1,000 codings take a minute


def trained(kind, title="", **options):
    return Arm(TITLES[kind] + title, functools.partial(measure_trained, kind=kind, **options), TUNING, FASHION, N_SEEDS)


def untrained(title, run):
    return Arm(title, run, NO_TUNING, FASHION, N_SEEDS)


def copies(id, more, less, margin=10.0, why="Dez pontos: um décimo do que não tem estrutura.", main=False, **texts):
    """Return the statement that one arm copies more than another. Null control: an AE against itself, other weights."""
    return Statement(
        id=id,
        comparison=Comparison((more, less), "copied"),
        null=Comparison(("ae_200_again", "ae_200"), "copied"),
        margin=margin,
        why_margin=why,
        scale="difference",
        unit="points",
        main=main,
        **texts,
    )


def useful(id, better, worse, null=("ae_200_again", "ae_200"), margin=1.0, main=False, **texts):
    """Return the statement that the codings of one arm are more useful than another's, by more than the margin."""
    return Statement(
        id=id,
        comparison=Comparison((better, worse), "accuracy"),
        null=Comparison(null, "accuracy"),
        margin=margin,
        why_margin="Com 10.000 imagens de teste, o erro padrão de uma acurácia é de 0,4 ponto: "
        "menos de 1 ponto se confunde com a sorte.",
        scale="difference",
        unit="points",
        main=main,
        **texts,
    )


MOSTLY = {"margin": 50.0, "why": "Quem devolve mais da metade do que não tem estrutura copia mais do que resume."}

STUDY = Study(
    claim="C7",
    subject="Um AE sobrecompleto pode só copiar, sem garantia de estrutura com significado",
    arms={
        **{kind: trained(kind) for kind in RECIPES},
        "ae_200_again": trained("ae_200", ", outros pesos iniciais", first=1000),
        "ae_1000_short": trained("ae_1000", ", treino de 3 épocas", epochs=3),
        **{f"pca_{n}": untrained(f"PCA, {n}", functools.partial(measure_pca, n_components=n)) for n in (30, 200, 784)},
        "copier": untrained("o copiador: 784 de seus 1.000 codings são os pixels", measure_copier),
        "gelu_untrained": untrained(
            "1.000 codings não lineares, antes do treino", functools.partial(measure_untrained, kind="gelu_1000")
        ),
        "few_pixels": untrained("30 pixels sorteados", measure_few_pixels),
        "lesson": Arm("a receita da lição 02", lesson, "Uma taxa (0,002), a da lição.", FASHION),
    },
    measures={
        "error": "erro em roupas novas",
        "copied": "quanto devolve de imagens sem estrutura (pixels embaralhados), em %: 100 é copiar",
        "accuracy": "acurácia de um classificador linear com os codings (regularização escolhida na validação), em %",
    },
    statements=(
        copies(
            "copies",
            "ae_1000",
            "ae_30",
            **MOSTLY,
            main=True,
            text="De imagens sem estrutura, um AE com 1.000 codings devolve bem mais do que um com 30",
            condition="quanto à cópia, com codings lineares (devolver mais da metade do que não tem estrutura)",
        ),
        copies(
            "copies_gelu",
            "gelu_1000",
            "ae_30",
            **MOSTLY,
            main=True,
            text="De imagens sem estrutura, um AE com 1.000 codings não lineares devolve bem mais do que um com 30",
            condition="quanto à cópia, com codings não lineares (devolver mais da metade do que não tem estrutura)",
        ),
        useful(
            "no_structure",
            "copier",
            "ae_1000",
            null=("few_pixels", "ae_1000"),
            margin=-1.0,
            main=True,
            text="Para um classificador linear, os pixels são quase tão úteis quanto 1.000 codings, ou mais",
            condition="quanto à utilidade dos codings lineares para um classificador (não maior que a dos pixels)",
        ),
        useful(
            "no_structure_gelu",
            "gelu_untrained",
            "gelu_1000",
            null=("few_pixels", "gelu_1000"),
            margin=-1.0,
            main=True,
            text="Antes do treino, 1.000 codings não lineares são quase tão úteis quanto depois dele, ou mais",
            condition="quanto à utilidade dos codings não lineares para um classificador (não maior que antes do "
            "treino)",
        ),
        useful(
            "gelu_pixels",
            "gelu_1000",
            "copier",
            text="Para um classificador linear, 1.000 codings não lineares são mais úteis do que os pixels",
            condition="na utilidade dos codings não lineares, contra os pixels",
        ),
        copies(
            "copier",
            "copier",
            "ae_30",
            **MOSTLY,
            text="Quem só copia devolve tudo o que não tem estrutura: a medida o reconhece",
            condition="com o copiador",
        ),
        copies(
            "training",
            "ae_1000",
            "ae_1000_short",
            text=f"Quanto mais treina, mais o AE com 1.000 codings copia: {EPOCHS} épocas contra 3",
            condition="com mais treino",
        ),
        copies(
            "capacity_ae",
            "ae_200",
            "ae_30",
            text="Já um AE com 200 codings, que não é sobrecompleto, copia mais do que um com 30",
            condition="com 200 codings",
        ),
        copies(
            "capacity_pca",
            "pca_200",
            "pca_30",
            text="Já uma PCA com 200 componentes copia mais do que uma com 30",
            condition="com 200 componentes da PCA",
        ),
        copies(
            "complete_pca",
            "pca_784",
            "ae_1000",
            text="Uma PCA com todos os 784 componentes copia mais do que o AE com 1.000 codings",
            condition="com todos os componentes da PCA",
        ),
        copies(
            "beyond_784",
            "ae_1000",
            "ae_784",
            text="Ter mais codings do que pixels (1.000 em vez de 784) faz o AE copiar mais",
            condition="com 1.000 codings em vez de 784",
        ),
        copies(
            "noise_copies",
            "ae_1000",
            "ae_1000_noise",
            text="Com metade dos pixels apagada no treino, o AE com 1.000 codings copia menos",
            condition="com ruído na entrada, codings lineares",
        ),
        copies(
            "noise_copies_gelu",
            "gelu_1000",
            "gelu_1000_noise",
            text="Com metade dos pixels apagada no treino, o AE com 1.000 codings não lineares copia menos",
            condition="com ruído na entrada, codings não lineares",
        ),
        useful(
            "noise_useful",
            "gelu_1000_noise",
            "gelu_1000",
            text="Com metade dos pixels apagada no treino, os 1.000 codings não lineares ficam mais úteis",
            condition="com ruído na entrada, na utilidade",
        ),
        copies(
            "sparsity_copies",
            "gelu_1000",
            "gelu_1000_sparse",
            text="Se só os 30 maiores dos 1.000 codings não lineares ficam, o AE copia menos",
            condition="com codings esparsos",
        ),
        useful(
            "sparsity_useful",
            "gelu_1000_sparse",
            "gelu_1000",
            text="Se só os 30 maiores dos 1.000 codings não lineares ficam, eles são mais úteis",
            condition="com codings esparsos",
        ),
    ),
)
