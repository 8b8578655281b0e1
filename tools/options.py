"""What the tools take on the command line."""

import argparse
import pathlib

from utils.course import ROOT


def build_folder(text):
    """Return the path of the build folder, for the ``type`` of an argument: without a name it is ``build``."""
    return pathlib.Path(text).absolute() if text else ROOT / "build"


def count(text):
    """Return an option's text as a number, for the ``type`` of an argument.

    Raises
    ------
    argparse.ArgumentTypeError
        If it is not a whole number of 1 or more.
    """
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"esperava um número inteiro, 1 ou mais, recebi {text!r}")
    return int(text)
