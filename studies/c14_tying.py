"""C14: tying the weights of the decoder to those of the encoder limits the risk of overfitting.

A SAE 100-30-100, as in lesson 04, tied or not, with few and with many images, each trained far beyond what it needs.
"""

import functools

import keras
import numpy as np
from keras import ops

from studies import common
from studies.common import FASHION, TUNING_SEED, fashion, listed, warmup_cosine_adam
from studies.engine import Arm, Comparison, Statement, Study, shared, size
from utils.course import restore_keras_defaults
from utils.models import make_sae, make_tied_sae
from utils.training import mean_error

RATES = (0.003, 0.006, 0.012)
HIDDEN = 100
PLAIN_RATES = (0.0015, 0.003, 0.006)  # of the curves, by Adam without a schedule
TUNING_SEEDS = (TUNING_SEED, TUNING_SEED + 1000, TUNING_SEED + 2000)
PASSES = 200  # over 500 images
LOOKS = (1, 2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 20)  # of the curves: after so many times ten passes
HALF_HIDDEN = 50  # 784 x 50 and 50 x 30, twice: as many weights as 784 x 100 and 100 x 30 once


def make_untied():
    return make_sae(30, hidden=HIDDEN)


def make_tied():
    return make_tied_sae(30, hidden=HIDDEN)


def make_half():
    return make_sae(30, hidden=HALF_HIDDEN)


def make_from_transposes():
    """Return an untied SAE whose decoder starts, but does not stay, with the transposes of the encoder's kernels."""
    model = make_sae(30, hidden=HIDDEN)
    _, first, codings = model.get_layer("encoder").layers
    from_codings, to_pixels, _ = model.get_layer("decoder").layers
    from_codings.kernel.assign(ops.transpose(codings.kernel))
    to_pixels.kernel.assign(ops.transpose(first.kernel))
    return model


class BestWeights(keras.callbacks.Callback):
    """Keep the weights of the epoch with the smallest validation error."""

    def on_train_begin(self, logs=None):
        self.error, self.weights = float("inf"), None

    def on_epoch_end(self, epoch, logs=None):
        if logs["val_loss"] < self.error:
            self.error, self.weights = logs["val_loss"], self.model.get_weights()


