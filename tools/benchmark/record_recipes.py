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

    from utils.models import make_sae

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


@recipe("Muon nas matrizes", seconds=30)
@recipe("Muon nas matrizes, 15 s", seconds=15, name="muon_15")
def muon(images, seconds):
    """The matrices are trained by Muon, in large batches."""
    model = make_sae(N_CODINGS)
    optimizer = keras.optimizers.Muon(0.02, weight_decay=0, adam_weight_decay=0, rms_rate=0.2)
    model.compile(optimizer=optimizer, loss="mse", steps_per_execution=5)
    return model, {"batch_size": 1024, "epochs": FOREVER, "callbacks": [RateByTheClock(0.02, seconds)]}
