"""What several notebooks of the course need and no lesson is about.

course
    What comes before any work: where the course is, its seed, Keras's own defaults, the start of every notebook.
data
    The data sets shipped in ``data/``, verified and split.
training
    Learning-rate schedule, the progress shown while a model trains, reconstruction error.
models
    The autoencoders of the course for images, for those who compare them.
plots
    Figures: the style and its palette, rows of images, maps of points.
drawings
    Networks, pipelines, a recurrent autoencoder, chess boards.
tables
    Tables of results, in a notebook and in a terminal.
claims
    What the lecture says, put to the test: ``claim("C6", ..., value=..., holds=...)``.
exercises
    The checks behind *Vamos exercitar*.
answers
    What is said of whatever students wrote, shared by the checks of exercises and activity.
arguments
    Validation of arguments, shared by all of the above.

Importing this package, before Keras, makes Keras run on TensorFlow and keeps TensorFlow's start-up messages out of
the notebooks.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
