"""Whatever a test imports first: Keras runs on TensorFlow, and what Hypothesis keeps stays out of the course."""

import os
import pathlib
import tempfile

import utils  # noqa: F401  (before Keras: it chooses the backend)

os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(pathlib.Path(tempfile.gettempdir()) / "hypothesis"))
