"""C18: a denoising AE is trained to recover the clean data from corrupted ones.

The SAE of lesson 03 with a layer of noise before it, as lesson 08 teaches it, and two corruptions: half the pixels
erased (Dropout), and Gaussian noise. What is measured is the error of what comes out against the clean image.

Keras' Dropout doubles the pixels that it leaves, in training; so do the corrupted images here, as the factor is the
same for all pixels and tells nothing. Who was not trained so gets them doubled or not, as is better in validation.
"""

import functools

import keras
import numpy as np
from keras import layers, ops
from scipy.ndimage import gaussian_filter, median_filter
from scipy.signal import wiener
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge

from studies.common import FASHION, TUNING_SEED, best, drawn, fashion, flat, listed, start, train
from studies.engine import Arm, Comparison, Statement, Study, shared, size
from utils.course import restore_keras_defaults
from utils.models import make_sae

ERASED = {"dropout": 0.5, "dropout_strong": 0.75}  # the share of the pixels; the strong noises are of C19
SIGMAS = {"gaussian": 0.4, "gaussian_strong": 0.8, "weak": 0.1}  # of the Gaussian noise, on pixels from 0 to 1
SPECKLED = 0.5  # the share of the pixels made black or white, in C19
N_IMAGES = 40_000
EPOCHS = 10

RATES = (0.002, 0.004, 0.008)
ALPHAS = (0.0001, 0.001, 0.01)  # added to the variances of the pixels, 0.09 on average
MASK_WIDTHS = (0.5, 0.7, 0.9)
GAINS = {"dropout": (1.0, 0.5), "gaussian": (1.0,)}  # with erased pixels: all as they are, or those left as they were
SAE_OPTIONS = {noise: tuple((rate, gain) for rate in RATES for gain in gains) for noise, gains in GAINS.items()}
FILTERS = {  # kind, width and gain
    "dropout": (
        ("positive", (0.5, 0.02), 0.5),
        ("positive", (0.7, 0.05), 0.5),
        ("positive", (0.7, 0.1), 0.5),
        ("gaussian", 1.0, 1.0),
        ("gaussian", 1.2, 1.0),
        ("median", 3, 1.0),
    ),
    "gaussian": (
        ("gaussian", 0.8, 1.0),
        ("gaussian", 1.0, 1.0),
        ("gaussian", 1.2, 1.0),
        ("wiener", 5, 1.0),
        ("wiener", 7, 1.0),
        ("median", 5, 1.0),
    ),
}


# The noise, and what is left of it


def speckled(images, chances):
    """Return images that are black where the chance is small, and white where it is large."""
    return ops.where(chances < SPECKLED / 2, 0.0, ops.where(chances >= 1 - SPECKLED / 2, 1.0, images))


class Speckles(layers.Layer):
    """Makes pixels black or white in training, as many of each."""

    def __init__(self):
        super().__init__()
        self.seeds = keras.random.SeedGenerator()

    def call(self, images, training=False):
        return speckled(images, keras.random.uniform(ops.shape(images), seed=self.seeds)) if training else images


def noise_layer(noise):
    """Return the layer that makes a noise in training; None for "none"."""
    if noise in ("none", "speckled"):
        return Speckles() if noise == "speckled" else None
    return layers.Dropout(ERASED[noise]) if noise in ERASED else layers.GaussianNoise(SIGMAS[noise])


def survivors(shape, noise, seed):
    """Return which pixels the seed leaves."""
    return np.random.default_rng([seed, 1]).random(shape) >= ERASED[noise]


def corrupted(images, noise, seed):
    """Return images with the seed's noise, as the layer makes it in training."""
    if noise in ERASED:
        return (images * survivors(images.shape, noise, seed) / (1 - ERASED[noise])).astype("float32")
    if noise == "speckled":
        return np.asarray(speckled(images, np.random.default_rng([seed, 3]).random(images.shape, dtype="float32")))
    return images + SIGMAS[noise] * np.random.default_rng([seed, 2]).standard_normal(images.shape, dtype="float32")


def errors(clean, noise, part, seed):
    """Return the error of what the function `clean` makes of a part's images with the seed's noise, cut to [0, 1].

    Of erased pixels also the error when those that are not zero, and so were not erased, stay as they are.
    """
    images = part.images[: size(None, 100)]
    noisy = corrupted(images, noise, seed)
    cleaned = np.clip(clean(noisy), 0, 1)
    found = {"error": float(np.mean((cleaned - images) ** 2))}
    if noise == "dropout":
        kept = np.where(noisy > 0, images, cleaned)
        found["error_kept"] = float(np.mean((kept - images) ** 2))
    return found


