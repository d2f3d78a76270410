"""Pages that need no network: templates, escaping, content security policy."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from clusterer.errors import ResultError

# Everything that could end the script block or a line of it.
_JSON_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def templates() -> Traversable:
    """Folder of the templates: inside the package, or beside it in a checkout.

    Raises
    ------
    ResultError
        Neither is there.
    """
    package = files("clusterer")
    checkout = Path(str(package)).parent
    for folder in (package.joinpath("templates"), checkout.joinpath("templates")):
        if folder.joinpath("report.html").is_file():
            return folder
    raise ResultError("the templates of the pages are missing", "Install cluster-video again")


@lru_cache
def _read(name: str) -> str:
    return templates().joinpath(name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(_read),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def fill(template: str, styles: Sequence[str], scripts: Sequence[str], **content: Any) -> str:
    """Fill a template.

    Parameters
    ----------
    template, styles, scripts
        Names of files in `templates`. The template is given the joined styles as ``css``, the
        joined scripts as ``js``, and the `policy` that allows both.
    content
        What else the template asks for; text is escaped.

    Returns
    -------
    str
        A complete HTML document that loads nothing, and can be written as UTF-8.

    Raises
    ------
    ResultError
        The templates are not installed.
    """
    css, js = "".join(map(_read, styles)), "".join(map(_read, scripts))
    html = (
        _environment()
        .get_template(template)
        .render(css=Markup(css), js=Markup(js), policy=policy(css, js), **content)
    )
    # File names that are no valid UTF-8 reach us as lone surrogates.
    return html.encode("utf-8", "replace").decode("utf-8")


def policy(css: str, js: str) -> str:
    """Content security policy that allows this style, this script and embedded pictures."""
    return (
        "default-src 'none'; img-src data: blob:; "
        f"style-src {_digest(css)}; script-src {_digest(js)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def embed(data: Any) -> Markup:
    """JSON that is safe inside a script block: ASCII, without ``<``, ``>`` and ``&``."""
    text = json.dumps(data, separators=(",", ":"))
    for character, escape in _JSON_ESCAPES.items():
        text = text.replace(character, escape)
    return Markup(text)
