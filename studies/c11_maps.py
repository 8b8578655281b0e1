"""C11: a SAE reduces the dimension of much data; afterwards t-SNE (or PCA) shows it on a map.

A SAE 350-30-350 as in lesson 03; its codings of test images, against pixels and PCA-30, without a map, after PCA to two
dimensions, after t-SNE to two dimensions. Nothing but the measuring of the maps sees a label.
"""

import functools
import time

import keras
import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness
from sklearn.neighbors import NearestNeighbors

from studies.common import FASHION, TUNING_SEEDS, best, drawn, fashion, flat, listed, start, train
from studies.engine import Arm, Comparison, Statement, Study, shared, size
from utils.models import make_sae
from utils.training import mean_error

RATES = (0.004, 0.008, 0.016)
EPOCHS = 7  # over 55,000 images, or over fewer, repeated until they are as many: equally many steps
MANY, FEW = 55_000, 5_000
N_NEIGHBOURS = 10


@shared
def trained_sae(n_images, rate, seed):
    """Return the SAE trained on images drawn by the seed, in its epoch with the smallest validation error."""
    start(seed)
    images, _ = drawn(fashion().train, size(n_images, 100), seed)
    valid = fashion().validation.images[: size(None, 100)]
    keep = keras.callbacks.EarlyStopping(patience=EPOCHS, restore_best_weights=True)
    judge = {"validation_data": (valid, valid), "validation_batch_size": 1000, "callbacks": [keep]}
    repeated = np.resize(images, (size(MANY, 100), 28, 28))
    return train(make_sae(30), repeated, rate=rate, epochs=size(EPOCHS, 1), **judge)


def validation_error(n_images, rate):
    """Return the validation error of the SAE with this rate, on average over the seeds that are for tuning."""
    images = fashion().validation.images[: size(None, 100)]
    return np.mean([mean_error(trained_sae(n_images, rate, seed), images) for seed in TUNING_SEEDS[: size(None, 1)]])


@shared
def tuned_rate(n_images):
    return best(RATES, functools.partial(validation_error, n_images))


def sae_codings(images, seed):
    """Return the codings as the SAE gives them, and its number of weights."""
    sae = trained_sae(MANY, tuned_rate(MANY), seed)
    return np.asarray(sae.get_layer("encoder")(images)), sae.count_params()


def untrained_codings(images, seed):
    """Return the codings of a SAE with its initial weights."""
    start(seed)
    sae = make_sae(30)
    return np.asarray(sae.get_layer("encoder")(images)), sae.count_params()


@shared
def fitted_pca(whiten):
    return PCA(30, whiten=whiten, random_state=0).fit(flat(fashion().train.images[: size(None, 100)]))


def pca_components(images, seed):
    """Return the first 30 principal components, whatever the seed."""
    pca = fitted_pca(whiten=False)
    return pca.transform(flat(images)), pca.components_.size


def whitened_components(images, seed):
    """Return the same components, each scaled to variance 1."""
    pca = fitted_pca(whiten=True)
    return pca.transform(flat(images)), pca.components_.size


def pixels(images, seed):
    """Return the pixels: nothing is learned; the parameters are the inputs."""
    return flat(images), flat(images).shape[1]


def same_class(points, labels):
    """Return the share of each point's nearest neighbours that are of its class, in %, on average."""
    nearest = NearestNeighbors(n_neighbors=N_NEIGHBOURS).fit(points).kneighbors(return_distance=False)
    return 100 * float(np.mean(labels[nearest] == labels[:, None]))


def pca_map(points):
    return PCA(2, random_state=0).fit_transform(points)


def tsne_map(points, seed):
    """Return the map of t-SNE, run to convergence."""
    return TSNE(init="pca", max_iter=size(1000, 250), random_state=seed, n_jobs=1).fit_transform(points)


def measure_maps(seed, represent):
    """Measure a representation of test images drawn by the seed, without a map and on two maps."""
    images, labels = drawn(fashion().test, size(5000, 100), seed)
    points, n_parameters = represent(images, seed)
    values = {"parameters": n_parameters}
    for name, shown in (("whole", points), ("pca", pca_map(points)), ("tsne", tsne_map(points, seed))):
        values[f"{name}_class"] = same_class(shown, labels)
        values[f"{name}_trust"] = 100 * trustworthiness(flat(images), shown, n_neighbors=N_NEIGHBOURS)
    return values