# Who cleans: each is made from (noise, option, seed) and comes with its number of parameters


def training_images(seed):
    return drawn(fashion().train, size(N_IMAGES, 100), seed)[0]


@shared
def network(noise, rate, seed, first=0, n_codings=30):
    """Return a SAE trained with a noise, or "none". `first`: another start, from the same images."""
    start(seed + first)
    model = make_sae(n_codings, noise=noise_layer(noise))
    return train(model, training_images(seed), rate=rate, epochs=size(EPOCHS, 1))


def predicted(model, gain, images):
    return np.concatenate([model.predict_on_batch(gain * images[i : i + 1000]) for i in range(0, len(images), 1000)])


def dae(noise, rate, seed, n_codings=30):
    model = network(noise, rate, seed, n_codings=n_codings)
    return functools.partial(predicted, model, 1.0), model.count_params()


def wide_dae(noise, rate, seed):
    return dae(noise, rate, seed, n_codings=200)


def sae(noise, option, seed, first=0):
    """Return the SAE without noise; its option is a rate and a gain."""
    model = network("none", option[0], seed, first)
    return functools.partial(predicted, model, option[1]), model.count_params()


def sae_again(noise, option, seed):
    return sae(noise, option, seed, first=1000)


@shared
def moments(seed):
    """Return the mean, the covariance and the mean squares of the pixels of the images that a seed draws."""
    pixels = flat(training_images(seed)).astype("float64")
    return pixels.mean(axis=0), np.cov(pixels.T), np.mean(pixels**2, axis=0)


def mapped(weights, noisy_mean, mean, images):
    return ((flat(images) - noisy_mean) @ weights + mean).reshape(images.shape)


def linear(noise, alpha, seed):
    """Return the linear regression (ridge) from corrupted to clean pixels, fitted to infinitely many draws of it.

    What a noise makes of means and covariances is known, so no draw is needed: it adds to the variance of each pixel,
    and speckles also shrink the rest.
    """
    mean, covariance, squares = moments(seed)
    left, noisy_mean = 1.0, mean
    if noise in ERASED:
        added = squares * ERASED[noise] / (1 - ERASED[noise])
    elif noise == "speckled":
        left = 1 - SPECKLED
        noisy_mean = left * mean + SPECKLED / 2
        added = left * squares + SPECKLED / 2 - noisy_mean**2 - left**2 * np.diag(covariance)
    else:
        added = SIGMAS[noise] ** 2
    weights = np.linalg.solve(left**2 * covariance + np.eye(mean.size) * (added + alpha), left * covariance)
    matrices = (matrix.astype("float32") for matrix in (weights, noisy_mean, mean))
    return functools.partial(mapped, *matrices), weights.size + mean.size


def projected(pca, gain, images):
    return pca.inverse_transform(pca.transform(gain * flat(images))).reshape(images.shape)


def pca(noise, gain, seed):
    fitted = PCA(30, svd_solver="covariance_eigh").fit(flat(training_images(seed)))
    return functools.partial(projected, fitted, gain), fitted.components_.size + fitted.mean_.size


def averaged(images, weights, width):
    """Return weighted averages of the pixels nearby."""
    sums, norms = (gaussian_filter(values, (0, width, width)) for values in (images * weights, weights))
    return sums / np.maximum(norms, 1e-6)


def filtered(kind, width, gain, images):
    """Return images after a filter.

    Two are made for these noises: "positive" averages give less weight to what is zero, and may be erased; those
    "between" also leave out what is white.
    """
    images = gain * images
    if kind == "median":
        return median_filter(images, (1, width, width))
    if kind == "wiener":
        return np.stack([wiener(image, width, SIGMAS["gaussian"] ** 2) for image in images])
    if kind in ("positive", "between"):
        weights = np.where(images > 0, 1, width[1]) * (images < (1 if kind == "between" else np.inf))
        return averaged(images, weights.astype("float32"), width[0])
    return gaussian_filter(images, (0, width, width))


def image_filter(noise, option, seed):
    return functools.partial(filtered, *option), 1


def told_mask(width, noise, seed, images):
    """Return images with each erased pixel filled by an average of those nearby which the seed left."""
    left, images = survivors(images.shape, noise, seed), images * (1 - ERASED[noise])
    return np.where(left, images, averaged(images, left.astype("float32"), width))


