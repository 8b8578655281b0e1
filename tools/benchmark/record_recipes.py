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
    """A recipe: what the tables call it, the seconds that it has, the function that makes it."""

    title: str
    seconds: float
    make: Callable


RECIPES = {}  # by name


def recipe(title, *, seconds, name=""):
    """Return a decorator that enters a function, under its own name unless told, as a recipe of so many seconds."""

    def enter(function):
        RECIPES[name or function.__name__] = Recipe(title, seconds, function)
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


@recipe("Adam, taxa constante", seconds=30)
def adam(images, seconds):
    """As lesson 03 trains, only longer."""
    model = make_sae(N_CODINGS)
    model.compile(optimizer=keras.optimizers.Adam(0.002), loss="mse", steps_per_execution=10)
    return model, {"batch_size": 256, "epochs": FOREVER}


@recipe("Adam, taxa que cai", seconds=30)
def falling(images, seconds):
    """The rate rises and falls along half a cosine."""
    model = make_sae(N_CODINGS)
    model.compile(optimizer=keras.optimizers.Adam(0.005), loss="mse", steps_per_execution=10)
    return model, {"batch_size": 256, "epochs": FOREVER, "callbacks": [RateByTheClock(0.005, seconds)]}


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

    What is trained lies between them. It is smaller, and Adam, which scales each weight by itself, has axes there along
    which it makes sense to do so.
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


@recipe("Adam na base da PCA", seconds=30)
@recipe("Adam na base da PCA, 15 s", seconds=15, name="rotated_15")
def rotated(images, seconds):
    """As `falling`, between fixed layers that turn pixels to principal components and back."""
    started = RateByTheClock(0.01, seconds)
    model = make_rotated(images)
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse", steps_per_execution=10)
    return model, {"batch_size": 128, "epochs": FOREVER, "callbacks": [started]}


def muon_of_matrices():
    """Return Muon for the matrices; the biases are left to Adam."""
    return keras.optimizers.Muon(0.02, weight_decay=0, adam_weight_decay=0, rms_rate=0.2)


@recipe("Muon nas matrizes", seconds=30)
@recipe("Muon nas matrizes, 15 s", seconds=15, name="muon_15")
def muon(images, seconds):
    """The matrices are trained by Muon, in large batches."""
    model = make_sae(N_CODINGS)
    model.compile(optimizer=muon_of_matrices(), loss="mse", steps_per_execution=5)
    return model, {"batch_size": 1024, "epochs": FOREVER, "callbacks": [RateByTheClock(0.02, seconds)]}


@recipe("Muon na base da PCA", seconds=30)
@recipe("Muon na base da PCA, 15 s", seconds=15, name="rotated_muon_15")
@recipe("Muon na base da PCA, 60 s", seconds=60, name="rotated_muon_60")
def rotated_muon(images, seconds):
    """Both: between the fixed layers the matrices are smaller, and Muon's iterations on them cost a sixth."""
    started = RateByTheClock(0.02, seconds)
    model = make_rotated(images)
    model.compile(optimizer=muon_of_matrices(), loss="mse", steps_per_execution=5)
    return model, {"batch_size": 512, "epochs": FOREVER, "callbacks": [started]}
