"""The checks behind *Vamos exercitar*: one module a notebook, one function an exercise.

A notebook calls ``check("01.1", answer)``; the answer is what the student wrote, or ``...`` as long as nothing was.
"""

import importlib

from utils.exercises.core import Verdict, exercises, judge, show

__all__ = ["Verdict", "check", "exercises", "judge"]


def check(exercise_id, answer):
    """Tell the student, in Portuguese, whether an answer is right; never raises because of the answer.

    Parameters
    ----------
    exercise_id : str
        Number of the notebook, a point, number of the exercise: "01.1".
    answer : object
        What the exercise asks for: a value or a function; ``...`` while it was not tried.

    Raises
    ------
    ValueError
        If there is no such exercise.
    """
    number = str(exercise_id).split(".")[0]
    module = f"utils.exercises.notebook{number}"
    try:
        importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:  # there is such a notebook, but something that its checks need is missing
            raise
        # judge names the exercises there are
    show(exercise_id, judge(exercise_id, answer))
