"""Run a command in the course's environment, which is made first, or brought up to date, if need be.

    python -m tools.environment [--colab | --site] -- ARGS...

Run it from the repository's root, with any Python that makes environments; ARGS are given to the environment's own
Python. The environment is the folder $VENV (.venv unless given; with --colab, one more, whose name ends in -colab, with
the versions that Colab has; with --site, one whose name ends in -site, with what makes and tests the site). It is never
emptied: a folder that the course did not make stays as it is, and one that it made is only installed into. Whoever runs
in it holds a shared lock on it for as long as it runs, and whoever installs into it waits for them. (On Windows only
who installs locks: a lock cannot be shared there.)

Only the standard library, and nothing newer than Python 3.6: an old Python has to be told what it lacks.
"""

import contextlib
import hashlib
import importlib.util
import os
import pathlib
import subprocess
import sys

from tools import files
from tools.interruption import INTERRUPTED

ROOT = pathlib.Path(__file__).resolve().parent.parent
PYTHONS = [(3, 11), (3, 12), (3, 13)]
PACKAGES = ["-r", "requirements.txt", "-c", "constraints.txt"]
# Besides what Colab has: what tools.run_notebooks needs to drive the kernels. No notebook imports it.
PACKAGES_COLAB = ["-r", "constraints-colab.txt", "nbclient", "nbformat", "psutil", "pillow"]
PACKAGES_SITE = ["-r", "site/requirements.txt"]
OTHERS = {"--colab": PACKAGES_COLAB, "--site": PACKAGES_SITE}
MARK = ".course"  # there: the course made this environment. Put before anything else but the lock
READY = ".ready"  # what was installed; not there while it is being installed
LOCK = ".lock"
ELSEWHERE = "VENV=outra/pasta, no mesmo comando"  # in messages; which command it is, only make knows
VERSION_OF = "import sys; print(*sys.version_info[:2])"
HAS_PIP = "import importlib.util, sys; sys.exit(not importlib.util.find_spec('pip'))"
PATIENCE = 10  # seconds for pip to end by itself when interrupted
USAGE = "uso: python -m tools.environment [--colab | --site] -- ARGUMENTOS DO PYTHON DO AMBIENTE"


def say(text):
    print(text, flush=True)


def call(command, held=None):
    """Run a command to its end, also when interrupted, and return its exit status.

    Parameters
    ----------
    command : list of str
    held : file object, optional
        A lock that the command, too, holds: whoever comes next waits for it even if this process is killed.
    """
    options = {"pass_fds": [held.fileno()]} if held and os.name == "posix" else {}
    process = subprocess.Popen(command, cwd=str(ROOT), **options)
    try:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the command is interrupted, too, unless only this process was
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.terminate()
                process.wait(PATIENCE)
            raise
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def check_maker():
    """Stop unless the Python that runs this can make an environment for the course."""
    if sys.version_info[:2] not in PYTHONS:
        version = ".".join(map(str, sys.version_info[:3]))
        raise SystemExit(
            "É preciso Python 3.11, 3.12 ou 3.13, os que o TensorFlow aceita; "
            f"{sys.executable} é Python {version}. Tente: make PYTHON=python3.12 ..."
        )
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise SystemExit("Faltou o módulo venv (no Debian e no Ubuntu: apt install python3-venv)")


