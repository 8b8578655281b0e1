"""Run one hand-in in a fresh kernel, in a folder of its own; a part of ``make grade``, which watches over this process.

    python -m tools.grade_run FOLDER MEGABYTES   # prints what came of it as JSON

FOLDER holds a copy of what a hand-in needs of the course and ``notebooks/entrega.ipynb``. What the kernel shows comes
through this process, which ends, and the kernel with it, when that is more than MEGABYTES.
"""

import json
import os
import pathlib
import sys
import threading
import time

import nbclient
import psutil

from tools.run_notebooks import execute
from tools.stored import as_text, read_notebook

NOTEBOOK = "entrega.ipynb"
TOO_MUCH = "limite de saída"


class Silent:
    """Where `execute` says how far it is: whoever watches shows that in its own way."""

    def show(self, name, text):
        pass


def limited_client(megabytes):
    """Return a class of clients that end this process when the kernel shows more than `megabytes`."""

    class Client(nbclient.NotebookClient):
        shown = 0

        def process_message(self, msg, cell, cell_index):
            self.shown += len(str(msg["content"]))
            if self.shown > 1e6 * megabytes:
                tell({"failure": TOO_MUCH})
                os._exit(0)  # the kernel ends when this process is no more
            return super().process_message(msg, cell, cell_index)

    return Client


def tell(result):
    """Print a result, at once."""
    print(json.dumps(result), flush=True)


def end_with(parent):
    """End this process, and the kernel with it, when `parent` ends, however it ends."""
    while parent.is_running() and parent.status() != psutil.STATUS_ZOMBIE:
        time.sleep(1)
    os._exit(1)


def main(arguments=None):
    folder, megabytes = arguments or sys.argv[1:]
    threading.Thread(target=end_with, args=[psutil.Process(os.getppid())], daemon=True).start()
    path = pathlib.Path(folder) / "notebooks" / NOTEBOOK
    notebook = read_notebook(path)
    for cell in notebook.cells:
        cell.metadata = {}  # no cell is skipped, and none may fail unseen
    with open(pathlib.Path(folder) / "kernel.log", "a", encoding="utf-8") as log:
        start = time.perf_counter()
        peak, failure = execute(notebook, path, Silent(), log, times=1, client_class=limited_client(float(megabytes)))
        seconds = time.perf_counter() - start
    tell({"failure": failure, "memory": peak, "seconds": seconds, "notebook": as_text(notebook)})


if __name__ == "__main__":
    main()
