"""The autoencoders of the course for images: what one lesson teaches and a later one uses.

An AE is two models, ``encoder`` and ``decoder``, composed: ``model.get_layer("encoder")`` takes images of 28 x 28
pixels in [0, 1] and returns codings, ``model.get_layer("decoder")`` takes codings and returns images. Noise, if any,
stands before the encoder and acts in training only. The coding layer, named "codings", is linear.

A definition is the one of the lesson that teaches it, but for the docstring: a test compares the two, for the lessons
listed there. The recurrent AE of lesson 07 is for sequences of any length; the simpler one here is for images.
"""

import keras
from keras import layers, ops

SHAPE = (28, 28)


@keras.saving.register_keras_serializable(package="curso")
class DenseTranspose(layers.Layer):
    """Dense layer whose kernel is the transpose of another's; only the bias is its own (lesson 04).

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
        n_outputs = self.tied_to.kernel.shape[0]
        self.bias = self.add_weight(shape=(n_outputs,), initializer="zeros", name="bias")

    def call(self, inputs):
        return self.activation(ops.matmul(inputs, ops.transpose(self.tied_to.kernel)) + self.bias)

    def get_config(self):
        tied_to = keras.saving.serialize_keras_object(self.tied_to)
        activation = keras.activations.serialize(self.activation)
        return {**super().get_config(), "tied_to": tied_to, "activation": activation}

    @classmethod
    def from_config(cls, config):
        return cls(**{**config, "tied_to": keras.saving.deserialize_keras_object(config["tied_to"])})


@keras.saving.register_keras_serializable(package="curso")
class RepeatWithPosition(layers.Layer):
    """Repeat a vector `n_steps` times and add to each copy a learned vector, that of its step (lesson 09).

    It tells a decoder which step it is at, as the clock of lesson 07 does, which is computed and not learned. From
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


def compose(encoder_layers, decoder_layers, n_codings, noise=None):
    """Compose an AE of its two parts.

    Parameters
    ----------
    encoder_layers, decoder_layers : list of keras.layers.Layer
        From images to codings, from codings to images.
    n_codings : int
    noise : keras.layers.Layer, optional
        Stands before the encoder, such as ``keras.layers.Dropout(0.5)``: a denoising AE (lesson 08).

    Returns
    -------
    keras.Sequential
        With the layers "encoder" and "decoder".
    """
    encoder = keras.Sequential([layers.Input(SHAPE), *encoder_layers], name="encoder")
    decoder = keras.Sequential([layers.Input((n_codings,)), *decoder_layers], name="decoder")
    return keras.Sequential([layers.Input(SHAPE), *([] if noise is None else [noise]), encoder, decoder])


def make_ae(n_codings=30, output_activation="sigmoid", noise=None):
    """Return the simplest AE: one layer to encode, one to decode (lesson 02)."""
    return compose(
        [layers.Flatten(), layers.Dense(n_codings, name="codings")],
        [layers.Dense(28 * 28, activation=output_activation), layers.Reshape(SHAPE)],
        n_codings,
        noise,
    )


def make_sae(n_codings=30, hidden=350, noise=None):
    """Return a stacked AE with one hidden layer a side (lesson 03)."""
    return compose(
        [layers.Flatten(), layers.Dense(hidden, activation="gelu"), layers.Dense(n_codings, name="codings")],
        [
            layers.Dense(hidden, activation="gelu"),
            layers.Dense(28 * 28, activation="sigmoid"),
            layers.Reshape(SHAPE),
        ],
        n_codings,
        noise,
    )


@keras.saving.register_keras_serializable(package="curso")
class TiedSAE(keras.Sequential):
    """The model that `make_tied_sae` returns. A file keeps its sizes: made anew from them, it is tied again.

    (Keras keeps its parts, encoder and decoder, each for itself: what they share would come back twice.)
    """

    def __init__(self, n_codings, hidden, **kwargs):
        first, codings = layers.Dense(hidden, activation="gelu"), layers.Dense(n_codings, name="codings")
        back = [DenseTranspose(codings, activation="gelu"), DenseTranspose(first, activation="sigmoid")]
        encoder = keras.Sequential([layers.Input(SHAPE), layers.Flatten(), first, codings], name="encoder")
        decoder = keras.Sequential([layers.Input((n_codings,)), *back, layers.Reshape(SHAPE)], name="decoder")
        super().__init__([layers.Input(SHAPE), encoder, decoder], **kwargs)
        self.n_codings, self.hidden = n_codings, hidden

    def get_config(self):
        return {"name": self.name, "n_codings": self.n_codings, "hidden": self.hidden}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return cls(**config)


def make_tied_sae(n_codings=30, hidden=350):
    """Return the stacked AE with its decoder tied to its encoder (lesson 04)."""
    return TiedSAE(n_codings, hidden)


def make_cae(n_codings=30, filters=(12, 32), noise=None):
    """Return a convolutional AE: each convolution halves the side; the decoder is its mirror (lesson 06)."""
    side = 28 // 2 ** len(filters)
    halve = {"kernel_size": 4, "strides": 2, "padding": "same"}
    return compose(
        [
            layers.Reshape((*SHAPE, 1)),
            *[layers.Conv2D(depth, activation="leaky_relu", **halve) for depth in filters],
            layers.Flatten(),
            layers.Dense(n_codings, name="codings"),
        ],
        [
            layers.Dense(side * side * filters[-1], activation="leaky_relu"),
            layers.Reshape((side, side, filters[-1])),
            *[layers.Conv2DTranspose(depth, activation="leaky_relu", **halve) for depth in reversed(filters[:-1])],
            layers.Conv2DTranspose(1, activation="sigmoid", **halve),
            layers.Reshape(SHAPE),
        ],
        n_codings,
        noise,
    )


def make_rae(n_codings=30, units=100, unroll=False, noise=None):
    """Return a recurrent AE that reads and writes an image row by row, from top to bottom (lesson 09).

    Simpler than the RAE of lesson 07: all images have 28 rows, so it needs no mask; it reads in one direction only;
    and in place of 07's clock its decoder has a learned vector for each row.

    Unrolled it takes some seconds more to compile and then runs twice as fast.
    """
    codings = layers.Input((n_codings,))
    repeated = RepeatWithPosition(SHAPE[0])(codings)
    states = layers.GRU(units, return_sequences=True, unroll=unroll)(repeated)
    rows = layers.Dense(SHAPE[1], activation="sigmoid")(layers.Concatenate()([states, repeated]))
    return compose(
        [layers.GRU(units, unroll=unroll), layers.Dense(n_codings, name="codings")],
        [keras.Model(codings, rows)],
        n_codings,
        noise,
    )
