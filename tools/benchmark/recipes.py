"""The recipes that the benchmark compares: published ones, as their authors describe them, and the course's.

Every model takes pictures of 28 x 28 pixels and gives back as many; the layer ``codings`` holds the codings. Our
models are those of ``utils.models``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from utils.course import without_native_messages  # before Keras: utils chooses its backend

with without_native_messages():
    import keras
    from keras import layers

    from utils.models import DenseTranspose, make_ae, make_cae, make_rae, make_sae, make_tied_sae
    from utils.training import warmup_cosine

SIDE = 28


def relu_ae(hidden, n_codings=30, *, output=None, dropout=0, tied=False):
    """Return a symmetric dense AE as published: ReLU in the layers `hidden`, in the codings, and back."""
    encoder = [layers.Dense(units, activation="relu") for units in hidden]
    encoder.append(layers.Dense(n_codings, activation="relu", name="codings"))
    activations = ["relu"] * len(hidden) + [output]
    if tied:
        decoder = [DenseTranspose(layer, f) for layer, f in zip(encoder[::-1], activations, strict=True)]
    else:
        sizes = [*hidden[::-1], SIDE * SIDE]
        decoder = [layers.Dense(units, activation=f) for units, f in zip(sizes, activations, strict=True)]
    noise = [layers.Dropout(dropout)] if dropout else []
    ends = [layers.Input((SIDE, SIDE)), layers.Flatten(), *noise], [layers.Reshape((SIDE, SIDE))]
    return keras.Sequential([*ends[0], *encoder, *decoder, *ends[1]])


def reference_cae():
    """Return the published convolutional AE: max-pooling, and each coding the mean of a map."""
    conv = {"kernel_size": 3, "padding": "same", "activation": "relu"}
    return keras.Sequential(
        [
            layers.Input((SIDE, SIDE)),
            layers.Reshape((SIDE, SIDE, 1)),
            layers.Conv2D(16, **conv),
            layers.MaxPool2D(),
            layers.Conv2D(32, **conv),
            layers.MaxPool2D(),
            layers.Conv2D(64, **conv),
            layers.MaxPool2D(),
            layers.Conv2D(30, **conv),
            layers.GlobalAvgPool2D(name="codings"),
            layers.Dense(3 * 3 * 16),
            layers.Reshape((3, 3, 16)),
            layers.Conv2DTranspose(32, 3, strides=2, activation="relu"),
            layers.Conv2DTranspose(16, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(1, 3, strides=2, padding="same"),
            layers.Reshape((SIDE, SIDE)),
        ]
    )


def reference_rae():
    """Return the published recurrent AE, which reads and writes a picture row by row."""
    return keras.Sequential(
        [
            layers.Input((SIDE, SIDE)),
            layers.LSTM(100, return_sequences=True),
            layers.LSTM(30, name="codings"),
            layers.RepeatVector(SIDE),
            layers.LSTM(100, return_sequences=True),
            layers.Dense(SIDE),
        ]
    )


@dataclass(frozen=True)
class Recipe:
    """How a model is made and trained.

    Attributes
    ----------
    make : callable
        Returns the model, not compiled.
    epochs, batch_size, steps_per_execution : int
        As of `fit` and `compile`.
    peak : float
        Largest rate of Adam with warm-up and cosine decay.
    optimizer : str
        An optimizer at its default rate, by its name, instead.
    loss : str
        What is minimised; errors are compared as mean squared errors whatever it is.
    """

    make: Callable
    epochs: int
    batch_size: int
    steps_per_execution: int = 1
    peak: float = 0.0
    optimizer: str = ""
    loss: str = "mse"

    def compiled(self, n_images, epochs):
        """Return a new model, ready for `epochs` epochs with `n_images` pictures."""
        optimizer = self.optimizer or keras.optimizers.Adam(
            warmup_cosine(self.peak, n_samples=n_images, batch_size=self.batch_size, epochs=epochs)
        )
        model = self.make()
        model.compile(optimizer=optimizer, loss=self.loss, steps_per_execution=self.steps_per_execution)
        return model


@dataclass(frozen=True)
class Pair:
    """A reference recipe and ours for the same task: their name, the share of the time we allow ourselves."""

    title: str
    reference: Recipe
    ours: Recipe
    seconds: int  # of one run of both on two cores, to tell how long the benchmark will take
    limit: float = 0.25


def published(make, epochs):
    """Return a recipe with the settings that Géron (2019) uses throughout."""
    return Recipe(make, epochs, batch_size=32, optimizer="nadam")


def of_the_course(make):
    """Return a recipe with the settings of the lecture's own public notebook."""
    return Recipe(make, epochs=30, batch_size=256, optimizer="adam", loss="binary_crossentropy")


def ours(make, epochs, peak, batch_size=128):
    """Return a recipe as in this course's notebooks."""
    return Recipe(make, epochs, batch_size, steps_per_execution=43, peak=peak)


def our_sae(n_codings=30):
    """Return our recipe of a stacked AE, that of notebook 03."""
    return ours(lambda: make_sae(n_codings), epochs=7, peak=0.005)


def our_dae(n_codings=30):
    """Return our recipe of a denoising AE, that of notebook 08."""
    return ours(lambda: make_sae(n_codings, noise=layers.Dropout(0.5)), epochs=6, peak=0.004)


GROWTH_IMAGES = (5_000, 10_000, 20_000, 40_000, 55_000)
GROWTH_CODINGS = (5, 10, 30, 100, 300)

COURSE_SAE = {"hidden": [128, 64], "n_codings": 32, "output": "sigmoid"}

PAIRS = {
    "sae": Pair("SAE", published(lambda: relu_ae([100]), epochs=20), our_sae(), seconds=105),
    "amarrado": Pair(
        "SAE amarrado",
        published(lambda: relu_ae([100], tied=True), epochs=10),
        ours(make_tied_sae, epochs=3, peak=0.005),
        seconds=50,
    ),
    "cae": Pair("CAE", published(reference_cae, epochs=10), ours(make_cae, epochs=3, peak=0.008), seconds=190),
    "rae": Pair(
        "RAE",
        published(reference_rae, epochs=10),
        ours(lambda: make_rae(unroll=True), epochs=6, peak=0.02, batch_size=64),
        seconds=450,
        limit=0.5,
    ),
    "dae": Pair("dAE", published(lambda: relu_ae([100], dropout=0.5), epochs=10), our_dae(), seconds=100),
    "ae-aula": Pair(
        "AE da aula",
        of_the_course(lambda: relu_ae([], n_codings=32, output="sigmoid")),
        ours(lambda: make_ae(32), epochs=6, peak=0.01),
        seconds=50,
    ),
    "sae-aula": Pair("SAE da aula", of_the_course(lambda: relu_ae(**COURSE_SAE)), our_sae(32), seconds=80),
    "dae-aula": Pair("dAE da aula", of_the_course(lambda: relu_ae(**COURSE_SAE, dropout=0.5)), our_dae(32), seconds=80),
}
