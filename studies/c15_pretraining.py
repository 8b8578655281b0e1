"""C15: few labels: train a SAE on all images, reuse its layers in a classifier, train that on what has a label.

A classifier 784-256-128-10 (of five classes: -5) whose arms differ only in the weights they start with. The images
with labels are drawn at random, with as many of each class as chance gives them (not stratified).
"""

import functools

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from sklearn.linear_model import LogisticRegression

from studies.common import FASHION, TUNING_SEED, best, drawn, fashion, flat, listed, start, train
from studies.engine import Arm, Comparison, Statement, Study, shared, size
from utils.models import SHAPE, compose
from utils.training import restart

STEPS = {100: 1600, 500: 1600, 5000: 3200}  # of training, for each number of labels
HIDDEN = (256, 128)
RATES = (0.0003, 0.001, 0.003)
STRENGTHS = (0.005, 0.02, 0.1, 0.5, 2.0)  # C of the logistic regressions
TUNING_DRAWS = (200, 1200, 2200)  # of labels and of new layers, all with the encoders and the classes of TUNING_SEED
BATCH = 64
CHECK = 50  # steps between two looks at the small validation set
CURVE = (1, 2, 4, 8, 16, 32, 64)  # the looks at which the test images are classified, too, to draw the curve


# What is reused


def hidden_layers():
    return [layers.Dense(units, activation="gelu") for units in HIDDEN]


def make_stacked(noise=None):
    """Return a SAE whose encoder is the hidden layers of the classifier; the last gives the codings."""
    first, last = layers.Dense(HIDDEN[0], activation="gelu"), layers.Dense(28 * 28, activation="sigmoid")
    return compose([layers.Flatten(), *hidden_layers()], [first, last, layers.Reshape(SHAPE)], HIDDEN[-1], noise)


def make_classifier(n_classes):
    """Return the DNN, with the usual remedy for few labels: with 100, starting from scratch does worse without it."""
    first, second = hidden_layers()
    regularised = [first, layers.Dropout(0.5), second, layers.Dropout(0.5)]
    output = layers.Dense(n_classes, activation="softmax")
    return keras.Sequential([layers.Input(SHAPE), layers.Flatten(), *regularised, output])


def half(part, seed, other=False):
    """Return a part's images of five classes drawn by a seed (`other`: of the other five), numbered from zero."""
    classes = np.sort(np.random.default_rng(seed).permutation(10).reshape(2, 5)[int(other)])
    chosen = np.flatnonzero(np.isin(part.labels, classes))[: size(None, 200)]
    return part._replace(images=part.images[chosen], labels=np.searchsorted(classes, part.labels[chosen]))


@shared
def pretrained(source, seed):
    """Return the weights of the hidden layers of a "sae", a "dae", or a classifier of a "similar" task.

    The first two see all images and no label; the last sees all images of the five classes that are not the task's.
    """
    part = half(fashion().train, seed, other=True) if source == "similar" else fashion().train
    images, labels = part.images[: size(None, 100)], part.labels[: size(None, 100)]
    start(seed)
    if source == "similar":
        model = make_classifier(5)
        train(model, images, labels, rate=0.002, epochs=size(10, 1), loss="sparse_categorical_crossentropy")
    else:
        model = make_stacked(layers.Dropout(0.5) if source == "dae" else None)
        train(model, images, rate=0.003, epochs=size(8, 1))
    return model.get_weights()[: 2 * len(HIDDEN)]


def hidden_weights(source, seed, shuffled):
    """Return the weights to start the hidden layers with; shuffled: the same values within each array, in no order."""
    if source == "scratch":
        return []
    rng = np.random.default_rng(seed)
    return [
        rng.permuted(array.ravel()).reshape(array.shape) if shuffled else array for array in pretrained(source, seed)
    ]


# Classifying with few labels


def parts(seed, n_classes):
    """Return the three parts: with all classes, or with the five that the seed draws."""
    return [part if n_classes == 10 else half(part, seed) for part in fashion()]


