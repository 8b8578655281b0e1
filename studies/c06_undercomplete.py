"""C6: an undercomplete AE compresses the distribution it was trained on well, and other data badly.

One layer to encode, 30 codings, one to decode, as lesson 02 teaches it. AEs that are compared are of equal size and see
equally many images. What such an AE reconstructs badly may be taken for an anomaly: how well, against simpler scores.
"""

import functools

import keras
import numpy as np
from sklearn.decomposition import PCA
from sklearn.metrics import roc_auc_score

from studies import common
from studies.common import FASHION, fashion, listed, warmup_cosine_adam
from studies.engine import Arm, Comparison, Statement, Study, shared, size
from utils.course import restore_keras_defaults
from utils.models import make_ae, make_sae
from utils.training import mean_error, squared_error

FOOTWEAR = (5, 7, 9)  # sandals, sneakers and boots
BAGS = (8,)
RATES = (0.002, 0.005, 0.01)
LESSON_RATE = 0.002


def is_footwear(split):
    return np.isin(split.labels, FOOTWEAR)


def clothes(split):
    """Return the images of a split that show no footwear."""
    return split.images[~is_footwear(split)]


def flip_half(images, rng):
    """Return the images, half of them (drawn by `rng`) upside down."""
    flip = rng.random(len(images)) < 0.5
    return np.where(flip[:, None, None], images[:, ::-1], images)


def seen_by(kind, seed):
    """Return what an AE of this kind is trained on, and the images it is tuned on: of the same distribution."""
    train, validation, rng = fashion().train, fashion().validation, np.random.default_rng(seed)
    if kind == "without_footwear":
        images, valid = clothes(train), clothes(validation)
    elif kind == "flipped_too":
        images, valid = flip_half(clothes(train), rng), flip_half(clothes(validation), rng)
    else:  # as many images as the others see, of all kinds
        images = train.images[rng.permutation(len(train.images))[: len(clothes(train))]]
        valid = validation.images
    return images[: size(None, 300)], valid[: size(None, 100)]


