"""How an answer is judged: not tried yet, right, or wrong with a hint."""

from typing import Literal, NamedTuple

from IPython.display import display

from utils.checks import check_choice

_CHECKS = {}


class Verdict(NamedTuple):
    """What is said of an answer."""

    status: Literal["untried", "right", "wrong"]
    message: str


class NotTriedError(Exception):
    """Raised by a check when the student's function still returns ``...``."""


def exercise(exercise_id, *, right):
    """Register a check: a function of the answer that returns a hint (str) if it is wrong, None if it is right."""

    def register(function):
        _CHECKS[exercise_id] = (function, right)
        return function

    return register


def exercises():
    """Return the ids of all registered exercises."""
    return sorted(_CHECKS)


def tried(value):
    """Return `value`, what a student's function gave back; raise `NotTriedError` if it is still ``...``."""
    if value is ... or (isinstance(value, tuple) and any(item is ... for item in value)):
        raise NotTriedError
    return value


def choose_letters(answer, *, right, hint):
    """Judge a multiple choice: return a hint unless `answer` is a set of exactly the letters in `right`."""
    if isinstance(answer, str) or not all(isinstance(letter, str) for letter in answer):
        return 'A resposta é um conjunto de letras, como {"a", "b"}.'
    given, right = {letter.lower() for letter in answer}, set(right)
    if given == right:
        return None
    return f"Letras que sobram: {len(given - right)}; letras que faltam: {len(right - given)}. Dica: {hint}"


def judge(exercise_id, answer):
    """Return the `Verdict` on an answer. An exception in the student's code is a wrong answer, not a failure."""
    function, right = _CHECKS[check_choice("exercise_id", exercise_id, _CHECKS)]
    try:
        hint = function(tried(answer))
    except NotTriedError:
        return Verdict("untried", "Ainda não tentado: troque as reticências (...) pela sua resposta e rode de novo.")
    except Exception as error:
        return Verdict("wrong", f"Sua resposta parou com {type(error).__name__}: {error}")
    return Verdict("right", right) if hint is None else Verdict("wrong", hint)


def show(exercise_id, verdict):
    """Show a `Verdict` in a notebook, as one line."""
    mark, word = {"untried": ("○", ""), "right": ("✔", "Certo! "), "wrong": ("✘", "Ainda não. ")}[verdict.status]
    text = f"{mark} Exercício {exercise_id} · {word}{verdict.message}"
    display({"text/plain": text, "text/markdown": text}, raw=True)
