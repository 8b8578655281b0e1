"""Train the models of the site's playground and write them, and the images it shows, for a browser to read.

python -m tools.playground                   # what is missing or out of date, into site/playground/data
python -m tools.playground --build=folder    # the lock, which only one export at a time holds, in folder

Each part is a script that hands one object to the page. Arrays are in base64: large kernels in int8, one scale for each
output; images in bytes; the rest in float32. A part tells the fingerprint of the code and data it was made from: while
that is the same, the part is not made again. It takes about eight minutes; delete a part to make it anew.
"""

import utils  # noqa: F401  (before Keras: it chooses the backend)

# isort: split

import argparse
import ast
import base64
import functools
import hashlib
import inspect
import json
import textwrap

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops

from studies.fingerprints import plain
from tools.files import lock, make_build_folder, save_all
from tools.options import build_folder
from utils.course import DEFAULT_SEED, ROOT, restore_keras_defaults
from utils.data import CLASS_NAMES, expected_checksum, load_fashion_mnist
from utils.models import SHAPE, make_sae
from utils.training import squared_error, warmup_cosine

FOLDER = ROOT / "site" / "playground" / "data"
N_CODINGS = 30
N_PIXELS = 28 * 28
MOST_LOST = 0.01  # of the error, by quantising
LARGE = 50_000  # a kernel with more weights is written in int8; those of the codings are small, and count
BATCH_SIZE = 128
N_DOTS, N_IMAGES = 1500, 320  # of the training images: shown in the plane as dots, and those of them with pictures
# Test images to play with: ten kinds, three times.
GARMENTS = (
    *(38, 30, 20, 39, 91, 2, 59, 82, 50, 7),
    *(12, 34, 54, 132, 29, 15, 120, 63, 6, 4),
    *(45, 78, 103, 0, 13, 80, 71, 114, 109, 26),
)


# The models, and how they are trained


class Sampling(layers.Layer):
    """Draws codings from the normal that the encoder gives, and adds its divergence to the loss (lesson 10)."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seeds = keras.random.SeedGenerator(DEFAULT_SEED)

    def call(self, inputs):
        mean, log_variance = inputs
        divergence = 0.5 * ops.sum(mean**2 + ops.exp(log_variance) - 1 - log_variance, axis=1)
        self.add_loss(ops.mean(divergence) / N_PIXELS)
        return mean + ops.exp(log_variance / 2) * keras.random.normal(ops.shape(mean), seed=self.seeds)


def make_vae():
    """Return the VAE of lesson 10; its encoder, which gives the means; and its decoder."""
    sae = make_sae(N_CODINGS)
    decoder, [flatten, hidden, means] = sae.get_layer("decoder"), sae.get_layer("encoder").layers
    images = layers.Input(SHAPE)
    x = hidden(flatten(images))
    mean = means(x)
    codings = Sampling()([mean, layers.Dense(N_CODINGS, name="log_variance")(x)])
    return keras.Model(images, decoder(codings)), keras.Model(images, mean), decoder


def start():
    """Make what follows depend on the seed alone (and, in the last digits, on the machine)."""
    restore_keras_defaults()
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(DEFAULT_SEED)


def train(model, *, peak, epochs, loss="mse"):
    """Train an AE on the training images of the course."""
    images = fashion().train.images
    schedule = warmup_cosine(peak, n_samples=len(images), batch_size=BATCH_SIZE, epochs=epochs)
    model.compile(optimizer=keras.optimizers.Adam(schedule), loss=loss, steps_per_execution=43)
    model.fit(images, images, epochs=epochs, batch_size=BATCH_SIZE, verbose=0)
    return model


@functools.cache
def fashion():
    """Return Fashion-MNIST, read once a run."""
    return load_fashion_mnist()


# From arrays to text, and back


def as_text(array):
    """Return an array of bytes, int8 or float32 as base64: in rows, little-endian."""
    return base64.b64encode(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()).decode("ascii")


def as_array(text, dtype):
    """Return the array, in one dimension, of a text that `as_text` made."""
    return np.frombuffer(base64.b64decode(text), np.dtype(dtype).newbyteorder("<"))


def as_bytes(images):
    return np.round(255 * images).astype(np.uint8)


def quantised(kernel):
    """Return a kernel transposed, one row for each output, in int8 if it is large, and what to multiply each row by."""
    if kernel.size <= LARGE:
        return kernel.T, np.ones(kernel.shape[1], np.float32)
    scales = np.abs(kernel).max(axis=0) / 127
    scales[scales == 0] = 1
    return np.round(kernel / scales).T.astype(np.int8), scales.astype(np.float32)


def as_record(part):
    """Return the dense layers of an encoder or a decoder as they are written."""
    dense = [layer for layer in part.layers if isinstance(layer, layers.Dense)]
    records = []
    for layer in dense:
        kernel, scales = quantised(layer.kernel.numpy())
        arrays = {"kernel": kernel, "scales": scales, "bias": layer.bias.numpy()}
        records.append(
            {
                "outputs": layer.units,
                "activation": layer.activation.__name__,
                "type": kernel.dtype.name,
                **{name: as_text(array) for name, array in arrays.items()},
            }
        )
    return records


def dequantised(records):
    """Return the weights, as of ``get_weights``, of dense layers that were written."""
    weights = []
    for record in records:
        rows = as_array(record["kernel"], record["type"]).reshape(record["outputs"], -1)
        scales, bias = (as_array(record[name], np.float32) for name in ("scales", "bias"))
        weights += [(rows * scales[:, None]).T.astype(np.float32), bias.astype(np.float32)]
    return weights


def measured(encode, decoder, images):
    """Return the error of what a decoder makes of images' codings, computed a thousand at a time."""
    parts = [
        np.mean(squared_error(images[i : i + 1000], decoder.predict_on_batch(encode(images[i : i + 1000]))))
        for i in range(0, len(images), 1000)
    ]
    return float(np.mean(parts))


