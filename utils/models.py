"""The autoencoders of the course for images, for those who compare them: notebook 09 and the benchmark.

They are the ones that notebooks 02, 03, 04, 06 and 08 teach, except the recurrent one: that of notebook 07 is for
sequences of any length; the simpler one here is for images and explained in notebook 09.

All of them take and return images of 28 x 28 pixels in [0, 1] and have a linear layer named "codings".
"""

import keras
from keras import layers, ops

SHAPE = (28, 28)


@keras.saving.register_keras_serializable(package="curso")
class DenseTranspose(layers.Layer):
    """Dense layer whose kernel is the transpose of another's; only the bias is its own (notebook 04).

    Parameters
    ----------
    tied_to : keras.layers.Dense
        The layer whose kernel is used.
    activation : str or callable, optional
        As in ``keras.layers.Dense``.
    """

    def __init__(self, tied_to, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.tied_to = tied_to
        self.activation = keras.activations.get(activation)

    def build(self, input_shape):
        self.bias = self.add_weight(shape=(self.tied_to.kernel.shape[0],), initializer="zeros", name="bias")

    def call(self, inputs):
        return self.activation(ops.matmul(inputs, ops.transpose(self.tied_to.kernel)) + self.bias)

    def get_config(self):
        return {
            **super().get_config(),
            "tied_to": keras.saving.serialize_keras_object(self.tied_to),
            "activation": keras.activations.serialize(self.activation),
        }

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "tied_to": keras.saving.deserialize_keras_object(config["tied_to"])})


@keras.saving.register_keras_serializable(package="curso")
class RepeatWithPosition(layers.Layer):
    """Repeat a vector `n_steps` times and add to each copy a learned vector, that of its step (notebook 09).

    It tells a decoder which step it is at, as the clock of notebook 07 does, which is computed and not learned. From
    shape (batch, n) to (batch, n_steps, n).
    """

    def __init__(self, n_steps, **kwargs):
        super().__init__(**kwargs)
        self.n_steps = n_steps

    def build(self, input_shape):
        initializer = keras.initializers.RandomNormal(stddev=0.5)
        self.positions = self.add_weight(
            shape=(self.n_steps, input_shape[-1]), initializer=initializer, name="positions"
        )

    def call(self, codings):
        return codings[:, None, :] + self.positions

    def get_config(self):
        return {**super().get_config(), "n_steps": self.n_steps}


def make_ae(n_codings=30):
    """The simplest AE: one layer to encode, one to decode (notebook 02)."""
    return keras.Sequential(
        [
            layers.Input(SHAPE),
            layers.Flatten(),
            layers.Dense(n_codings, name="codings"),
            layers.Dense(28 * 28, activation="sigmoid"),
            layers.Reshape(SHAPE),
        ]
    )


def make_sae(n_codings=30, hidden=350, noise=None):
    """A stacked AE with one hidden layer a side (notebook 03).

    With a layer of noise at its input, such as ``keras.layers.Dropout(0.5)``, it is a denoising AE (notebook 08).
    """
    return keras.Sequential(
        [
            layers.Input(SHAPE),
            *([] if noise is None else [noise]),
            layers.Flatten(),
            layers.Dense(hidden, activation="gelu"),
            layers.Dense(n_codings, name="codings"),
            layers.Dense(hidden, activation="gelu"),
            layers.Dense(28 * 28, activation="sigmoid"),
            layers.Reshape(SHAPE),
        ]
    )


def make_tied_sae(n_codings=30, hidden=350):
    """The stacked AE with its decoder tied to its encoder (notebook 04)."""
    first, codings = layers.Dense(hidden, activation="gelu"), layers.Dense(n_codings, name="codings")
    return keras.Sequential(
        [
            layers.Input(SHAPE),
            layers.Flatten(),
            first,
            codings,
            DenseTranspose(codings, activation="gelu"),
            DenseTranspose(first, activation="sigmoid"),
            layers.Reshape(SHAPE),
        ]
    )


def make_cae(n_codings=30, filters=(12, 32)):
    """A convolutional AE: each convolution halves the side; the decoder is its mirror (notebook 06)."""
    side = 28 // 2 ** len(filters)
    halve = {"kernel_size": 4, "strides": 2, "padding": "same"}
    return keras.Sequential(
        [
            layers.Input(SHAPE),
            layers.Reshape((*SHAPE, 1)),
            *[layers.Conv2D(depth, activation="leaky_relu", **halve) for depth in filters],
            layers.Flatten(),
            layers.Dense(n_codings, name="codings"),
            layers.Dense(side * side * filters[-1], activation="leaky_relu"),
            layers.Reshape((side, side, filters[-1])),
            *[layers.Conv2DTranspose(depth, activation="leaky_relu", **halve) for depth in reversed(filters[:-1])],
            layers.Conv2DTranspose(1, activation="sigmoid", **halve),
            layers.Reshape(SHAPE),
        ]
    )


def make_rae(n_codings=30, units=100, unroll=False):
    """A recurrent AE that reads and writes an image row by row, from top to bottom (notebook 09).

    Simpler than the RAE of notebook 07: all images have 28 rows, so it needs no mask; it reads in one direction only;
    and in place of 07's clock its decoder has a learned vector for each row.

    Unrolled it takes some seconds more to compile and then runs twice as fast.
    """
    rows = layers.Input(SHAPE)
    codings = layers.Dense(n_codings, name="codings")(layers.GRU(units, unroll=unroll)(rows))
    repeated = RepeatWithPosition(SHAPE[0])(codings)
    states = layers.GRU(units, return_sequences=True, unroll=unroll)(repeated)
    seen = layers.Concatenate()([states, repeated])
    return keras.Model(rows, layers.Dense(SHAPE[1], activation="sigmoid")(seen))
