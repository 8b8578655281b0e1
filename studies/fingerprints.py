"""When an arm has to be measured again: when the functions it calls, or its data, are others."""

import ast
import functools
import hashlib
import inspect
import textwrap
import types

from utils.data import expected_checksum

# Modules whose functions belong to a recipe, and what in them only measures or shows: it is held by tests.
RECIPES = ("studies.", "utils.models", "utils.training")
ENGINE = ("studies.engine.", "studies.fingerprints.", "studies.rule.", "studies.results.", "studies.verdicts.")
INSTRUMENTS = {"utils.training.mean_error", "utils.training.squared_error", "utils.training.Progress"}


def plain(node):
    """Return a syntax tree as text, docstrings and positions aside: the same for every version of Python."""
    if isinstance(node, ast.AST):
        fields = []
        for name, value in ast.iter_fields(node):
            if name == "body" and isinstance(value, list) and not isinstance(node, ast.Module):
                first = value[0] if value else None
                is_text = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
                value = value[1:] if is_text and isinstance(first.value.value, str) else value
            if value not in (None, []) and name not in ("type_params", "type_comment", "kind", "ctx"):
                fields.append(f"{name}={plain(value)}")
        return f"{type(node).__name__}({','.join(fields)})"
    return f"[{','.join(map(plain, node))}]" if isinstance(node, list) else repr(node)


def _parts(thing, seen):
    """Yield a text for each function, class and constant that `thing` is made of, those it calls included."""
    if isinstance(thing, functools.partial):
        defaults = {name: p.default for name, p in inspect.signature(thing.func).parameters.items()}
        given = sorted(
            (name, value)
            for name, value in thing.keywords.items()
            if value != defaults.get(name, inspect.Parameter.empty)
        )
        values = [*thing.args, *(value for _, value in given)]
        texts = [value.__qualname__ if _calls(value) else value for value in values]
        yield f"{[name for name, _ in given]} {texts}"
        for value in (thing.func, *filter(_calls, values)):
            yield from _parts(value, seen)
        return
    thing = inspect.unwrap(thing)
    name = f"{thing.__module__}.{thing.__qualname__}"
    of_recipe = any(name.startswith(prefix) for prefix in RECIPES) and not name.startswith(ENGINE)
    if name in seen or not of_recipe or name in INSTRUMENTS:
        return
    if "<" in name:
        raise ValueError(f"{name}: esperava uma função com nome, que se ache de novo")
    seen.add(name)
    tree = ast.parse(textwrap.dedent(inspect.getsource(thing)))
    yield f"{thing.__qualname__}: {plain(tree)}"
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            raise ValueError(f"{name}: esperava import só no alto do módulo, onde pode ser seguido")
        if isinstance(node, (ast.Name, ast.Attribute)):
            value, is_own = _found(node, vars(inspect.getmodule(thing)))
            if _calls(value):
                yield from _parts(value, seen)
            elif is_own:
                if not _is_plain(value):
                    raise ValueError(f"{name}: esperava constantes de números e texto, e não {value!r:.60}")
                yield f"{ast.unparse(node)} = {value!r}"


def _found(node, known):
    """Return what a name, such as ``a`` or ``module.a``, stands for, and whether that is a constant of the course."""
    if isinstance(node, ast.Name):
        value = known.get(node.id)
        own = node.id in known
    elif isinstance(node, ast.Attribute) and isinstance(base := _found(node.value, known)[0], types.ModuleType):
        value = getattr(base, node.attr, None)
        own = base.__name__.startswith(RECIPES)
    else:
        return None, False
    return value, own and not hasattr(value, "__name__")  # modules, functions and classes have one


def _is_plain(value):
    """Return whether a constant can be written as it is."""
    try:
        ast.literal_eval(repr(value))
    except (ValueError, SyntaxError):
        return False
    return True


def _calls(value):
    """Return whether something is a function or a class, or is made of one."""
    return isinstance(value, (types.FunctionType, type, functools.partial)) or hasattr(value, "__wrapped__")


@functools.cache
def fingerprint(arm):
    """Return the fingerprint of an arm: of the functions it calls, docstrings aside, and of its data.

    Functions count that belong to a recipe (`RECIPES`), with the plain constants they use; margins, texts and versions
    of libraries do not, nor how data are read, which tests hold. It is the same on every machine and every version of
    Python. Computed once in a process: what is edited while an arm runs is none of its recipe.

    Parameters
    ----------
    arm : Arm

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If the recipe uses what cannot be followed: a function without a name, a constant that is no number or text, an
        import inside a function.
    """
    texts = [*sorted(set(_parts(arm.run, set()))), *(f"{name} {expected_checksum(name)}" for name in arm.data)]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