def mask_filter(noise, width, seed):
    return functools.partial(told_mask, width, noise, seed), 1


# The arms


def tuning_error(make, noise, option):
    """Return the validation error of who is made of an option with the seed for tuning."""
    return errors(make(noise, option, TUNING_SEED)[0], noise, fashion().validation, TUNING_SEED)["error"]


@shared
def tuned(make, noise, options):
    return best(options, functools.partial(tuning_error, make, noise))


def measure(seed, make, noise, options, again=None):
    """Measure who is made of the best option; `again`: another way to make it, of the same option."""
    clean, n_parameters = (again or make)(noise, tuned(make, noise, options), seed)
    return errors(clean, noise, fashion().test, seed) | {"parameters": n_parameters}


def measure_mean_image(seed, first=0):
    """Measure what shows the mean image whatever it is given. `first`: of another draw."""
    mean = training_images(seed + first).mean(axis=0)
    found = errors(functools.partial(always, mean), "dropout", fashion().test, seed)
    return found | {"parameters": mean.size}


def always(image, images):
    return np.broadcast_to(image, images.shape)


def lesson_pair(seed):
    """Train a dAE with Dropout and a SAE, as lesson 08 does."""
    restore_keras_defaults()
    images, models = fashion().train.images[: size(20_000, 100)], []
    for noise in ("dropout", "none"):
        keras.utils.set_random_seed(seed)
        model = make_sae(30, noise=noise_layer(noise))
        model.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse", run_eagerly=size(False, True))
        model.fit(images, images, batch_size=128, epochs=size(5, 1), verbose=0)
        models.append(model)
    return models


def regressed(ridge, images):
    return ridge.predict(flat(images)).reshape(images.shape)


def lesson(seed):
    """Do what lesson 08 does with Dropout: a dAE, a SAE, and a ridge that sees one draw of the noise."""
    images = fashion().train.images[: size(20_000, 100)]
    models = lesson_pair(seed)
    ridge = Ridge().fit(flat(corrupted(images, "dropout", seed)), flat(images))
    cleaners = [functools.partial(predicted, model, 1.0) for model in models]
    cleaners.append(functools.partial(regressed, ridge))
    dae, sae, linear = (errors(clean, "dropout", fashion().test, seed)["error"] for clean in cleaners)
    return {"dropout_sae": sae / dae, "dropout_linear": linear / dae, "parameters": models[0].count_params()}


TUNING = (
    f"Na validação, com o mesmo ruído, três valores: nas redes, da taxa de aprendizado ({listed(RATES)}; {EPOCHS} "
    f"épocas com {N_IMAGES // 1000}.000 imagens); na regressão linear, da regularização; no filtro que conhece a "
    "máscara, da largura. Nos demais filtros, seis combinações de tipo e largura. Quem não treinou com pixels dobrados "
    "os recebe dobrados ou não, o que for melhor."
)
NO_TUNING = "Nada a ajustar."
NOISES = {
    "dropout": "metade dos pixels apagada",
    "gaussian": "ruído gaussiano de 0,4",
    "weak": "ruído gaussiano de 0,1",
}


def arm(title, make, noise, options, again=None, n_seeds=10):
    run = functools.partial(measure, make=make, noise=noise, options=options, again=again)
    return Arm(f"{title}, {NOISES[noise]}", run, TUNING, FASHION, n_seeds)


def arms(noise):
    """Return the arms of a corruption that all statements on it need."""
    options, gains = SAE_OPTIONS[noise], GAINS[noise]
    return {
        f"dae_{noise}": arm("dAE", dae, noise, RATES),
        f"sae_{noise}": arm("SAE treinado sem ruído", sae, noise, options),
        f"sae_again_{noise}": arm("SAE sem ruído, outros pesos iniciais", sae, noise, options, sae_again),
        f"linear_{noise}": arm("regressão linear treinada com o ruído", linear, noise, ALPHAS),
        f"pca_{noise}": arm("PCA com 30 componentes", pca, noise, gains),
        f"filter_{noise}": arm("o melhor de seis filtros", image_filter, noise, FILTERS[noise]),
    }


TWELVE_CODINGS = "Na PCA, abrir mão de doze dos 30 codings aumenta o erro em 25 %."
THREE_CODINGS = "Na PCA, abrir mão de três dos 30 codings aumenta o erro em 5 %."


def statement(id, arms, null, margin=1.05, measure="error", **options):
    why = THREE_CODINGS if margin == 1.05 else TWELVE_CODINGS
    return Statement(
        id=id,
        comparison=Comparison(arms, measure),
        null=Comparison(null, measure),
        margin=margin,
        why_margin=why,
        **options,
    )