def measure_error(seed, n_images, other=0):
    """Measure the error of a SAE that saw a number of images; with `other` it saw another draw of them."""
    sae = trained_sae(n_images, tuned_rate(n_images), seed + other)
    return {"error": mean_error(sae, fashion().test.images[: size(None, 100)]), "parameters": sae.count_params()}


def measure_time(seed):
    """Measure the seconds of one epoch, of encoding and of t-SNE, for several numbers of images."""
    start(seed)
    images, sae = fashion().train.images, make_sae(30)
    train(sae, images[: size(5000, 100)], rate=RATES[0], epochs=1)  # compiles, which is not counted
    encoder, values = sae.get_layer("encoder"), {"parameters": sae.count_params()}
    for n in (5_000, 20_000, 55_000):
        some, begin = images[: size(n, 100)], time.perf_counter()
        sae.fit(some, some, batch_size=256, epochs=1, verbose=0)
        trained = time.perf_counter()
        codings = np.asarray(encoder(some))
        values |= {f"epoch_{n}": trained - begin, f"encode_{n}": time.perf_counter() - trained}
    for n in (1_000, 2_000, 4_000):
        begin = time.perf_counter()
        tsne_map(codings[: size(n, 100)], seed)
        values[f"tsne_{n}"] = time.perf_counter() - begin
    return values


def lesson(seed):
    """Do what lesson 03 does: one SAE by one plain recipe, and maps of 2,000 images: of its codings, of its rivals."""
    start(seed)
    images, sae = fashion().train.images[: size(None, 100)], make_sae(30)
    sae.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse", run_eagerly=size(False, True))
    sae.fit(images, images, batch_size=256, epochs=size(4, 1), verbose=0)
    shown, labels = (part[: size(2000, 100)] for part in fashion().test)
    codings = np.asarray(sae.get_layer("encoder")(shown))
    components, _ = pca_components(shown, seed)
    sae_class, components_class, pixels_class = (
        same_class(TSNE(init="pca", max_iter=size(500, 250), random_state=seed).fit_transform(points), labels)
        for points in (codings, components, flat(shown))
    )
    return {
        "tsne_components": sae_class - components_class,
        "tsne_pixels": sae_class - pixels_class,
        "pca_pixels": same_class(pca_map(codings), labels) - same_class(pca_map(flat(shown)), labels),
        "whole_pixels": same_class(codings, labels) - same_class(flat(shown), labels),
        "parameters": sae.count_params(),
    }


TUNING = (
    f"Três taxas ({listed(RATES)}), 1.505 passos cada, com três sementes à parte; fica a de menor erro médio na "
    "validação, em sua melhor época. (Na primeira medida, quem escolhia era uma semente só, e a taxa que ela preferiu "
    "estragou metade dos treinos: o ajuste foi refeito, e só ele.)"
)
NO_TUNING = "Nada a ajustar."
SHARES = "vizinhos da mesma classe (%)"
TRUST = "confiabilidade (de 100)"
MAPS = {"whole": "sem mapa", "pca": "mapa de PCA", "tsne": "mapa de t-SNE"}


def map_arm(title, represent, tuning=NO_TUNING):
    return Arm(title, functools.partial(measure_maps, represent=represent), tuning, FASHION)


def error_arm(title, n_images, other=0):
    return Arm(title, functools.partial(measure_error, n_images=n_images, other=other), TUNING, FASHION)


def statement(id, measure, rival, **options):
    """Say that the SAE's codings have more of a measure than a rival; an untrained encoder must not."""
    return Statement(
        id=id,
        comparison=Comparison(("sae", rival), measure),
        null=Comparison(("untrained", rival), measure),
        margin=1.0,
        why_margin="Com 5.000 imagens, o erro padrão de uma porcentagem é de 0,6 ponto: menos de 1 ponto se confunde "
        "com a sorte."
        if measure.endswith("class")
        else "Um ponto de cem: menos do que isso não se vê em um mapa.",
        scale="difference",
        unit="points",
        **options,
    )