def written(encoder, decoder, *, with_encoder=True):
    """Return an AE as it is written, with its error on the test images before and after it was quantised.

    Raises
    ------
    SystemExit
        If quantising costs more than `MOST_LOST` of the error.
    """
    images = fashion().test.images
    before = measured(encoder.predict_on_batch, decoder, images)
    record = {"encoder": as_record(encoder)} if with_encoder else {}
    record["decoder"] = as_record(decoder)
    if with_encoder:
        encoder.set_weights(dequantised(record["encoder"]))
    decoder.set_weights(dequantised(record["decoder"]))
    after = measured(encoder.predict_on_batch, decoder, images)
    if not after <= (1 + MOST_LOST) * before:
        told = f"os pesos em int8 erram demais: {after:.6f}; esperava até 1 % a mais que {before:.6f}"
        raise SystemExit(told.replace(".", ","))
    return record | {"error": {"float32": before, "int8": after}}


def spread(encoder, decoder):
    """Return how far the codings of training images go, and the codings in order of how much each changes images."""
    codings = encoder.predict_on_batch(fashion().train.images[:5000])
    low, high = np.percentile(codings, [1, 99], axis=0)
    middle, effects = codings[:200], []
    for j in range(codings.shape[1]):
        ends = [np.where(np.arange(codings.shape[1]) == j, end[j], middle) for end in (low, high)]
        effects.append(np.mean((decoder.predict_on_batch(ends[0]) - decoder.predict_on_batch(ends[1])) ** 2))
    return {
        "low": as_text(low.astype(np.float32)),
        "high": as_text(high.astype(np.float32)),
        "order": np.argsort(effects)[::-1].tolist(),
    }


def spaced(points, n):
    """Return indices of n points: the first that are far enough, across or upwards, from all before them.

    It is like ``utils.plots.apart``, which may change as figures do; with this the plane would be trained anew.
    """
    distance, chosen = 0.1, []
    while len(chosen) < n:
        chosen, distance = [], 0.95 * distance
        for i, point in enumerate(points):
            if not chosen or np.abs(points[chosen] - point).max(axis=1).min() >= distance:
                chosen.append(i)
    return chosen[:n]


# The parts


def garments():
    """Make the test images to play with."""
    test, indices = fashion().test, list(GARMENTS)
    return {
        "images": as_text(as_bytes(test.images[indices])),
        "labels": test.labels[indices].tolist(),
        "classes": list(CLASS_NAMES),
    }


def sae():
    """Make the SAE of lesson 03."""
    start()
    model = train(make_sae(N_CODINGS), peak=0.004, epochs=16)
    encoder, decoder = model.get_layer("encoder"), model.get_layer("decoder")
    return written(encoder, decoder) | spread(encoder, decoder)


def dae():
    """Make the denoising AE of lesson 08: the SAE, with half of the pixels erased in training."""
    start()
    model = train(make_sae(N_CODINGS, noise=layers.Dropout(0.5)), peak=0.004, epochs=16)
    return written(model.get_layer("encoder"), model.get_layer("decoder"))


