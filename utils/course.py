"""What comes before any work: where the course is, its seed, Keras's own defaults, the start of every notebook."""

import contextlib
import os
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
DEFAULT_SEED = 42


def course_seed():
    """Return the course's seed: the environment variable COURSE_SEED, or 42.

    Raises
    ------
    ValueError
        If COURSE_SEED is not a whole number from 0 to 2**32 - 1.
    """
    text = os.environ.get("COURSE_SEED", str(DEFAULT_SEED))
    if not text.isdecimal() or int(text) >= 2**32:
        raise ValueError(f"COURSE_SEED: esperava um número inteiro de 0 a 2**32 - 1, recebi {text!r}")
    return int(text)


@contextlib.contextmanager
def without_native_messages():
    """Send what native code writes to standard error nowhere: TensorFlow greets from C++, whatever its log level."""
    sys.stderr.flush()
    saved, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(nowhere)


def restore_keras_defaults():
    """Give Keras its own defaults, whatever a ``~/.keras/keras.json`` of other projects says."""
    import keras

    keras.config.set_floatx("float32")
    keras.config.set_epsilon(1e-7)
    keras.config.set_image_data_format("channels_last")


def start_notebook():
    """Seed Python, NumPy and Keras, restore Keras's defaults, and set the course's style of figure.

    Returns
    -------
    int
        The seed, for the generators a notebook makes itself.

    Raises
    ------
    RuntimeError
        If Keras was imported before the course and runs on another backend than TensorFlow.
    """
    from utils.plots import use_course_style  # imports Matplotlib; Keras below takes seconds

    if "keras" in sys.modules and sys.modules["keras"].backend.backend() != "tensorflow":
        raise RuntimeError("Keras já foi carregado com outro backend. Reinicie o kernel e rode esta célula primeiro.")
    with without_native_messages():
        import keras
        import tensorflow

    # A notebook makes many models; TensorFlow would warn that each needs a graph of its own.
    tensorflow.get_logger().setLevel("ERROR")
    if tensorflow.__version__.startswith("2.20."):
        # Colab's version: one step of its graph optimizer fails on leaky ReLU, and says so in red, to no other effect.
        tensorflow.config.optimizer.set_experimental_options({"remapping": False})
    restore_keras_defaults()
    seed = course_seed()
    keras.utils.set_random_seed(seed)
    use_course_style()
    return seed
