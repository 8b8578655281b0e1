"""How much memory there is for a notebook, and whether it is as much as one may ask for."""

import contextlib
import math
import pathlib
import re

import psutil

try:
    import resource
except ImportError:  # Windows
    resource = None

EACH = 3e9  # bytes; a notebook of the course takes at most 2.6 GB
ADDRESSES_EACH = 6e9  # bytes; it reserves at most 4.9 GB, which counts where `ulimit -v` allows only so much
# Where Linux tells what a container may take, by the two versions of its control groups.
CONTAINER = (pathlib.Path("/sys/fs/cgroup/memory.max"), pathlib.Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
# What failures for want of it are called.
RAN_OUT = re.compile("MemoryError|ResourceExhausted|bad_alloc|[Cc]annot allocate memory")


def available():
    """Return how many bytes there are, of the machine or of the container."""
    limits = [psutil.virtual_memory().available]
    for path in CONTAINER:
        with contextlib.suppress(OSError, ValueError):  # there is none; it is "max"
            limits.append(int(path.read_text(encoding="ascii")))
    return min(limits)


def addresses():
    """Return how many bytes of addresses a process may reserve: infinitely many, mostly."""
    limit = resource.getrlimit(resource.RLIMIT_AS)[0] if resource else None
    return math.inf if limit is None or limit == resource.RLIM_INFINITY else limit


def measured():
    """Return how much there is and how much a notebook may ask for, as a text; and whether it is too little."""
    there, asked, what = available(), EACH, "livres"
    if addresses() < ADDRESSES_EACH:
        there, asked, what = addresses(), ADDRESSES_EACH, "de endereços (ulimit -v)"
    text = f"{there / 1e9:.1f} GB {what}, e um notebook pede até {asked / 1e9:.0f}"
    return text.replace(".", ","), there < asked


def noted(failure, text, is_short):
    """Return a failure, led by what `measured` returned before if memory may have been what was wanting."""
    return f"memória: havia {text}; {failure}" if failure and (is_short or RAN_OUT.search(failure)) else failure
