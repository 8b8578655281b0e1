"""Training helpers: the learning-rate schedule, progress, starting again from other weights, reconstruction error."""

import time

import keras
import numpy as np
from IPython.display import display
from keras import ops

from utils.arguments import check_array, check_count, check_same_length


@keras.saving.register_keras_serializable(package="curso")
class WarmupCosine(keras.optimizers.schedules.LearningRateSchedule):
    """Learning rate that rises linearly to `peak` and then falls to zero along a half cosine.

    The rates are those of ``keras.optimizers.schedules.CosineDecay``, in a fraction of its operations: TensorFlow
    traces the schedule anew for each variable of a model, up to a fifth of the time that compiling takes.

    Parameters
    ----------
    peak : float
        The largest learning rate.
    rising, steps : int
        Number of steps spent rising, and in all.
    """

    def __init__(self, peak, rising, steps):
        self.peak, self.rising, self.steps = peak, rising, steps

    def __call__(self, step):
        step, falling = ops.cast(step, "float32"), max(1, self.steps - self.rising)
        risen = (1 + (self.rising - 1) * step / self.rising) / self.rising  # from 1 / rising to 1, and beyond
        fallen = ops.clip((step - self.rising) / falling, 0, 1)
        return self.peak * ops.minimum(risen, 0.5 + 0.5 * ops.cos(np.pi * fallen))

    def get_config(self):
        return {"peak": self.peak, "rising": self.rising, "steps": self.steps}


def warmup_cosine(peak, *, n_samples, batch_size, epochs):
    """The learning rate of the course's trainings: up for a tenth of the steps, then down to zero along a half cosine.

    Parameters
    ----------
    peak : float
        The largest learning rate.
    n_samples, batch_size, epochs : int
        What `fit` will be given: they fix the number of steps.

    Returns
    -------
    WarmupCosine

    References
    ----------
    Loshchilov & Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017.
    """
    n_samples, batch_size = check_count("n_samples", n_samples), check_count("batch_size", batch_size)
    steps = -(-n_samples // batch_size) * check_count("epochs", epochs)
    if not peak > 0:
        raise ValueError(f"peak: esperava uma taxa de aprendizado positiva, recebi {peak!r}")
    return WarmupCosine(peak, max(1, round(steps / 10)), steps)


class _Line:
    """One line of text in a notebook that can be rewritten in place."""

    def __init__(self):
        self.handle = None

    def show(self, text):
        bundle = {"text/plain": text}
        if self.handle is None:
            self.handle = display(bundle, raw=True, display_id=True)
        else:
            self.handle.update(bundle, raw=True)


def _comma(value, digits):
    """Return a real number with a decimal comma."""
    return f"{float(value):.{digits}f}".replace(".", ",")


class Progress(keras.callbacks.Callback):
    """Show one line while a model trains; leave a summary of the training in its place.

    Parameters
    ----------
    name : str
        What the line calls the model.

    Attributes
    ----------
    seconds : float
        Wall-clock time of the last `fit`, without that of building the model.
    """

    REDRAW_SECONDS = 0.25

    def __init__(self, name):
        super().__init__()
        self.name, self.seconds = name, 0.0

    def on_train_begin(self, logs=None):
        self._line, self._start, self._drawn, self._epoch = _Line(), time.perf_counter(), 0.0, 0
        self._show("preparando")

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch + 1

    def on_train_batch_end(self, batch, logs=None):
        if time.perf_counter() - self._drawn > self.REDRAW_SECONDS:
            # With steps_per_execution, the last batch may be counted beyond the end.
            share = min(1.0, (batch + 1) / self.params["steps"]) if self.params.get("steps") else 0.0
            self._show(f"época {self._epoch}/{self.params['epochs']} ({share:.0%}) · {self._errors(logs)}")

    def on_epoch_end(self, epoch, logs=None):
        self._show(f"época {self._epoch}/{self.params['epochs']} · {self._errors(logs)}")

    def on_train_end(self, logs=None):
        self.seconds = time.perf_counter() - self._start
        epochs = f"{self._epoch} {'época' if self._epoch == 1 else 'épocas'}"
        self._show(f"{epochs} · {self._errors(logs)} · {_comma(self.seconds, 1)} s")

    def _errors(self, logs):
        logs = logs or {}
        shown = [("treino", logs.get("loss")), ("validação", logs.get("val_loss"))]
        return ", ".join(f"{where} {_comma(value, 4)}" for where, value in shown if value is not None)

    def _show(self, text):
        self._line.show(f"{self.name}: {text}")
        self._drawn = time.perf_counter()


def restart(model, weights):
    """Give a compiled model new weights and forget the state of its optimizer, to train it again without compiling.

    Its dropout draws new seeds, as that of a new model would: after ``keras.utils.set_random_seed`` the training
    depends on nothing that ran before.

    Parameters
    ----------
    model : keras.Model
        Compiled with an optimizer whose state starts at zero, such as SGD or Adam.
    weights : list of ndarray
        As of ``get_weights`` of a model of the same architecture.

    Raises
    ------
    ValueError
        If the model is not compiled, or the weights are those of another architecture.
    """
    if getattr(model, "optimizer", None) is None:
        raise ValueError("model: esperava um modelo compilado, recebi um sem otimizador")
    shapes, given = [tuple(w.shape) for w in model.weights], [np.shape(w) for w in weights]
    if shapes != given:
        raise ValueError(f"weights: esperava arrays de formas {shapes}, recebi {given}")
    model.set_weights(weights)
    for variable in model.optimizer.variables:
        if variable.name != "learning_rate":
            variable.assign(np.zeros(variable.shape, dtype=str(variable.dtype)))
    for variable in model.non_trainable_variables:
        if variable.name == "seed_generator_state":
            variable.assign(keras.random.SeedGenerator().state)


def squared_error(originals, reconstructions):
    """Mean squared error of each example.

    Parameters
    ----------
    originals, reconstructions : ndarray of shape (n, ...), float
        Of equal shapes.

    Returns
    -------
    ndarray of shape (n,), float
        Mean over everything but the first axis.

    Raises
    ------
    ValueError
        If one is not of a float dtype (the difference of two bytes would wrap around), or of float16 (256 squared is
        already infinite), or holds NaN or infinities, or the shapes differ.
    """
    originals = check_array("originals", originals, kind="float", finite=True)
    reconstructions = check_array("reconstructions", reconstructions, shape=originals.shape, kind="float", finite=True)
    for name, array in (("originals", originals), ("reconstructions", reconstructions)):
        if array.dtype == np.float16:
            raise ValueError(f"{name}: esperava float32 ou float64, em que um quadrado cabe, recebi float16")
    return np.mean((originals - reconstructions) ** 2, axis=tuple(range(1, originals.ndim)))


def mean_error(model, images, inputs=None):
    """Mean squared error per pixel of a model's reconstructions, computed a thousand at a time.

    Parameters
    ----------
    model : keras.Model
        Returns reconstructions of the shape of `images`.
    images : ndarray of shape (n, ...), float
        The originals.
    inputs : ndarray of shape (n, ...), float, optional
        What the model is given, such as noisy images; the originals themselves unless told.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If there are no images, or not as many as inputs, or as `squared_error` does.
    """
    images = check_array("images", images, kind="float")
    inputs = images if inputs is None else inputs
    check_same_length(images=images, inputs=inputs)
    if not len(images):
        raise ValueError("images: esperava ao menos uma imagem, recebi nenhuma")
    parts = [model.predict_on_batch(inputs[i : i + 1000]) for i in range(0, len(inputs), 1000)]
    return float(squared_error(images, np.concatenate(parts)).mean())
