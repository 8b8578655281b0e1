"""The recipes of the record: how much fits into 30 codings, how soon. To take part, add one function to this file.

A recipe is given the training images, which are all that it may use, and the seconds that it has. It returns a model,
compiled, and what `fit` is given beside the images. Its model is an AE as those of `utils.models`: ``encoder`` takes
images of 28 x 28 pixels and gives 30 numbers, of which ``decoder`` makes the images again. The clock runs from the call
of the recipe on.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from utils.course import without_native_messages  # before Keras: utils chooses its backend

with without_native_messages():
    import keras
    import numpy as np
    from keras import layers

    from utils.models import SHAPE, compose, make_sae

N_CODINGS = 30
FOREVER = 1000  # epochs: a clock ends the training, the recipe's own or the benchmark's


@dataclass(frozen=True)
class Recipe:
    """A recipe: what the tables call it, the seconds that it has, the function that makes it.

    `changes` is the name of the recipe that it starts from, if there is one.
    """

    title: str
    seconds: float
    make: Callable
    changes: str = ""


RECIPES = {}  # by name


def recipe(title, *, seconds, name="", changes=""):
    """Return a decorator that enters a function, under its own name unless told, as a recipe of so many seconds."""

    def enter(function):
        RECIPES[name or function.__name__] = Recipe(title, seconds, function, changes)
        return function

    return enter


class RateByTheClock(keras.callbacks.Callback):
    """The learning rate rises and falls to zero with the time that is spent, and the training ends with it.

    Compiling is not counted as a part of the fall: it begins with the end of the first step.

    Parameters
    ----------
    peak : float
        The largest learning rate.
    seconds : float
        Of the whole training, from the making of this object on, compilation included.
    rising : float
        The share of the time after the first step in which the rate rises.
    now : callable
        The time in seconds.
    """

    def __init__(self, peak, seconds, *, rising=0.05, now=time.perf_counter):
        super().__init__()
        self.peak, self.until, self.rising, self.now = peak, seconds, rising, now
        self.start, self.first = now(), None

    def rate(self, share):
        """Return the rate when a share of the time is spent."""
        if share < self.rising:
            return self.peak * max(share / self.rising, 0.01)
        return self.peak * (0.5 + 0.5 * math.cos(math.pi * min(1, (share - self.rising) / (1 - self.rising))))

    def on_train_begin(self, logs=None):
        self.model.optimizer.learning_rate = self.rate(0)

    def on_train_batch_end(self, batch, logs=None):
        spent = self.now() - self.start
        if self.first is None:
            self.first = spent
        if spent >= self.until:
            self.model.stop_training = True
        self.model.optimizer.learning_rate = self.rate((spent - self.first) / max(1e-9, self.until - self.first))


def train_by_the_clock(model, optimizer, seconds, *, batch_size):
    """Compile a model; return it, and what `fit` is given so that the rate is zero so many seconds from here."""
    rate = RateByTheClock(float(optimizer.learning_rate), seconds)
    model.compile(optimizer=optimizer, loss="mse", steps_per_execution=10)
    return model, {"batch_size": batch_size, "epochs": FOREVER, "callbacks": [rate]}


def muon_of_matrices(learning_rate):
    """Return Muon for the matrices; the biases are left to Adam."""
    return keras.optimizers.Muon(learning_rate, weight_decay=0, adam_weight_decay=0, rms_rate=0.2)


def principal_components(images, n_components, *, n_used=20_000):
    """Return the mean image and the first principal components of some images.

    Parameters
    ----------
    images : ndarray of shape (n, 28, 28), float32
    n_components : int
    n_used : int
        How many of the images, the first ones, the covariance is made of.

    Returns
    -------
    mean : ndarray of shape (784,), float32
    components : ndarray of shape (784, n_components), float32
    """
    pixels = images[:n_used].reshape(-1, images[0].size)
    vectors = np.linalg.eigh(np.cov(pixels, rowvar=False))[1]
    return pixels.mean(axis=0), vectors[:, ::-1][:, :n_components].astype("float32")


def make_rotated(images, n_components=180, hidden=512):
    """Return an AE whose first and last layer are fixed: to the principal components, and back to pixels.

    What is trained lies between them: its matrices are smaller, and a step of Muon on them costs a sixth.
    """
    mean, components = principal_components(images, n_components)
    to_components = layers.Dense(n_components, trainable=False)
    to_pixels = layers.Dense(28 * 28, activation="sigmoid", trainable=False)
    model = compose(
        [
            layers.Flatten(),
            to_components,
            layers.Dense(hidden, activation="gelu"),
            layers.Dense(N_CODINGS, name="codings"),
        ],
        [
            layers.Dense(hidden, activation="gelu"),
            layers.Dense(n_components),
            to_pixels,
            layers.Reshape(SHAPE),
        ],
        N_CODINGS,
    )
    likely = mean.clip(0.01, 0.99)
    to_components.set_weights([components, -mean @ components])
    to_pixels.set_weights([components.T, np.log(likely / (1 - likely))])
    return model


def linear_and_mlp(n_inputs, hidden, n_outputs, **options):
    """Return a linear map, which begins by passing on what it can, plus an MLP, which begins as zero."""
    inputs = layers.Input((n_inputs,))
    line = layers.Dense(n_outputs, use_bias=False, kernel_initializer="identity")(inputs)
    bend = layers.Dense(hidden, activation="gelu")(inputs)
    bend = layers.Dense(n_outputs, kernel_initializer="zeros")(bend)
    return keras.Model(inputs, layers.Add()([line, bend]), **options)


def clipped(pixels):
    """Return pixels between black and white."""
    return keras.ops.clip(pixels, 0, 1)


def make_from_pca(images, n_components=180, hidden=(512, 512), n_codings=N_CODINGS, noise=None, n_used=20_000):
    """Return an AE that begins as the PCA of as many components as it has codings, and learns what to do better.

    As `make_rotated`, between fixed layers; but what is trained there begins as the identity, on the first components,
    and the pixels are cut off at black and white in place of a sigmoid, which a PCA does not have.
    """
    mean, components = principal_components(images, n_components, n_used=n_used)
    to_components = layers.Dense(n_components, trainable=False)
    to_pixels = layers.Dense(28 * 28, activation=clipped, trainable=False)
    model = compose(
        [layers.Flatten(), to_components, linear_and_mlp(n_components, hidden[0], n_codings, name="codings")],
        [linear_and_mlp(n_codings, hidden[1], n_components), to_pixels, layers.Reshape(SHAPE)],
        n_codings,
        noise,
    )
    to_components.set_weights([components, -mean @ components])
    to_pixels.set_weights([components.T, mean])
    return model


@recipe("Adam, taxa constante", seconds=60)
def adam(images, seconds):
    """As lesson 03 trains, only longer."""
    model = make_sae(N_CODINGS)
    model.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse", steps_per_execution=10)
    return model, {"batch_size": 256, "epochs": FOREVER}


@recipe("+ taxa que cai", seconds=30, changes="adam")
def falling(images, seconds):
    """The rate rises and falls along half a cosine."""
    return train_by_the_clock(make_sae(N_CODINGS), keras.optimizers.Adam(0.005), seconds, batch_size=256)


@recipe("+ lotes de 128", seconds=30, changes="falling")
def small_batches(images, seconds):
    """Twice as many steps an epoch."""
    return train_by_the_clock(make_sae(N_CODINGS), keras.optimizers.Adam(0.005), seconds, batch_size=128)


@recipe("+ Muon, lotes de 1.024", seconds=30, changes="small_batches")
def muon(images, seconds):
    """The matrices are trained by Muon: fewer and better steps."""
    return train_by_the_clock(make_sae(N_CODINGS), muon_of_matrices(0.02), seconds, batch_size=1024)


@recipe("+ base da PCA, lotes e camadas de 512", seconds=30, changes="muon")
def rotated(images, seconds):
    """Between fixed layers the matrices are smaller; what that saves is spent on smaller batches and wider layers."""
    return train_by_the_clock(make_rotated(images), muon_of_matrices(0.02), seconds, batch_size=512)


@recipe("+ começa como a PCA", seconds=30, changes="rotated")
def from_pca(images, seconds):
    """Before the first step the AE is the PCA."""
    return train_by_the_clock(make_from_pca(images), muon_of_matrices(0.015), seconds, batch_size=512)


@recipe("decoder de 1.024, em 60 s", seconds=60, name="wide_60")
@recipe("decoder de 1.024, em 15 s", seconds=15, name="wide_15")
@recipe("+ decoder de 1.024", seconds=30, changes="from_pca")
def wide(images, seconds):
    """Twice as many units in the decoder."""
    model = make_from_pca(images, hidden=(512, 1024))
    return train_by_the_clock(model, muon_of_matrices(0.015), seconds, batch_size=512)


@recipe("decoder de 1.024, Adam, lotes de 128", seconds=30, changes="wide")
def wide_adam(images, seconds):
    """As `wide`, without Muon."""
    model = make_from_pca(images, hidden=(512, 1024))
    return train_by_the_clock(model, keras.optimizers.Adam(0.004), seconds, batch_size=128)
