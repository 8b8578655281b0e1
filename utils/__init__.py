"""What several notebooks of the course need and no lesson is about.

course
    The start of every notebook: seed, figure style, progress of the course's set-up.
data
    The data sets shipped in ``data/``, verified and split.
training
    Learning-rate schedule and the progress shown while a model trains.
models
    The autoencoders that notebooks 02 to 08 teach, for those who compare them.
plots
    Figures: images, curves, chess boards, drawings of networks.
claims
    What the lecture says, put to the test: ``claim("C6", ..., value=..., holds=...)``.
exercises
    The checks behind *Vamos exercitar*.
checks
    Validation of arguments, shared by all of the above.

Importing this package, before Keras, makes Keras run on TensorFlow and keeps TensorFlow's start-up messages out of
the notebooks.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