class Environment:
    """A folder with an environment of the course, made or yet to be made.

    Parameters
    ----------
    name : str
        The folder, as messages name it.
    packages : list of str
        What pip is asked to install, files relative to the repository's root.
    """

    def __init__(self, name, packages=PACKAGES):
        self.name, self.packages = name, packages
        self.folder = pathlib.Path(os.path.abspath(name))
        self.python = self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    def version(self):
        """Return the version of the environment's own Python, (3, 11), or stop if the course cannot run in it."""
        remedy = f"Apague você a pasta, ou deixe-a e escolha outra: {ELSEWHERE}"
        try:
            command = [str(self.python), "-I", "-S", "-B", "-c", VERSION_OF]
            answer = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=60, check=True)
            numbers = tuple(int(number) for number in answer.stdout.split())
        except (OSError, ValueError, subprocess.SubprocessError):
            raise SystemExit(
                f"O Python do ambiente em {self.name} não funciona: talvez aquele de que foi feito não esteja mais "
                f"na máquina. {remedy}"
            ) from None
        if numbers not in PYTHONS:
            raise SystemExit(
                f"O Python do ambiente em {self.name} é o {'.'.join(map(str, numbers))}, e o TensorFlow precisa de "
                f"3.11, 3.12 ou 3.13. {remedy}"
            )
        return numbers

    def contents(self):
        """Return what tells whether the environment is up to date: a digest of what it needs, and of which Python."""
        digest = hashlib.sha256(repr((self.packages, self.version())).encode("utf-8"))
        for option, name in zip(self.packages, self.packages[1:]):  # noqa: B905  (strict= is of Python 3.10)
            if option in ("-r", "-c"):
                digest.update((ROOT / name).read_bytes())
        return digest.hexdigest() + "\n"

    def record(self, contents):
        """Record that all is installed that `contents` stands for."""
        files.write(self.folder / READY, contents)

    def recorded(self):
        """Return the contents that were recorded last: none while something is being installed."""
        try:
            return (self.folder / READY).read_bytes().decode("utf-8", "replace")
        except FileNotFoundError:
            return ""

    def state(self):
        """Return "to make", "to continue", "to update" or "ready"; stop if the course cannot use the folder.

        Nothing is changed, and no process is started before the folder is known to be the course's.
        """
        try:
            names = set(os.listdir(str(self.folder)))
        except FileNotFoundError:
            names = set()
        except NotADirectoryError:
            raise SystemExit(
                f"{self.name} é um arquivo, e não uma pasta; fica como está. Escolha outra: {ELSEWHERE}"
            ) from None
        if names <= {LOCK}:
            return "to make"
        # The first edition of the course made environments that have no mark but READY.
        if MARK not in names and not {READY, "pyvenv.cfg"} <= names:
            found = "um ambiente" if "pyvenv.cfg" in names else f"algo (por exemplo {min(names)})"
            raise SystemExit(
                f"A pasta {self.name} tem {found} que o curso não fez; fica como está. Escolha outra: {ELSEWHERE}"
            )
        if READY not in names:
            return "to continue" if os.path.lexists(str(self.python)) else "to make"
        return "ready" if self.recorded() == self.contents() else "to update"

    def locked(self, shared):
        """Lock the environment, saying so if it has to wait; return the lock, or None where there is none to be had.

        There is none on a read-only disk, where nobody installs anything, nor where the disk knows of no locks.
        """
        try:
            try:
                return files.lock(self.folder / LOCK, shared=shared, wait=False)
            except BlockingIOError:
                say(self.why_wait(shared))
                return files.lock(self.folder / LOCK, shared=shared)
        except OSError:
            return None

    def why_wait(self, shared):
        """Return the line that says what is waited for."""
        if not shared:
            try:
                files.lock(self.folder / LOCK, shared=True, wait=False).close()
                return (
                    f"O ambiente em {self.name} precisa ser atualizado, e há quem rode nele (um JupyterLab aberto, "
                    "por exemplo): espero que termine"
                )
            except BlockingIOError:
                pass
        return f"Outro comando está preparando o ambiente em {self.name}: espero por ele"

    def ready(self):
        """Make the environment, or bring it up to date, if need be.

        Returns
        -------
        file object or None
            The shared lock to hold while something runs in it.
        """
        while True:
            state = self.state()
            if state == "ready":
                recorded = self.recorded()
                held = self.locked(shared=True) if os.name == "posix" else None
                if held is None or (recorded and self.recorded() == recorded):
                    return held
                held.close()  # an installation began in between
                continue
            if state == "to make":
                check_maker()
                self.folder.mkdir(parents=True, exist_ok=True)
            held = self.locked(shared=False)
            try:
                self.install(held)
            finally:
                if held:
                    held.close()

    def install(self, held):
        """Install what is missing; whoever waited for the lock may find that nothing is.

        Parameters
        ----------
        held : file object or None
            The exclusive lock.
        """
        state = self.state()
        if state == "ready":
            return
        started = (self.folder / MARK).exists()
        if not started:
            (self.folder / MARK).touch()
        if state == "to update":
            (self.folder / READY).unlink()  # so that an interrupted update is seen
            say(f"Atualizando o ambiente em {self.name}: o que o curso usa mudou (alguns minutos)")
        elif started:
            say(f"Continuando a preparar o ambiente em {self.name}, que ficou pela metade (alguns minutos)")
        else:
            say(f"Preparando o ambiente em {self.name} (só na primeira vez; alguns minutos)")
        if state == "to make" and call([sys.executable, "-m", "venv", str(self.folder)], held):
            raise SystemExit(f"Não consegui fazer o ambiente em {self.name}: o motivo está acima (disco cheio?).")
        contents = self.contents()  # before pip reads them: they may change meanwhile
        own = str(self.python)
        if call([own, "-I", "-c", HAS_PIP]) and call([own, "-I", "-m", "ensurepip", "--default-pip"], held):
            raise SystemExit(f"Não consegui pôr o pip no ambiente em {self.name}: o motivo está acima (disco cheio?).")
        if call([own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *self.packages], held):
            raise SystemExit(
                f"O ambiente em {self.name} não ficou pronto: o pip parou, e o motivo está acima (falta rede? disco "
                "cheio?). O mesmo comando, outra vez, continua de onde parou."
            )
        self.record(contents)

    def run(self, arguments):
        """Give `arguments` to the environment's Python, which takes the place of this process, and holds the lock."""
        held = self.ready()
        command = [str(self.python), *arguments]
        if os.name != "posix":
            process = subprocess.Popen(command)
            while True:
                with contextlib.suppress(KeyboardInterrupt):  # the command is interrupted, too, and may do otherwise
                    return process.wait()
        if held:
            os.set_inheritable(held.fileno(), True)
        os.execv(command[0], command)


def main(arguments):
    other = arguments[0] if arguments and arguments[0] in OTHERS else ""
    separator, arguments = arguments[bool(other) :][:1], arguments[bool(other) + 1 :]
    if separator != ["--"] or not arguments:
        raise SystemExit(USAGE)
    name = os.environ.get("VENV") or ".venv"
    environment = Environment(name + other[1:], OTHERS[other]) if other else Environment(name)
    try:
        return environment.run(arguments)
    except KeyboardInterrupt:
        print("\nInterrompido.", file=sys.stderr)
        return INTERRUPTED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        raise SystemExit(
            f"Não posso preparar o ambiente em {environment.name} ({where}{files.why(error)}). "
            f"Escolha outra pasta: {ELSEWHERE}"
        ) from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