def labelled(train, validation, n_labels, draw):
    """Return what has a label: the images to train on, and to validate a fifth as many, or 100 if that is more."""
    return drawn(train, size(n_labels, 30), draw), drawn(validation, size(max(100, n_labels // 5), 30), draw)


def share_right(model, images, labels):
    """Return how many of the images a network classifies rightly, in %."""
    return 100 * float(np.mean(np.asarray(model(images)).argmax(axis=1) == labels))


class Watch(keras.callbacks.Callback):
    """Keep the weights that are right most often on a few validation images; of equals, those of the smallest loss."""

    def __init__(self, valid, test=None):
        super().__init__()
        self.valid, self.test, self.best, self.curve = valid, test, (-1.0, 0.0), {}

    def on_epoch_end(self, epoch, logs=None):
        images, labels = self.valid
        probabilities = np.asarray(self.model(images))
        right = np.mean(probabilities.argmax(axis=1) == labels)
        likelihood = np.mean(np.log(probabilities[np.arange(len(labels)), labels] + 1e-7))
        steps = CHECK * (epoch + 1)
        if (right, likelihood) > self.best:
            self.best, self.weights, self.steps = (right, likelihood), self.model.get_weights(), steps
        if self.test and epoch + 1 in CURVE:
            self.curve[f"accuracy_{steps}"] = share_right(self.model, *self.test)


@shared
def compiled(n_classes):
    """Return a classifier to be trained again and again, each time from other weights and at another rate."""
    model = make_classifier(n_classes)
    model.compile(
        optimizer=keras.optimizers.Adam(),
        loss="sparse_categorical_crossentropy",
        steps_per_execution=size(CHECK, 1),
        run_eagerly=size(False, True),
    )
    return model


@shared
def new_weights(n_classes, draw):
    start(draw)
    return make_classifier(n_classes).get_weights()


def classify(seed, draw, rate, n_labels, source, shuffled, n_classes, test=None):
    """Train a classifier; return it as it was when its validation was best, and what watched it.

    The encoder and the five classes depend on `seed`; labels, new layers and the order of images on `draw`.
    """
    train, validation, _ = parts(seed, n_classes)
    known, valid = labelled(train, validation, n_labels, draw)
    hidden, model, watch = hidden_weights(source, seed, shuffled), compiled(n_classes), Watch(valid, test)
    weights = [*hidden, *new_weights(n_classes, draw)[len(hidden) :]]
    start(draw)
    restart(model, weights)
    model.optimizer.learning_rate = rate
    batches = tf.data.Dataset.from_tensor_slices(known).shuffle(len(known[0]), seed=draw).repeat().batch(BATCH)
    looks = {"steps_per_epoch": size(CHECK, 1), "epochs": size(STEPS[n_labels] // CHECK, 1)}
    model.fit(batches, **looks, shuffle=False, verbose=0, callbacks=[watch])
    model.set_weights(watch.weights)
    return model, watch


def tuning_error(n_labels, source, shuffled, n_classes, rate):
    """Return how often the classifiers of a rate are wrong on the whole validation split, in %."""
    _, validation, _ = parts(TUNING_SEED, n_classes)
    recipe = (rate, n_labels, source, shuffled, n_classes)
    right = [share_right(classify(TUNING_SEED, draw, *recipe)[0], *validation) for draw in TUNING_DRAWS]
    return 100 - np.mean(right)


@shared
def tuned_rate(n_labels, source, shuffled, n_classes):
    return best(RATES, functools.partial(tuning_error, n_labels, source, shuffled, n_classes))


def measure_network(seed, n_labels, source="scratch", shuffled=False, n_classes=10):
    """Measure a classifier where it stops, and along its training."""
    rate = tuned_rate(n_labels, source, shuffled, n_classes)
    test = tuple(values[: size(None, 100)] for values in parts(seed, n_classes)[2])
    model, watch = classify(seed, seed, rate, n_labels, source, shuffled, n_classes, test)
    at_stop = {"accuracy": share_right(model, *test), "steps": watch.steps}
    return {**at_stop, **watch.curve, "parameters": model.count_params()}


# The rival that is no network


def features(source, seed, images):
    """Return pixels, or the codings of an encoder, pretrained or "untrained"."""
    if source == "pixels":
        return flat(images)
    start(seed)
    encoder = make_stacked().get_layer("encoder")
    if source != "untrained":
        encoder.set_weights(pretrained(source, seed))
    return np.asarray(encoder(images))


def regress(seed, draw, strength, n_labels, source, part):
    """Return the accuracy on a part, in %, of a logistic regression, and its number of weights.

    All features are divided by one number: with few labels, one for each pixel costs three points.
    """
    (images, labels), _ = labelled(fashion().train, fashion().validation, n_labels, draw)
    known = features(source, seed, images)
    fitted = LogisticRegression(C=strength, max_iter=2000).fit(known / known.std(), labels)
    tested = features(source, seed, part.images[: size(None, 100)]) / known.std()
    return 100 * fitted.score(tested, part.labels[: size(None, 100)]), fitted.coef_.size + fitted.intercept_.size


def strength_error(n_labels, source, strength):
    validation = fashion().validation
    return -np.mean([regress(TUNING_SEED, draw, strength, n_labels, source, validation)[0] for draw in TUNING_DRAWS])


@shared
def tuned_strength(n_labels, source):
    return best(STRENGTHS, functools.partial(strength_error, n_labels, source))


def measure_regression(seed, n_labels, source):
    """Measure a logistic regression on pixels or on codings."""
    strength = tuned_strength(n_labels, source)
    accuracy, n_parameters = regress(seed, seed, strength, n_labels, source, fashion().test)
    return {"accuracy": accuracy, "parameters": n_parameters}


# The lesson


def lesson(seed):
    """Do what lesson 05 does, once: a SAE, a dAE and a network of five classes; what each of them is worth later."""
    train, test = fashion().train, fashion().test

    def fitted(model, x, y, rate, batch_size, epochs):
        loss = "mse" if x is y else "sparse_categorical_crossentropy"
        model.compile(optimizer=keras.optimizers.Adam(rate), loss=loss, run_eagerly=size(False, True))
        model.fit(x, y, batch_size=batch_size, epochs=size(epochs, 1), verbose=0)
        return model

    def accuracy(part, tested, hidden, n_classes):
        start(seed)
        model = make_classifier(n_classes)
        model.set_weights([*hidden, *model.get_weights()[len(hidden) :]])
        fitted(model, *drawn(part, size(500, 30), seed), 0.001, BATCH, 60)
        return share_right(model, tested.images[: size(None, 100)], tested.labels[: size(None, 100)])

    def regression(represent):
        images, labels = drawn(train, size(500, 30), seed)
        known, tested = represent(images), represent(test.images[: size(None, 100)])
        linear = LogisticRegression(C=0.1, max_iter=2000).fit(known / known.std(), labels)
        return 100 * linear.score(tested / known.std(), test.labels[: size(None, 100)])

    images, codings, hidden = train.images[: size(None, 100)], {"pixels": flat}, {"scratch": []}
    for name, noise in (("sae", None), ("dae", layers.Dropout(0.5))):
        start(seed)
        encoder = fitted(make_stacked(noise), images, images, 0.002, 256, 3).get_layer("encoder")
        hidden[name], codings[name] = encoder.get_weights(), lambda x, encoder=encoder: np.asarray(encoder(x))
    start(seed)
    other, five, five_tested = half(train, seed, other=True), half(train, seed), half(test, seed)
    similar = fitted(make_classifier(5), *other, 0.002, 256, 3).get_weights()[: 2 * len(HIDDEN)]
    right = {name: accuracy(train, test, weights, 10) for name, weights in hidden.items()}
    linear = {name: regression(represent) for name, represent in codings.items()}
    return {
        "sae_500": right["sae"] - right["scratch"],
        "dae_500": right["dae"] - right["scratch"],
        "similar_500": accuracy(five, five_tested, similar, 5) - accuracy(five, five_tested, [], 5),
        "features_sae_500": linear["sae"] - linear["pixels"],
        "features_dae_500": linear["dae"] - linear["pixels"],
        "parameters": (784 + 1) * HIDDEN[0] + (HIDDEN[0] + 1) * HIDDEN[1] + (HIDDEN[1] + 1) * 10,
    }


TUNING = (
    f"Três taxas de aprendizado ({listed(RATES)}; nas regressões, cinco valores de C: {listed(STRENGTHS)}), três "
    "sorteios à parte; fica o de maior acurácia em toda a validação. As redes treinam por 1.600 passos (3.200 com "
    "5.000 rótulos) e param onde mais acertam em poucas imagens de validação: um quinto dos rótulos, ao menos 100."
)

NETWORKS = {  # what the arm is called, and how it differs from the first
    "scratch": ("rede do zero", {}),
    "sae": ("rede com as camadas de um SAE", {"source": "sae"}),
    "dae": ("rede com as camadas de um dAE", {"source": "dae"}),
    "sae_shuffled": ("rede com os pesos do SAE embaralhados", {"source": "sae", "shuffled": True}),
    "dae_shuffled": ("rede com os pesos do dAE embaralhados", {"source": "dae", "shuffled": True}),
    "scratch_five": ("cinco classes, rede do zero", {"n_classes": 5}),
    "similar": ("cinco classes, rede com as camadas da tarefa similar", {"source": "similar", "n_classes": 5}),
    "similar_shuffled": (
        "cinco classes, rede com os pesos da tarefa similar embaralhados",
        {"source": "similar", "shuffled": True, "n_classes": 5},
    ),
}
REGRESSIONS = {
    "pixels": "nos pixels",
    "sae": "nos codings do SAE",
    "dae": "nos codings do dAE",
    "untrained": "nos codings de um codificador sem treino",
}

SAE, DAE = "as camadas de um SAE", "as camadas de um dAE"
SIMILAR = "as camadas de uma rede treinada nas outras cinco classes"
SCRATCH = "a mesma rede treinada do zero"
REGRESSION = "uma regressão logística"
COMPARED = {  # two arms, what the first reuses, and what the second is
    "sae": ("sae", "scratch", SAE, SCRATCH),
    "similar": ("similar", "scratch_five", SIMILAR, SCRATCH),
    "dae": ("dae", "scratch", DAE, SCRATCH),
    "sae_pixels": ("sae", "regression_pixels", SAE, f"{REGRESSION} nos pixels"),
    "dae_pixels": ("dae", "regression_pixels", DAE, f"{REGRESSION} nos pixels"),
    "sae_codings": ("sae", "regression_sae", SAE, f"{REGRESSION} nos codings do SAE"),
    "dae_codings": ("dae", "regression_dae", DAE, f"{REGRESSION} nos codings do dAE"),
}
MAIN = ("sae_100", "sae_500", "sae_5000", "similar_500")  # the lecture's recipe, and what it says it is an instance of


STANDARD_ERROR = (
    "Com {}.000 imagens de teste, o erro padrão de uma acurácia é de cerca de 0,4 ponto, e o intervalo não o cobre: "
    "menos de 1 ponto pode ser a sorte dessas imagens."
)


def shown(n_labels):
    return f"{n_labels:,} rótulos".replace(",", ".")


def arms(n_labels):
    """Return the arms of a number of labels."""
    runs = {
        name: (title, functools.partial(measure_network, n_labels=n_labels, **options))
        for name, (title, options) in NETWORKS.items()
    } | {
        f"regression_{source}": (
            f"regressão logística {title}",
            functools.partial(measure_regression, n_labels=n_labels, source=source),
        )
        for source, title in REGRESSIONS.items()
    }
    return {
        f"{name}_{n_labels}": Arm(f"{shown(n_labels)}: {title}", run, TUNING, FASHION)
        for name, (title, run) in runs.items()
    }


def statement(id, n_labels):
    """Return the statement that a network exceeds its rival; with its reused weights shuffled, it should not."""
    network, rival, reused, beaten = COMPARED[id]
    return Statement(
        id=f"{id}_{n_labels}",
        text=f"Com {shown(n_labels)}, a rede que reusa {reused} acerta ao menos um ponto a mais do que {beaten}",
        condition=f"com {shown(n_labels)}, reusando {reused}" + ("" if beaten == SCRATCH else f", contra {beaten}"),
        comparison=Comparison((f"{network}_{n_labels}", f"{rival}_{n_labels}"), "accuracy"),
        null=Comparison((f"{network}_shuffled_{n_labels}", f"{rival}_{n_labels}"), "accuracy"),
        margin=1.0,
        why_margin=STANDARD_ERROR.format(5 if id == "similar" else 10),
        scale="difference",
        unit="points",
        main=f"{id}_{n_labels}" in MAIN,
    )


def features_statement(source, n_labels):
    """Return the statement that codings serve a linear classifier more than pixels; those of no training should not."""
    against = f"regression_pixels_{n_labels}"
    return Statement(
        id=f"features_{source}_{n_labels}",
        text=f"Com {shown(n_labels)}, uma regressão logística acerta ao menos um ponto a mais {REGRESSIONS[source]} do "
        "que nos pixels",
        condition=f"com {shown(n_labels)}, uma regressão logística {REGRESSIONS[source]}, contra nos pixels",
        comparison=Comparison((f"regression_{source}_{n_labels}", against), "accuracy"),
        null=Comparison((f"regression_untrained_{n_labels}", against), "accuracy"),
        margin=1.0,
        why_margin=STANDARD_ERROR.format(10),
        scale="difference",
        unit="points",
        main=False,
    )


STUDY = Study(
    claim="C15",
    subject="Com poucos rótulos, um classificador que reusa as camadas de outra rede acerta ao menos um ponto a mais "
    "do que o mesmo treinado do zero",
    arms={
        **arms(100),
        **arms(500),
        **arms(5000),
        "lesson": Arm(
            "a receita da lição 05",
            lesson,
            "As da lição: taxa 0,002 nos AEs e na tarefa similar, 0,001 com os 500 rótulos; C = 0,1 nas regressões.",
            FASHION,
        ),
    },
    measures={
        "accuracy": "acurácia no teste (%)",
        "steps": "passos até onde parou",
        **{f"accuracy_{CHECK * look}": f"acurácia no teste depois de {CHECK * look} passos (%)" for look in CURVE},
    },
    statements=(
        *(statement(id, n_labels) for id in COMPARED for n_labels in STEPS),
        *(features_statement(source, n_labels) for source in ("sae", "dae") for n_labels in STEPS),
    ),
)
