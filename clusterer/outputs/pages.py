"""Self-contained pages: templates, escaping, content security policy."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import unescape
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from clusterer.core.errors import ResultError

NO_SOURCES: Mapping[str, str] = MappingProxyType({})
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
# Characters that could end the script block.
_JSON_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def templates() -> Traversable:
    """Folder of the templates: inside the package, or next to it in a checkout.

    Raises
    ------
    ResultError
        Neither exists.
    """
    room = files("clusterer.outputs")
    checkout = Path(str(room)).parents[1]
    for folder in (room.joinpath("templates"), checkout.joinpath("templates")):
        if folder.joinpath("page.html").is_file():
            return folder
    raise _missing()


@lru_cache
def _read(name: str) -> str:
    try:
        return templates().joinpath(name).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise _missing() from None


def _missing() -> ResultError:
    return ResultError("the templates of the pages are missing", "Install cluster-video again")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(_read),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def fill(
    template: str,
    styles: Sequence[str],
    scripts: Sequence[str],
    *,
    sources: Mapping[str, str] = NO_SOURCES,
    **content: Any,
) -> str:
    """Fill a template.

    Parameters
    ----------
    template, styles, scripts
        File names in `templates`. The template receives the concatenated styles as ``css``, the
        concatenated scripts as ``js``, and the `policy` that allows both.
    sources
        What else the `policy` allows: directive → sources.
    content
        Other variables of the template; text is escaped.

    Returns
    -------
    str
        A complete HTML document that loads only what `sources` allow and can be encoded as UTF-8.

    Raises
    ------
    ResultError
        The templates are not installed.
    """
    css, js = "".join(map(_read, styles)), "".join(map(_read, scripts))
    html = (
        _environment()
        .get_template(template)
        .render(css=Markup(css), js=Markup(js), policy=policy(css, js, sources), **content)
    )
    # File names that are not valid UTF-8 contain lone surrogates.
    return html.encode("utf-8", "replace").decode("utf-8")


def stated_policy(html: str) -> str:
    """The content security policy that a page of `render` states in its head; empty if none.

    A server sends it as a header, too.
    """
    found = _POLICY.search(html)
    return unescape(found[1]) if found else ""


def policy(css: str, js: str, sources: Mapping[str, str] = NO_SOURCES) -> str:
    """Make a content security policy that allows these styles and scripts and embedded pictures.

    Parameters
    ----------
    css, js
        Their text, allowed by digest.
    sources
        Directive → additional sources, such as ``{"media-src": "blob:"}``.
    """
    directives = {
        "default-src": "'none'",
        "img-src": "data: blob:",
        "style-src": _digest(css),
        "script-src": _digest(js),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    for name, source in sources.items():
        directives[name] = f"{directives[name]} {source}" if name in directives else source
    return "; ".join(f"{name} {source}" for name, source in directives.items())


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def embed(data: Any) -> Markup:
    """Encode data as JSON that is safe inside a script block: ASCII without ``<``, ``>``, ``&``."""
    text = json.dumps(data, separators=(",", ":"))
    for character, escape in _JSON_ESCAPES.items():
        text = text.replace(character, escape)
    return Markup(text)
