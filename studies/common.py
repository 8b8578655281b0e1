"""What several studies train with and on."""

import functools

import keras
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from studies.engine import size
from utils.course import restore_keras_defaults
from utils.data import load_fashion_mnist

TUNING_SEED = 200  # of what is tuned once for all seeds; none of those that are measured
TUNING_SEEDS = (TUNING_SEED, TUNING_SEED + 1000, TUNING_SEED + 2000)

FASHION = tuple(
    f"fashion_mnist/{part}-{kind}-ubyte.gz" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")
)


@functools.cache
def fashion():
    """Return Fashion-MNIST, read once a run."""
    return load_fashion_mnist()


def warmup_cosine_adam(rate, steps):
    """Return Adam with a rate that rises to `rate` in a tenth of the steps and then falls to zero along a cosine."""
    rising = max(1, steps // 10)
    schedule = keras.optimizers.schedules.CosineDecay(
        rate / rising, max(1, steps - rising), warmup_target=rate, warmup_steps=rising
    )
    return keras.optimizers.Adam(schedule)


def listed(numbers):
    """Return numbers as they are shown: with decimal commas, between semicolons."""
    return "; ".join(f"{number:g}".replace(".", ",") for number in numbers)


def start(seed):
    """Make what follows depend on a seed alone: to be called before a model is made."""
    restore_keras_defaults()
    keras.utils.set_random_seed(seed)


def train(model, x, y=None, *, rate, epochs, batch_size=256, loss="mse", **fit):
    """Compile a model and train it (`y`: on `x` itself unless told) by a rate that rises and then falls to zero.

    In a tiny run it is not made into a graph, which takes longer than the training.
    """
    per_epoch = -(-len(x) // batch_size)
    model.compile(
        optimizer=warmup_cosine_adam(rate, per_epoch * epochs),
        loss=loss,
        steps_per_execution=size(min(per_epoch, 50), 1),
        run_eagerly=size(False, True),
    )
    model.fit(x, x if y is None else y, batch_size=batch_size, epochs=epochs, verbose=0, **fit)
    return model


def best(options, score):
    """Return which of the options has the smallest score; in a tiny run, the first."""
    options = options[: size(None, 1)]
    return options[0] if len(options) == 1 else min(options, key=score)


def best_of_seeds(options, score):
    """Return which of the options has the smallest score, on average over three seeds; in a tiny run, the first.

    A rate that is too large may break one training and not the next. All options are tried with the first seed; the two
    that are the best there, with the other seeds, too.

    Parameters
    ----------
    options : sequence of hashable
    score : callable
        Of an option and a seed, one of `TUNING_SEEDS`.
    """
    options = options[: size(None, 1)]
    if len(options) == 1:
        return options[0]
    first = {option: score(option, TUNING_SEEDS[0]) for option in options}
    finalists = sorted(options, key=first.get)[:2]
    return min(finalists, key=lambda option: first[option] + sum(score(option, seed) for seed in TUNING_SEEDS[1:]))


def flat(images):
    """Return images as rows of pixels."""
    return images.reshape(len(images), -1)


def drawn(part, n, seed):
    """Return `n` of a part's images, drawn by a seed, and their labels."""
    chosen = np.random.default_rng(seed).permutation(len(part.images))[:n]
    return part.images[chosen], part.labels[chosen]


PROBE_STRENGTHS = (0.0003, 0.003, 0.03, 0.3, 3.0)


def probe(train, validation, test):
    """Return how useful features are: the test accuracy, in %, of a linear classifier that is given nothing else.

    Parameters
    ----------
    train, validation, test : tuple of (ndarray of shape (n, k), float; ndarray of shape (n,), int)
        Features and labels. Each feature is scaled to variance 1 on the training part; the strength of the
        regularisation is that of `PROBE_STRENGTHS` which is right most often in validation.
    """
    fitted = [
        make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=2000)).fit(*train)
        for c in PROBE_STRENGTHS[: size(None, 1)]
    ]
    return 100 * max(fitted, key=lambda classifier: classifier.score(*validation)).score(*test)
