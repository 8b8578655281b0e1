"""The recipes that the benchmark compares: published ones, as their authors describe them, and the course's.

Every model takes pictures of 28 x 28 pixels and gives back as many; the layer ``codings`` holds the codings. Our
dense models begin as the PCA, as those of ``record_recipes.py`` do.
"""

from collections.abc import Callable
from dataclasses import dataclass

from utils.course import without_native_messages  # before Keras: utils chooses its backend

with without_native_messages():
    import keras
    from keras import layers

    from tools.benchmark.record_recipes import clipped, make_from_pca, principal_components
    from utils.models import (
        SHAPE,
        DenseTranspose,
        RepeatWithPosition,
        compose,
        make_ae,
        make_cae,
        make_sae,
    )
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


N_USED = 5_000  # images of which our recipes compute the principal components


def ae_from_pca(images, n_codings):
    """Return the AE of lesson 02, beginning as the PCA: its pixels are cut off in place of a sigmoid."""
    model = make_ae(n_codings, output_activation=clipped)
    mean, components = principal_components(images, n_codings, n_used=N_USED)
    model.get_layer("encoder").get_layer("codings").set_weights([components, -mean @ components])
    model.get_layer("decoder").layers[0].set_weights([components.T, mean])
    return model


def tied_from_pca(images, n_components=60, hidden=350, n_codings=30):
    """Return a tied AE that begins as the PCA: each kernel of its decoder is one of its encoder, transposed.

    As `make_from_pca`: a fixed layer to principal components, then a linear map plus an MLP.
    """
    mean, components = principal_components(images, n_components, n_used=N_USED)
    to_components = layers.Dense(n_components, trainable=False)
    line = layers.Dense(n_codings, use_bias=False, kernel_initializer="identity")
    first, second = layers.Dense(hidden, activation="gelu"), layers.Dense(n_codings, kernel_initializer="zeros")
    inputs, codings = layers.Input(SHAPE), layers.Input((n_codings,))
    parts = to_components(layers.Flatten()(inputs))
    encoded = layers.Add(name="codings")([line(parts), second(first(parts))])
    bend = DenseTranspose(first)(DenseTranspose(second, activation="gelu")(codings))
    to_pixels = DenseTranspose(to_components, activation=clipped)
    pixels = to_pixels(layers.Add()([DenseTranspose(line)(codings), bend]))
    encoder = keras.Model(inputs, encoded, name="encoder")
    decoder = keras.Model(codings, layers.Reshape(SHAPE)(pixels), name="decoder")
    to_components.set_weights([components, -mean @ components])
    to_pixels.bias.assign(mean)
    return keras.Sequential([layers.Input(SHAPE), encoder, decoder])


def rae_of_two_rows(n_codings=30, units=100):
    """Return the RAE of `utils.models`, unrolled, that reads and writes two rows a step: half as many steps."""
    n_steps, size = SIDE // 2, 2 * SIDE
    codings = layers.Input((n_codings,))
    repeated = RepeatWithPosition(n_steps)(codings)
    states = layers.GRU(units, return_sequences=True, unroll=True)(repeated)
    rows = layers.Dense(size, activation="sigmoid")(layers.Concatenate()([states, repeated]))
    return compose(
        [
            layers.Reshape((n_steps, size)),
            layers.GRU(units, unroll=True),
            layers.Dense(n_codings, name="codings"),
        ],
        [keras.Model(codings, layers.Reshape(SHAPE)(rows))],
        n_codings,
    )


@dataclass(frozen=True)
class Recipe:
    """How a model is made and trained.

    Attributes
    ----------
    make : callable
        Given the training images, returns the model, not compiled.
    epochs, batch_size, steps_per_execution : int
        As of `fit` and `compile`.
    peak : float
        Largest rate of Adam with warm-up and cosine decay.
    optimizer : str
        An optimizer at its default rate, by its name, instead.
    loss : str
        What is minimised; errors are compared as mean squared errors whatever it is.
    as_tensor : bool
        The images are turned into a tensor once, and not by `fit`, which does so for inputs and targets.
    """

    make: Callable
    epochs: int
    batch_size: int
    steps_per_execution: int = 1
    peak: float = 0.0
    optimizer: str = ""
    loss: str = "mse"
    as_tensor: bool = False

    def compiled(self, images, epochs):
        """Return a new model, ready for `epochs` epochs with the training images."""
        optimizer = self.optimizer or keras.optimizers.Adam(
            warmup_cosine(self.peak, n_samples=len(images), batch_size=self.batch_size, epochs=epochs)
        )
        model = self.make(images)
        model.compile(optimizer=optimizer, loss=self.loss, steps_per_execution=self.steps_per_execution)
        return model