def fit(make, images, rate, start, steps, batch_size, epochs):
    """Train a new SAE by a rate that falls to zero; return it and its best weights. The images are repeated at need."""
    keras.utils.set_random_seed(start)
    model, best = make(), BestWeights()
    model.compile(optimizer=warmup_cosine_adam(rate, steps), loss="mse", steps_per_execution=steps // epochs)
    repeated = np.resize(images, (steps // epochs * batch_size, 28, 28))
    valid = fashion().validation.images[: size(None, 100)]
    judge = {"validation_data": (valid, valid), "validation_batch_size": 1000}
    model.fit(repeated, repeated, batch_size=batch_size, epochs=epochs, verbose=0, callbacks=[best], **judge)
    return model, best


def measure_sae(seed, make, n_images, start=0):
    """Measure the SAE of three rates with the smallest validation error in its best epoch.

    The draw of images depends on the seed alone, the initial weights on `start`, too.
    """
    restore_keras_defaults()
    train, test = fashion().train.images, fashion().test.images[: size(None, 100)]
    images = train[np.random.default_rng(seed).permutation(len(train))[:n_images]][: size(None, 100)]
    few = n_images < 10_000
    recipe = {"batch_size": 50 if few else 128, "steps": size(2000 if few else 4300, 20)}
    trained = []
    for rate in RATES[: size(None, 1)]:
        trained.append(fit(make, images, rate, seed + start, **recipe, epochs=size(20 if few else 10, 2)))
    model, best = min(trained, key=lambda pair: pair[1].error)
    at_end = {"train_end": mean_error(model, images), "test_end": mean_error(model, test)}
    model.set_weights(best.weights)
    return at_end | {"test_best": mean_error(model, test), "parameters": model.count_params()}


def few_images(seed):
    """Return the 500 images that a seed draws."""
    return common.drawn(fashion().train, size(500, 50), seed)[0]


def fit_few(make, few, rate):
    """Train a new SAE on a few images as lesson 04 does: Adam, 200 passes, ten of them between two looks at its errors.

    Return it and its errors, on the images it is trained with and on validation images, look by look.
    """
    valid = fashion().validation.images[: size(1000, 50)]
    repeated = np.repeat(few, size(10, 1), axis=0)
    model = make()
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="mse", run_eagerly=size(False, True))
    looks = {"epochs": size(PASSES // 10, 1), "validation_data": (valid, valid)}
    return model, model.fit(repeated, repeated, batch_size=100, verbose=0, **looks).history


def validation_error(make, rate):
    """Return the smallest validation error along the training, the mean of three draws that are not measured."""
    errors = []
    for seed in TUNING_SEEDS:
        common.start(seed)
        errors.append(min(fit_few(make, few_images(seed), rate)[1]["val_loss"]))
    return float(np.mean(errors))


@shared
def rate_of_the_untied():
    """Return the best rate of the untied SAE, which the tied one is trained with, too: it cannot be in its favour."""
    return common.best(PLAIN_RATES, functools.partial(validation_error, make_untied))


def measure_curve(seed, make):
    """Measure both errors of an SAE along its training."""
    rate = rate_of_the_untied()
    common.start(seed)
    model, errors = fit_few(make, few_images(seed), rate)
    return {
        f"{name}_{10 * look}": errors[key][look - 1]
        for name, key in (("seen", "loss"), ("new", "val_loss"))
        for look in LOOKS
        if look <= len(errors[key])
    } | {"parameters": model.count_params()}


def lesson(seed):
    """Do what lesson 04 does with 500 images: both SAEs by one recipe."""
    common.start(seed)
    few, test = few_images(seed), fashion().test.images[: size(None, 100)]
    errors = {make: mean_error(fit_few(make, few, 0.003)[0], test) for make in (make_untied, make_tied)}
    return {"few_end": errors[make_untied] / errors[make_tied], "parameters": make_tied().count_params()}


TUNING = f"Três taxas ({listed(RATES)}), {{}} passos cada; fica a de menor erro na validação em sua melhor época."

TITLES = {
    "tied": "amarrado",
    "untied": "solto",
    "half": "solto, com metade dos parâmetros",
    "transposes": "solto, iniciado com as transpostas",
}
MAKERS = {"tied": make_tied, "untied": make_untied, "half": make_half, "transposes": make_from_transposes}


def arms(n_images, names, n_seeds=10):
    """Return the arms of a number of images: those named, and the untied one from another start, the null control."""
    shown = f"{n_images:,} imagens".replace(",", ".")
    tuning = TUNING.format("2.000" if n_images < 10_000 else "4.300")

    def arm(name, title, start=0):
        run = functools.partial(measure_sae, make=MAKERS[name], n_images=n_images, start=start)
        return Arm(f"{title}, {shown}", run, tuning, FASHION, n_seeds)

    again = arm("untied", "solto, outros pesos iniciais", start=1000)
    return {f"{name}_{n_images}": arm(name, TITLES[name]) for name in names} | {f"untied_again_{n_images}": again}


def curve(name):
    """Return the arm that draws the curves of an SAE with 500 images."""
    run = functools.partial(measure_curve, make=MAKERS[name])
    tuning = f"Três taxas do Adam ({listed(PLAIN_RATES)}), três sorteios à parte; fica a melhor do solto na validação."
    return Arm(f"{TITLES[name]}, 500 imagens, ao longo do treino", run, tuning, FASHION)


def statement(id, rival, n_images, measure, **options):
    tied, untied = f"tied_{n_images}", f"untied_{n_images}"
    return Statement(
        id=id,
        comparison=Comparison((f"{rival}_{n_images}", tied), measure),
        null=Comparison((f"untied_again_{n_images}", untied), measure),
        margin=1.03,
        why_margin="Na PCA, dois codings a mais (30 para 32) diminuem o erro em 3 %: por menos, há modos mais simples.",
        **options,
    )


STUDY = Study(
    claim="C14",
    subject="Um SAE de pesos soltos erra ao menos 3 % mais em imagens novas do que o mesmo SAE de pesos amarrados",
    arms={
        **arms(500, ("tied", "untied", "half", "transposes")),
        **arms(2000, ("tied", "untied", "half", "transposes")),
        **arms(55_000, ("tied", "untied"), n_seeds=5),
        "curve_tied": curve("tied"),
        "curve_untied": curve("untied"),
        "lesson": Arm("a receita da lição 04, com 500 imagens", lesson, "Uma taxa (0,003), a da lição.", FASHION),
    },
    measures={
        "train_end": "erro no treino, no fim",
        "test_end": "erro em imagens novas, no fim",
        "test_best": "erro em imagens novas, na melhor época",
        **{f"seen_{10 * look}": f"erro no treino depois de {10 * look} passagens" for look in LOOKS},
        **{f"new_{10 * look}": f"erro na validação depois de {10 * look} passagens" for look in LOOKS},
    },
    statements=(
        statement(
            "few_end",
            "untied",
            500,
            "test_end",
            text="Com 500 imagens e treino até o fim, o SAE solto erra mais em imagens novas do que o amarrado",
            condition="com 500 imagens, ao fim de 200 passagens por elas",
        ),
        statement(
            "few_best",
            "untied",
            500,
            "test_best",
            text="Com 500 imagens, o solto erra mais mesmo com cada um parado em sua melhor época",
            condition="com 500 imagens, cada um em seu melhor momento",
        ),
        statement(
            "more_best",
            "untied",
            2000,
            "test_best",
            text="Com 2.000 imagens, o solto erra mais, com cada um parado em sua melhor época",
            condition="com 2.000 imagens, cada um em seu melhor momento",
        ),
        statement(
            "many_best",
            "untied",
            55_000,
            "test_best",
            text="Com 55.000 imagens, o solto erra mais, com cada um parado em sua melhor época",
            condition="com 55.000 imagens e dez épocas, cada um em seu melhor momento",
        ),
        statement(
            "few_half",
            "half",
            500,
            "test_best",
            text="Com 500 imagens, um SAE solto com metade dos parâmetros também erra mais do que o amarrado",
            condition="com 500 imagens, contra um solto com o mesmo número de parâmetros",
            main=False,
        ),
        statement(
            "more_half",
            "half",
            2000,
            "test_best",
            text="Com 2.000 imagens, um SAE solto com metade dos parâmetros também erra mais do que o amarrado",
            condition="com 2.000 imagens, contra um solto com o mesmo número de parâmetros",
            main=False,
        ),
        statement(
            "few_transposes",
            "transposes",
            500,
            "test_best",
            text="Com 500 imagens, começar com as transpostas sem amarrá-las não basta: o solto ainda erra mais",
            condition="com 500 imagens, contra um solto iniciado com as transpostas",
            main=False,
        ),
        statement(
            "more_transposes",
            "transposes",
            2000,
            "test_best",
            text="Com 2.000 imagens, começar com as transpostas sem amarrá-las não basta: o solto ainda erra mais",
            condition="com 2.000 imagens, contra um solto iniciado com as transpostas",
            main=False,
        ),
    ),
)
