"""Whatever a test imports first: Keras runs on TensorFlow."""

import utils  # noqa: F401  (before Keras: it chooses the backend)
