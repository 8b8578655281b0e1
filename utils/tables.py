"""Tables of results."""

import numbers

from IPython.display import display

from utils.arguments import check_count, check_same_length


def _text(value, digits):
    """Return a cell as text; numbers with a comma, points between thousands and a true minus sign."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return str(value)
    written = f"{value:,}" if isinstance(value, numbers.Integral) else f"{value:,.{digits}f}"
    return written.translate(str.maketrans(",.-", ".,−"))


def _one_line(text):
    return " ".join(text.splitlines())


def _markdown(text):
    return "<br>".join(text.splitlines()).replace("|", "\\|")


def format_table(columns, *, digits=4):
    """Return a table twice: as aligned plain text and as Markdown.

    Parameters
    ----------
    columns : dict of str to sequence
        Heading and cells of each column; all of equal length. Columns without text are aligned to the right. What
        would end a cell, a line's end or (in Markdown) a vertical bar, is shown, and does not.
    digits : int or dict of str to int
        Decimals of the real numbers, behind a comma: of all, or by heading (4 where a heading is not named).

    Returns
    -------
    plain, markdown : str

    Raises
    ------
    ValueError
        If the columns are no dict of texts to sequences, or of different lengths, or `digits` is no number of
        decimals, or names a heading that is not there.
    """
    if not isinstance(columns, dict) or not all(isinstance(name, str) for name in columns):
        raise ValueError(f"columns: esperava um dicionário de títulos e colunas, recebi {columns!r:.60}")
    check_same_length(**columns)
    unknown = [name for name in digits if name not in columns] if isinstance(digits, dict) else []
    if unknown:
        received = ", ".join(map(str, unknown))
        raise ValueError(f"digits: esperava títulos de colunas ({', '.join(columns)}), recebi {received}")
    decimals = {name: digits.get(name, 4) if isinstance(digits, dict) else digits for name in columns}
    decimals = {name: check_count("digits", number, low=0) for name, number in decimals.items()}
    cells = {name: [_text(value, decimals[name]) for value in values] for name, values in columns.items()}
    is_text = {name: any(isinstance(value, str) for value in values) for name, values in columns.items()}
    widths = {name: max(map(len, map(_one_line, [name, *texts]))) for name, texts in cells.items()}

    def aligned(texts):
        padded = (
            text.ljust(widths[name]) if is_text[name] else text.rjust(widths[name])
            for name, text in zip(cells, map(_one_line, texts), strict=True)
        )
        return "  ".join(padded).rstrip()

    rows = list(zip(*cells.values(), strict=True))
    plain = [aligned(cells), *map(aligned, rows)]
    rule = "|".join("---" if is_text[name] else "---:" for name in cells)
    head, *lines = ("| " + " | ".join(map(_markdown, row)) + " |" for row in (cells, *rows))
    markdown = [head, f"|{rule}|", *lines]
    return "\n".join(plain), "\n".join(markdown)


def show_table(columns, *, digits=4):
    """Show a table in a notebook. See `format_table`."""
    plain, markdown = format_table(columns, digits=digits)
    display({"text/plain": plain, "text/markdown": markdown}, raw=True)
