"""What several studies train with and on."""

import functools

import keras

from utils.data import load_fashion_mnist

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
