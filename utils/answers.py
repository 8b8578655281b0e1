"""What is said of whatever students wrote: it may raise anything, and be of any length.

Only the standard library: the grader uses `utils.activity`, and does not wait for Keras there.
"""

import contextlib
import signal
import threading

MOST_CHARACTERS = 300  # of a message: what an answer is, or raises, may be of any length


def brief(text):
    """Return a text on one line of at most `MOST_CHARACTERS`, of which each can be sent to the notebook."""
    text = " ".join(text.split()).encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= MOST_CHARACTERS else f"{text[: MOST_CHARACTERS - 1]}…"


def told(error):
    """Return an exception as a text, even if it cannot be made one itself."""
    name = "uma exceção sem nome"
    try:
        name = str(type(error).__name__)
        return f"{name}: {error}" if str(error) else name
    except BaseException:
        return name


@contextlib.contextmanager
def noting_interruptions():
    """Yield a list that holds something as soon as the kernel is interrupted: the exception itself does not tell."""
    noted, handler = [], signal.getsignal(signal.SIGINT)

    def note(number, frame):
        noted.append(number)
        handler(number, frame)

    if threading.current_thread() is not threading.main_thread() or not callable(handler):
        yield noted  # no interruption gets here
        return
    signal.signal(signal.SIGINT, note)
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, handler)
