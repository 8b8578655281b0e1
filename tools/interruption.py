"""Ctrl-C ends a command with one line and the status that a shell expects, also while its libraries are imported.

These take seconds to be imported, and if they are interrupted they answer with a page of traceback, or with an error
of their own. `tools` and `studies` call `watch` before anything else, which changes something only where ``python -m``
is starting one of their commands: not in a notebook, nor in a test.

Only the standard library, and nothing newer than Python 3.6: the environment of the course is made with this.
"""

import os
import signal
import sys

INTERRUPTED = 130  # exit status
LINE = "\nInterrompido."  # the terminal has shown ^C just before


def watch():
    """Have Ctrl-C end the command that ``python -m`` is starting with one line, if it is starting one."""
    is_starting = sys.argv[:1] == ["-m"]  # as long as it looks for the module
    is_ignored = signal.getsignal(signal.SIGINT) is not signal.default_int_handler  # as in the background; it stays so
    if is_starting and not is_ignored:
        messages = os.dup(2)  # while native code is kept from writing to 2, this still leads there

        def interrupt(number, frame):
            if _is_importing(frame):
                os.write(messages, (LINE + "\n").encode("utf-8"))
                os._exit(INTERRUPTED)  # nothing was begun that would have to be ended
            signal.default_int_handler(number, frame)

        signal.signal(signal.SIGINT, interrupt)
        sys.excepthook = _tell


def _is_importing(frame):
    """Return whether a module is being imported where this frame is."""
    while frame:
        if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
            return True
        frame = frame.f_back
    return False


def _tell(kind, error, traceback):
    """Show what ended the process: an interruption in one line, anything else as always."""
    if not issubclass(kind, KeyboardInterrupt):
        return sys.__excepthook__(kind, error, traceback)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever presses the keys again does not get a traceback, either
    print(LINE, file=sys.stderr)
    raise SystemExit(INTERRUPTED)