def fit(model, images, rate, epochs, batch_size=256):
    """Train an AE by a rate that rises and then falls to zero."""
    steps = -(-len(images) // batch_size) * epochs
    model.compile(optimizer=warmup_cosine_adam(rate, steps), loss="mse", steps_per_execution=size(43, 1))
    model.fit(images, images, epochs=epochs, batch_size=batch_size, verbose=0)
    return model


@shared
def tuned_ae(kind, seed, start):
    """Return the AE of three rates with the smallest validation error. `start`: the seed of its weights."""
    restore_keras_defaults()
    images, valid = seen_by(kind, seed)
    models = []
    for rate in RATES[: size(None, 1)]:
        keras.utils.set_random_seed(start)
        models.append(fit(make_ae(30), images, rate, epochs=size(12, 1)))
    return min(models, key=lambda model: mean_error(model, valid))


def errors(model):
    """Return the model's error on images of each kind, seen and unseen; all but the first are test images."""
    train, test = fashion().train, fashion().test
    return {
        "train_clothes": mean_error(model, clothes(train)[: size(None, 100)]),
        "test_clothes": mean_error(model, clothes(test)[: size(None, 100)]),
        "test_upside_down": mean_error(model, clothes(test)[: size(None, 100), ::-1]),
        "test_footwear": mean_error(model, test.images[is_footwear(test)][: size(None, 100)]),
        "parameters": model.count_params(),
    }


def measure_kind(seed, kind, start=0):
    """Measure the tuned AE of a kind; with another `start` it has other initial weights and sees another draw."""
    return errors(tuned_ae(kind, seed + start, seed + start))


def measure_mean_image(seed, start=0):
    """Measure what shows the mean of the clothes it saw, whatever it is given: it has learned nothing."""
    images = clothes(fashion().train)
    drawn = np.random.default_rng(seed + start).permutation(len(images))[: size(len(images) // 2, 100)]
    error = float(np.mean((clothes(fashion().test) - images[drawn].mean(axis=0)) ** 2))
    return {"test_clothes": error, "parameters": 28 * 28}


# Bags as a second unseen class, and footwear as anomalies: fewer images, and one rate for all seeds


def seen_images(part, hidden_classes, seed):
    """Return 20,000 images of a part of the data, drawn by a seed, none of them of the hidden classes."""
    order = np.random.default_rng(seed).permutation(len(part.images))
    return part.images[order[~np.isin(part.labels[order], hidden_classes)][: size(20_000, 100)]]


def fit_without(rate, make, hidden_classes, seed):
    """Train an AE of 30 codings that never sees the hidden classes."""
    common.start(seed)
    images = seen_images(fashion().train, hidden_classes, seed)
    return common.train(make(30), images, rate=rate, epochs=size(12, 1), batch_size=128)


def validation_error(rate, make, hidden_classes):
    """Return the error of an AE on validation images of what it sees."""
    ae = fit_without(rate, make, hidden_classes, common.TUNING_SEED)
    return mean_error(ae, seen_images(fashion().validation, hidden_classes, common.TUNING_SEED))


@shared
def tuned_without(make, hidden_classes):
    return common.best(RATES, functools.partial(validation_error, make=make, hidden_classes=hidden_classes))


def measure_bags(seed, hidden_classes, start=0):
    """Measure an AE on bags; with another `start` it has other initial weights and sees another draw."""
    ae = fit_without(tuned_without(make_ae, hidden_classes), make_ae, hidden_classes, seed + start)
    bags = seen_images(fashion().test, tuple(set(range(10)) - set(BAGS)), 0)
    return {"test_bags": mean_error(ae, bags), "parameters": ae.count_params()}


def auc(reconstructions):
    """Return how well errors of test images tell footwear from clothes: of 100 pairs, how many are ordered rightly."""
    test = fashion().test
    return 100 * float(roc_auc_score(is_footwear(test), squared_error(test.images, reconstructions)))


def measure_anomalies(seed, make, start=0):
    """Measure the error of an AE that never saw footwear, as a sign of footwear."""
    ae = fit_without(tuned_without(make, FOOTWEAR), make, FOOTWEAR, seed + start)
    return {"auc": auc(np.asarray(ae(fashion().test.images))), "parameters": ae.count_params()}


def measure_pca_anomalies(seed, start=0):
    """Measure the error of a PCA in place of the AE's."""
    pca = PCA(30, random_state=0).fit(common.flat(seen_images(fashion().train, FOOTWEAR, seed + start)))
    images = fashion().test.images
    shown = pca.inverse_transform(pca.transform(common.flat(images))).reshape(images.shape)
    return {"auc": auc(shown), "parameters": pca.components_.size + pca.mean_.size}


def measure_mean_anomalies(seed, start=0):
    """Measure the distance to the mean image in place of an error."""
    mean = seen_images(fashion().train, FOOTWEAR, seed + start).mean(axis=0)
    return {"auc": auc(np.broadcast_to(mean, fashion().test.images.shape)), "parameters": mean.size}


def lesson_ae(images, epochs):
    """Train an AE as lesson 02 does."""
    model = make_ae(30)
    model.compile(optimizer=keras.optimizers.Adam(LESSON_RATE), loss="mse", run_eagerly=size(False, True))
    model.fit(images, images, batch_size=256, epochs=size(epochs, 1), verbose=0)
    return model


def lesson(seed):
    """Do what lesson 02 does: two AEs by one recipe, one of which never sees footwear."""
    restore_keras_defaults()
    keras.utils.set_random_seed(seed)
    train = fashion().train
    everything = errors(lesson_ae(train.images[: size(None, 300)], epochs=6))
    without = errors(lesson_ae(clothes(train)[: size(None, 300)], epochs=8))
    return {
        "footwear": without["test_footwear"] / everything["test_footwear"],
        "upside_down": without["test_upside_down"] / without["test_clothes"],
        "parameters": without["parameters"],
    }


TUNING = f"Três taxas de aprendizado ({listed(RATES)}), 12 épocas cada; fica a de menor erro na validação."
TUNING_ONCE = f"Três taxas de aprendizado ({listed(RATES)}), 12 épocas; escolhida uma vez, por seu erro na validação."
NO_TUNING = "Nada a ajustar."


def arm(title, kind, start=0):
    return Arm(title, functools.partial(measure_kind, kind=kind, start=start), TUNING, FASHION)


def bags_arm(title, hidden_classes, start=0):
    run = functools.partial(measure_bags, hidden_classes=hidden_classes, start=start)
    return Arm(f"{title}, 20.000 imagens", run, TUNING_ONCE, FASHION)


def anomaly_arms(name, title, run, tuning):
    """Return the arm of a score of anomalies, and the same from another draw, its null control."""
    again = functools.partial(run, start=1000)
    return {
        f"anomalies_{name}": Arm(f"anomalias: {title}", run, tuning, FASHION),
        f"anomalies_{name}_again": Arm(f"anomalias: {title}, outro sorteio", again, tuning, FASHION),
    }


def anomaly_statement(better, worse, **texts):
    return Statement(
        id=f"anomalies_{better}_{worse}",
        comparison=Comparison((f"anomalies_{better}", f"anomalies_{worse}"), "auc"),
        null=Comparison((f"anomalies_{better}_again", f"anomalies_{better}"), "auc"),
        margin=1.0,
        why_margin="De cem pares (calçado, roupa), um a mais em ordem. O erro padrão de uma AUC destas é de 0,3 ponto.",
        scale="difference",
        unit="points",
        main=False,
        **texts,
    )


STUDY = Study(
    claim="C6",
    subject="Um AE de 30 codings refaz imagens novas do tipo que viu quase como as do treino, e bem pior as de outros",
    arms={
        "without_footwear": arm("treinado sem calçados", "without_footwear"),
        "with_footwear": arm("treinado com tudo, com o mesmo número de imagens", "with_footwear"),
        "with_footwear_again": arm("treinado com tudo, outro sorteio", "with_footwear", start=1000),
        "flipped_too": arm("treinado sem calçados, metade de ponta-cabeça", "flipped_too"),
        "mean_image": Arm("a imagem média das roupas", measure_mean_image, NO_TUNING, FASHION),
        "mean_image_again": Arm(
            "a imagem média, outro sorteio", functools.partial(measure_mean_image, start=1000), NO_TUNING, FASHION
        ),
        "without_bags": bags_arm("treinado sem bolsas", BAGS),
        "with_bags": bags_arm("treinado com tudo", ()),
        "with_bags_again": bags_arm("treinado com tudo, outro sorteio", (), start=1000),
        **anomaly_arms("ae", "erro do AE", functools.partial(measure_anomalies, make=make_ae), TUNING_ONCE),
        **anomaly_arms("sae", "erro do SAE", functools.partial(measure_anomalies, make=make_sae), TUNING_ONCE),
        **anomaly_arms("pca", "erro da PCA com 30 componentes", measure_pca_anomalies, NO_TUNING),
        **anomaly_arms("mean", "distância até a imagem média", measure_mean_anomalies, NO_TUNING),
        "lesson": Arm("a receita da lição 02", lesson, "Uma taxa (0,002), a da lição.", FASHION),
    },
    measures={
        "train_clothes": "erro em roupas (e bolsas) do treino",
        "test_clothes": "erro em roupas novas",
        "test_upside_down": "erro em roupas de ponta-cabeça",
        "test_footwear": "erro em calçados",
        "test_bags": "erro em bolsas",
        "auc": "pares (calçado, roupa) em que o calçado parece mais anômalo (AUC, em %)",
    },
    statements=(
        Statement(
            id="own_distribution",
            text="Roupas novas são reconstruídas quase tão bem quanto as do treino",
            condition="com roupas novas, contra as do treino (até 5 % mais erro)",
            comparison=Comparison(("without_footwear", "without_footwear"), ("train_clothes", "test_clothes")),
            null=Comparison(("without_footwear", "without_footwear"), ("train_clothes", "test_footwear")),
            margin=0.95,
            why_margin="É a maior perda tolerada: na PCA, abrir mão de três dos 30 codings aumenta o erro em 5 %.",
        ),
        Statement(
            id="footwear",
            text="Calçados ficam bem piores no AE que nunca os viu do que naquele que os viu",
            condition="com calçados, contra um AE que os viu (ao menos 25 % mais erro)",
            comparison=Comparison(("without_footwear", "with_footwear"), "test_footwear"),
            null=Comparison(("with_footwear_again", "with_footwear"), "test_footwear"),
            margin=1.25,
            why_margin="Na PCA, abrir mão de doze dos 30 codings aumenta o erro em 25 %.",
        ),
        Statement(
            id="bags",
            text="Bolsas ficam bem piores no AE que nunca as viu do que naquele que as viu",
            condition="com bolsas, contra um AE que as viu (ao menos 25 % mais erro)",
            comparison=Comparison(("without_bags", "with_bags"), "test_bags"),
            null=Comparison(("with_bags_again", "with_bags"), "test_bags"),
            margin=1.25,
            why_margin="Na PCA, abrir mão de doze dos 30 codings aumenta o erro em 25 %. Acrescentada depois do "
            "primeiro veredito, antes de sua própria medida.",
        ),
        Statement(
            id="upside_down",
            text="Roupas de ponta-cabeça ficam bem piores do que as mesmas roupas em pé",
            condition="com roupas de ponta-cabeça, contra as mesmas em pé (ao menos 25 % mais erro)",
            comparison=Comparison(("without_footwear", "without_footwear"), ("test_upside_down", "test_clothes")),
            null=Comparison(("flipped_too", "flipped_too"), ("test_upside_down", "test_clothes")),
            margin=1.25,
            why_margin="Na PCA, abrir mão de doze dos 30 codings aumenta o erro em 25 %.",
        ),
        Statement(
            id="learned",
            text="Em roupas novas, quem mostra sempre a imagem média erra bem mais do que o AE",
            condition="contra a imagem média",
            comparison=Comparison(("mean_image", "without_footwear"), "test_clothes"),
            null=Comparison(("mean_image_again", "mean_image"), "test_clothes"),
            margin=2.0,
            why_margin="O dobro do erro. Acrescentada depois da primeira medida, que já a deixava prever.",
            main=False,
        ),
        anomaly_statement(
            "ae",
            "pca",
            text="O erro do AE distingue calçados de roupas melhor do que o erro da PCA com 30 componentes",
            condition="como detector de anomalias, AE contra PCA",
        ),
        anomaly_statement(
            "sae",
            "pca",
            text="O erro do SAE distingue calçados de roupas melhor do que o erro da PCA com 30 componentes",
            condition="como detector de anomalias, SAE contra PCA",
        ),
        anomaly_statement(
            "ae",
            "mean",
            text="O erro do AE distingue calçados de roupas melhor do que a distância até a imagem média",
            condition="como detector de anomalias, AE contra a imagem média",
        ),
    ),
)
