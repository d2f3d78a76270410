"""What all pages share: templates that escape, and a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from clusterer.core.errors import ResultError
from clusterer.outputs import pages

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(JSON)
def test_embedded_json_comes_back(data: object) -> None:
    assert json.loads(str(pages.embed(data))) == data


@pytest.mark.parametrize("name", ["</script><script>x", "<!--", "a\u2028b\u2029c", "]]>&amp;"])
def test_json_cannot_leave_its_block(name: str) -> None:
    text = str(pages.embed({"name": name}))
    assert text.isascii()
    assert not set("<>&") & set(text)
    assert json.loads(text)["name"] == name


def test_policy_names_the_digests_of_style_and_script() -> None:
    text = pages.policy("p {}", "let é")
    assert text.startswith("default-src 'none'; img-src data: blob:; ")
    assert "unsafe" not in text
    for part, source in (("style", "p {}"), ("script", "let é")):
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{part}-src 'sha256-{digest}'" in text


def test_policy_without_more_sources_is_unchanged() -> None:
    digests = [
        re.search(rf"{part}-src ('[^']*')", pages.policy("a", "b")) for part in ("style", "script")
    ]
    style, script = (found[1] for found in digests if found)
    assert pages.policy("a", "b") == (
        f"default-src 'none'; img-src data: blob:; style-src {style}; script-src {script}; "
        "base-uri 'none'; form-action 'none'"
    )


def test_policy_allows_what_is_named_besides() -> None:
    sources = {"img-src": "'self'", "media-src": "blob:"}
    text = pages.policy("a", "b", sources)
    more = text.replace("img-src data: blob: 'self'", "img-src data: blob:")
    assert more == f"{pages.policy('a', 'b')}; media-src blob:"


@pytest.fixture
def small_templates(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Templates of a page in place of the installed ones."""
    texts = {
        "a.html": "<style>{{ css }}</style>{{ policy }}<b>{{ name }}</b><script>{{ js }}</script>",
        "a.css": "a>b {}",
        "b.css": "c {}",
        "a.js": "1<2;",
    }
    monkeypatch.setattr(pages, "_read", texts.__getitem__)
    pages._environment.cache_clear()
    yield
    pages._environment.cache_clear()


@pytest.mark.usefixtures("small_templates")
def test_fill_joins_and_escapes() -> None:
    html = pages.fill("a.html", ["a.css", "b.css"], ["a.js"], name="<i>&")
    assert "<style>a>b {}c {}</style>" in html
    assert "<script>1<2;</script>" in html
    assert "<b>&lt;i&gt;&amp;</b>" in html
    assert pages.policy("a>b {}c {}", "1<2;").replace("'", "&#39;") in html


@pytest.mark.usefixtures("small_templates")
def test_fill_writes_the_policy_that_it_is_given() -> None:
    html = pages.fill("a.html", [], [], sources={"media-src": "blob:"}, name="")
    assert "; media-src blob:" in html
    assert "media-src" not in pages.fill("a.html", [], [], name="")


@pytest.mark.usefixtures("small_templates")
def test_fill_wants_all_that_the_template_asks_for() -> None:
    with pytest.raises(UndefinedError, match="'name' is undefined"):
        pages.fill("a.html", [], [])


@pytest.mark.usefixtures("small_templates")
def test_text_that_is_not_utf8_can_be_written() -> None:
    assert "<b>epi?sode</b>" in pages.fill("a.html", [], [], name="epi\udce9sode")


def test_every_template_is_escaped_and_local() -> None:
    for template in pages.templates().iterdir():
        text = template.read_text("utf-8")
        assert not re.search(r"\|\s*safe\b|(?:src|href)=\"?(?:https?:)?//", text), template.name


def test_missing_templates_are_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = tmp_path_factory.mktemp("empty")
    monkeypatch.setattr(pages, "files", lambda _: empty / "clusterer")
    with pytest.raises(ResultError, match=r"templates .* are missing\. Install"):
        pages.templates()


@pytest.mark.parametrize(
    ("template", "style", "script"),
    [
        ("no.html", "workspace.css", "theme.js"),
        ("workspace.html", "no.css", "theme.js"),
        ("workspace.html", "workspace.css", "no.js"),
    ],
)
def test_a_missing_file_is_named(template: str, style: str, script: str) -> None:
    with pytest.raises(ResultError, match=r"templates .* are missing\. Install"):
        pages.fill(template, [style], [script])