@dataclass(frozen=True)
class Pair:
    """A reference recipe and ours for the same task: their name, the share of the time we allow ourselves."""

    title: str
    reference: Recipe
    ours: Recipe
    seconds: int  # of one run of both on two cores, to tell how long the benchmark will take
    limit: float


def published(make, epochs):
    """Return a recipe with the settings that Géron (2019) uses throughout."""
    return Recipe(lambda images: make(), epochs, batch_size=32, optimizer="nadam")


def of_the_course(make):
    """Return a recipe with the settings of the lecture's own public notebook."""
    return Recipe(lambda images: make(), epochs=30, batch_size=256, optimizer="adam", loss="binary_crossentropy")


def ours(make, epochs, peak, steps_per_execution=43):
    """Return a recipe of ours; `make` is given the training images."""
    return Recipe(make, epochs, 128, steps_per_execution, peak=peak, as_tensor=True)


def ours_from_pca(n_codings=30, noise=None):
    """Return our recipe of an AE that begins as the PCA: one epoch."""

    def make(images):
        corrupted = layers.Dropout(noise) if noise else None
        return make_from_pca(images, 120, (350, 350), n_codings, corrupted, n_used=N_USED)

    return ours(make, epochs=1, peak=0.004, steps_per_execution=10)


def our_sae(n_codings=30):
    """Return the recipe whose growth is measured: a stacked AE, as that of lesson 03, whose rate falls."""
    return ours(lambda images: make_sae(n_codings), epochs=7, peak=0.005)


GROWTH_IMAGES = (5_000, 10_000, 20_000, 40_000, 55_000)
GROWTH_CODINGS = (5, 10, 30, 100, 300)

COURSE_SAE = {"hidden": [128, 64], "n_codings": 32, "output": "sigmoid"}

TWENTIETH, FIFTEENTH, EIGHTH = 1 / 20, 1 / 15, 1 / 8  # of the reference's time

PAIRS = {
    "sae": Pair("SAE", published(lambda: relu_ae([100]), epochs=20), ours_from_pca(), seconds=92, limit=TWENTIETH),
    "amarrado": Pair(
        "SAE amarrado",
        published(lambda: relu_ae([100], tied=True), epochs=10),
        ours(tied_from_pca, epochs=1, peak=0.005, steps_per_execution=1),
        seconds=40,
        limit=TWENTIETH,
    ),
    "cae": Pair(
        "CAE",
        published(reference_cae, epochs=10),
        ours(lambda images: make_cae(), epochs=2, peak=0.01),
        seconds=180,
        limit=TWENTIETH,
    ),
    "rae": Pair(
        "RAE",
        published(reference_rae, epochs=10),
        ours(lambda images: rae_of_two_rows(), epochs=5, peak=0.02),
        seconds=430,
        limit=EIGHTH,
    ),
    "dae": Pair(
        "dAE",
        published(lambda: relu_ae([100], dropout=0.5), epochs=10),
        ours_from_pca(noise=0.5),
        seconds=66,
        limit=TWENTIETH,
    ),
    "ae-aula": Pair(
        "AE da aula",
        of_the_course(lambda: relu_ae([], n_codings=32, output="sigmoid")),
        ours(lambda images: ae_from_pca(images, 32), epochs=1, peak=0.003, steps_per_execution=10),
        seconds=36,
        limit=FIFTEENTH,
    ),
    "sae-aula": Pair(
        "SAE da aula", of_the_course(lambda: relu_ae(**COURSE_SAE)), ours_from_pca(32), seconds=60, limit=FIFTEENTH
    ),
    "dae-aula": Pair(
        "dAE da aula",
        of_the_course(lambda: relu_ae(**COURSE_SAE, dropout=0.5)),
        ours_from_pca(32, noise=0.5),
        seconds=64,
        limit=FIFTEENTH,
    ),
}