def statements(noise, words):
    """Return the statements on a corruption; in the dAE's place the null controls have who learned nothing of it."""
    dae, sae, linear = f"dae_{noise}", f"sae_{noise}", f"linear_{noise}"
    return (
        statement(
            f"{noise}_sae",
            (sae, dae),
            (f"sae_again_{noise}", sae),
            1.25,
            text=f"Com {words}, o mesmo SAE treinado sem ruído erra bem mais do que o dAE",
            condition=f"com {words}, contra o SAE treinado sem ruído",
        ),
        statement(
            f"{noise}_linear",
            (linear, dae),
            (linear, sae),
            text=f"Com {words}, uma regressão linear treinada com o mesmo ruído erra mais do que o dAE",
            condition=f"com {words}, contra uma regressão linear treinada com o mesmo ruído",
        ),
        statement(
            f"{noise}_filter",
            (f"filter_{noise}", dae),
            (f"filter_{noise}", "mean"),
            text=f"Com {words}, o melhor de seis filtros de imagens, ajustado a esse ruído, erra mais do que o dAE",
            condition=f"com {words}, contra o melhor de seis filtros",
            main=False,
        ),
        statement(
            f"{noise}_pca",
            (f"pca_{noise}", dae),
            (f"pca_{noise}", "mean"),
            1.25,
            text=f"Com {words}, a PCA com 30 componentes erra bem mais do que o dAE",
            condition=f"com {words}, contra a PCA",
            main=False,
        ),
        statement(
            f"{noise}_mean",
            ("mean", dae),
            ("mean_again", "mean"),
            1.25,
            text=f"Com {words}, quem mostra sempre a imagem média erra bem mais do que o dAE",
            condition=f"com {words}, contra a imagem média",
            main=False,
        ),
    )


STUDY = Study(
    claim="C18",
    subject="Treinado para isso, um dAE recupera os dados limpos a partir dos corrompidos",
    arms={
        **arms("dropout"),
        **arms("gaussian"),
        "mask": arm("filtro que conhece a máscara", mask_filter, "dropout", MASK_WIDTHS),
        "wide": arm("dAE com 200 codings", wide_dae, "gaussian", RATES, n_seeds=5),
        "dae_weak": arm("dAE", dae, "weak", RATES, n_seeds=5),
        "linear_weak": arm("regressão linear treinada com o ruído", linear, "weak", ALPHAS),
        "mean": Arm("a imagem média", measure_mean_image, NO_TUNING, FASHION),
        "mean_again": Arm(
            "a imagem média, outro sorteio", functools.partial(measure_mean_image, first=1000), NO_TUNING, FASHION
        ),
        "lesson": Arm("a receita da lição 08", lesson, "Uma taxa (0,002), a da lição.", FASHION),
    },
    measures={
        "error": "erro em imagens de teste corrompidas, contra as limpas",
        "error_kept": "o mesmo, com os pixels que sobraram deixados como estavam",
    },
    statements=(
        *statements("dropout", "metade dos pixels apagada"),
        *statements("gaussian", "ruído gaussiano de 0,4"),
        statement(
            "dropout_mask",
            ("mask", "dae_dropout"),
            ("mask", "mean"),
            text="Um filtro que sabe quais pixels foram apagados erra mais do que o dAE, que não sabe",
            condition="contra um filtro que conhece a máscara",
            main=False,
        ),
        statement(
            "dropout_mask_kept",
            ("mask", "dae_dropout"),
            ("mask", "mean"),
            measure="error_kept",
            text="O filtro que conhece a máscara erra mais do que o dAE, se este também preserva os pixels não nulos",
            condition="contra um filtro que conhece a máscara, preservando os pixels que sobraram",
            main=False,
        ),
        statement(
            "gaussian_wide",
            ("linear_gaussian", "wide"),
            ("linear_gaussian", "sae_gaussian"),
            text="Com ruído gaussiano de 0,4, a regressão linear erra mais do que um dAE com 200 codings",
            condition="com 200 codings, contra a regressão linear",
            main=False,
        ),
        statement(
            "weak_linear",
            ("linear_weak", "dae_weak"),
            ("linear_weak", "mean"),
            text="Com pouco ruído (gaussiano de 0,1), a regressão linear treinada com ele erra mais do que o dAE",
            condition="com pouco ruído, contra a regressão linear",
            main=False,
        ),
    ),
)