def vae():
    """Make the variational AE of lesson 10: its decoder, and its codings of the garments, which are means."""
    start()
    model, encoder, decoder = make_vae()
    train(model, peak=0.003, epochs=16, loss="binary_crossentropy")
    codings = encoder.predict_on_batch(fashion().test.images[list(GARMENTS)])
    record = written(encoder, decoder, with_encoder=False)
    return record | spread(encoder, decoder) | {"codings": as_text(codings)}


def plane():
    """Make a SAE with two codings: its decoder, and training images in the plane of their codings."""
    start()
    model = train(make_sae(2), peak=0.004, epochs=20)
    encoder, decoder = model.get_layer("encoder"), model.get_layer("decoder")
    record = written(encoder, decoder, with_encoder=False)
    images, labels = fashion().train
    codings = encoder.predict_on_batch(images[:20_000])
    low, high = np.percentile(codings, [0.5, 99.5], axis=0)
    inside = np.flatnonzero(np.all((codings > low) & (codings < high), axis=1))
    unit = (codings[inside] - low) / (high - low)
    pictured = inside[spaced(unit, N_IMAGES)]
    shown = np.concatenate([pictured, np.setdiff1d(inside, pictured)[: N_DOTS - N_IMAGES]])
    return record | {
        "low": as_text(low.astype(np.float32)),
        "high": as_text(high.astype(np.float32)),
        "codings": as_text(codings[shown]),
        "labels": labels[shown].tolist(),
        "images": as_text(as_bytes(images[pictured])),
        "classes": list(CLASS_NAMES),
    }


PARTS = {make.__name__: make for make in (garments, sae, dae, vae, plane)}

# When a part has to be made again

DATA = tuple(
    f"fashion_mnist/{part}-{kind}-ubyte.gz" for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1")
)
OF_THE_RECIPE = (__name__, "utils.models", "utils.training")


def sources(thing, seen):
    """Yield a text for each function, class and constant of the course that `thing` is made of, docstrings aside."""
    thing = inspect.unwrap(thing)
    if thing in seen:
        return
    seen.add(thing)
    tree = ast.parse(textwrap.dedent(inspect.getsource(thing)))
    yield plain(tree)
    known = vars(inspect.getmodule(thing))
    for name in sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & known.keys()):
        value = known[name]
        if getattr(value, "__module__", None) in OF_THE_RECIPE:
            yield from sources(value, seen)
        elif isinstance(value, (int, float, str, tuple)):
            yield f"{name} = {value!r}"


def fingerprint(name):
    """Return the fingerprint of a part: of the code that makes it, and of the data."""
    texts = [*sources(PARTS[name], set()), *map(expected_checksum, DATA)]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def read(path):
    """Return the object in a part's file; None if there is none, or it is not whole."""
    try:
        text = path.read_text(encoding="utf-8")
        return json.loads(text[text.index("{") : text.rindex("}") + 1])
    except (OSError, ValueError):
        return None


def is_fresh(name, folder=FOLDER):
    record = read(folder / f"{name}.js")
    return record is not None and record.get("fingerprint") == fingerprint(name)


HEADER = "// De: python -m tools.playground (make playground). Não edite."


def export(folder):
    """Make and write the parts that are missing or out of date; yield a line about each.

    Raises
    ------
    SystemExit
        If a part cannot be written: it is named, and those before it are written.
    """
    for name, make in PARTS.items():
        path = folder / f"{name}.js"
        if is_fresh(name, folder):
            yield f"{path.name}: em dia"
            continue
        record = {"name": name, "fingerprint": fingerprint(name)} | make()
        save_all({path: f"{HEADER}\nplayground.receive({json.dumps(record)});\n"})
        told = f"{path.name}: {path.stat().st_size / 1e6:.2f} MB"
        if "error" in record:
            told += f", erro de teste {record['error']['int8']:.5f} (em float32, {record['error']['float32']:.5f})"
        yield told.replace(".", ",").replace(",js", ".js")


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Treina os modelos do playground e os escreve para o navegador.")
    parser.add_argument("--build", type=build_folder, default="", help="a pasta em que fica a tranca, playground.lock")
    build = parser.parse_args(arguments).build
    make_build_folder(build, "playground")
    try:
        with lock(build / "playground.lock", wait=False):
            for line in export(FOLDER):
                print(line, flush=True)
    except BlockingIOError:
        raise SystemExit("outro make playground está em andamento; espere que ele termine") from None


if __name__ == "__main__":
    tf.config.threading.set_intra_op_parallelism_threads(1)  # the same sums, in the same order, each time
    main()
