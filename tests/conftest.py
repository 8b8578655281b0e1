"""Whatever a test imports first: Keras runs on TensorFlow, and what Hypothesis keeps stays out of the course."""

import os
import pathlib
import signal
import tempfile

import pytest

import utils  # noqa: F401  (before Keras: it chooses the backend)

os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(pathlib.Path(tempfile.gettempdir()) / "hypothesis"))


@pytest.fixture
def interruptible():
    """Give SIGINT its usual effect, also where the tests run in the background, which ignores it."""
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler  # it is left as it was
    signal.signal(signal.SIGINT, handler)