STUDY = Study(
    claim="C11",
    subject="Um SAE reduz a dimensão de muitos dados, e depois t-SNE (ou PCA) os mostra melhor do que sem o SAE",
    arms={
        "sae": map_arm("30 codings do SAE, tais como saem", sae_codings, TUNING),
        "pixels": map_arm("os 784 pixels", pixels),
        "components": map_arm("PCA-30", pca_components),
        "whitened": map_arm("PCA-30 branqueada", whitened_components),
        "untrained": map_arm("codificador sem treino", untrained_codings),
        "many": error_arm("SAE com 55.000 imagens", MANY),
        "few": error_arm("SAE com 5.000 imagens, com o mesmo número de passos", FEW),
        "few_again": error_arm("SAE com outras 5.000 imagens", FEW, other=1000),
        "time_of_sae_and_tsne": Arm("tempo por número de imagens", measure_time, NO_TUNING, FASHION, n_seeds=5),
        "lesson": Arm(
            "a receita da lição 03, com 2.000 imagens no mapa", lesson, "Uma taxa (0,002), a da lição.", FASHION
        ),
    },
    measures={
        **{f"{name}_class": f"{SHARES}, {title}" for name, title in MAPS.items()},
        **{f"{name}_trust": f"{TRUST}, {title}" for name, title in MAPS.items()},
        "error": "erro em imagens novas",
        **{f"epoch_{n}": f"segundos de uma época, {n // 1000}.000 imagens" for n in (5_000, 20_000, 55_000)},
        **{f"encode_{n}": f"segundos para codificar {n // 1000}.000 imagens" for n in (5_000, 20_000, 55_000)},
        **{f"tsne_{n}": f"segundos do t-SNE, {n // 1000}.000 imagens" for n in (1_000, 2_000, 4_000)},
    },
    statements=(
        statement(
            "tsne_components",
            "tsne_class",
            "components",
            text="No mapa de t-SNE dos codings do SAE, mais vizinhos são da mesma classe do que no da PCA-30",
            condition="com t-SNE, contra a PCA-30 seguida de t-SNE",
        ),
        statement(
            "tsne_pixels",
            "tsne_class",
            "pixels",
            text="No mapa de t-SNE dos codings do SAE, mais vizinhos são da mesma classe do que no dos pixels",
            condition="com t-SNE, contra o t-SNE direto nos pixels",
        ),
        statement(
            "pca_pixels",
            "pca_class",
            "pixels",
            text="No mapa de PCA dos codings do SAE, mais vizinhos são da mesma classe do que no dos pixels",
            condition="com PCA, contra a PCA direta nos pixels",
        ),
        Statement(
            id="many_images",
            text="Com os mesmos passos, um SAE que vê 5.000 imagens erra mais em imagens novas que um que vê 55.000",
            condition="com grandes quantidades de dados (55.000 imagens em vez de 5.000, com o mesmo número de passos)",
            comparison=Comparison(("few", "many"), "error"),
            null=Comparison(("few_again", "few"), "error"),
            margin=1.03,
            why_margin="Na PCA, dois codings a mais (30 para 32) diminuem o erro em 3 %.",
        ),
        statement(
            "tsne_whitened",
            "tsne_class",
            "whitened",
            text="No mapa de t-SNE dos codings do SAE, mais vizinhos são da mesma classe que no da PCA-30 branqueada",
            condition="com t-SNE, contra a PCA-30 branqueada seguida de t-SNE",
            main=False,
        ),
        statement(
            "whole_pixels",
            "whole_class",
            "pixels",
            text="Sem mapa, mais vizinhos são da mesma classe nos 30 codings do SAE do que nos 784 pixels",
            condition="sem mapa, contra os pixels",
            main=False,
        ),
        statement(
            "whole_components",
            "whole_class",
            "components",
            text="Sem mapa, mais vizinhos são da mesma classe nos codings do SAE do que na PCA-30",
            condition="sem mapa, contra a PCA-30",
            main=False,
        ),
        statement(
            "whole_whitened",
            "whole_class",
            "whitened",
            text="Sem mapa, mais vizinhos são da mesma classe nos codings do SAE do que na PCA-30 branqueada",
            condition="sem mapa, contra a PCA-30 branqueada",
            main=False,
        ),
        statement(
            "tsne_trust",
            "tsne_trust",
            "components",
            text="O mapa de t-SNE dos codings do SAE é mais fiel à vizinhança nos pixels do que o da PCA-30",
            condition="com a confiabilidade do mapa de t-SNE, contra a PCA-30",
            main=False,
        ),
        statement(
            "pca_trust",
            "pca_trust",
            "pixels",
            text="O mapa de PCA dos codings do SAE é mais fiel à vizinhança nos pixels do que o dos próprios pixels",
            condition="com a confiabilidade do mapa de PCA, contra os pixels",
            main=False,
        ),
    ),
)
