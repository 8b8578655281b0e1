"""Settings of Sphinx for the site. `tools.site` copies them beside the pages that it writes, and runs Sphinx there."""

import importlib.metadata
import pathlib
import shutil

project = "Autoencoders, o curso"
author = "os autores do curso"
language = "pt_BR"
locale_dirs = ["locale"]
templates_path = ["templates"]
extensions = ["myst_nb"]

nb_execution_mode = "off"
nb_merge_streams = True
nb_ipywidgets_js = {}
nb_render_markdown_format = "gfm"
nb_code_prompt_show = "Ver o código"
nb_code_prompt_hide = "Esconder o código"
myst_enable_extensions = ["dollarmath"]

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["static"]
html_css_files = ["course.css"]
html_js_files = [("course.js", {"defer": "defer"})]
html_favicon = "static/icone.svg"
html_sidebars = {"**": ["navbar-logo.html", "search-button-field.html", "playground.html", "sbt-sidebar-nav.html"]}
html_copy_source = False
html_show_sphinx = False
html_use_index = False
html_context = {"default_mode": "auto"}
html_permalinks_icon = "#"
html_theme_options = {
    "logo": {"image_light": "static/icone.svg", "image_dark": "static/icone.svg", "text": project, "alt_text": ""},
    "footer_content_items": ["extra-footer.html"],
    "extra_footer": (
        "<p>Texto e figuras: <a href='https://creativecommons.org/licenses/by/4.0/deed.pt-br'>CC BY 4.0</a>. "
        "Código: MIT. Os slides citados são de seu autor, e os dados têm licenças próprias.</p>"
    ),
    "navbar_persistent": [],
    "toc_title": "Nesta página",
    "use_download_button": False,
    "use_fullscreen_button": False,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "search_bar_text": "Buscar no curso",
    "search_as_you_type": False,
    "navigation_with_keys": False,
}

# One file of MathJax, which draws formulas as SVG and needs no fonts, instead of what Sphinx loads from elsewhere.
MATHJAX = "sphinx-mathjax-offline/static/mathjax/tex-svg.js"
mathjax_path = "tex-svg.js"
mathjax3_config = {"options": {"enableMenu": False}}


def in_portuguese(app, pagename, templatename, context, doctree):
    """Take from a page what myst-nb says in English: what is folded has a name of its own."""
    context["body"] = context.get("body", "").replace(' aria-label="Toggle hidden content"', "")


def landmarks_in_portuguese(app, failure):
    """Give landmarks of the theme that have a name in English one in Portuguese, for screen readers."""
    names = {'aria-label="Main"': 'aria-label="Páginas do curso"', 'aria-label="Page"': 'aria-label="Nesta página"'}
    for path in pathlib.Path(app.outdir).rglob("*.html") if failure is None else ():
        text = path.read_text(encoding="utf-8")
        for english, portuguese in names.items():
            text = text.replace(english, portuguese)
        path.write_text(text, encoding="utf-8")


def copy_mathjax(app, failure):
    """Add MathJax to a site that was made."""
    if failure is None:
        source = importlib.metadata.distribution("sphinx-mathjax-offline").locate_file(MATHJAX)
        shutil.copy(source, pathlib.Path(app.outdir, "_static", mathjax_path))


def setup(app):
    app.connect("html-page-context", in_portuguese)
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", landmarks_in_portuguese)
