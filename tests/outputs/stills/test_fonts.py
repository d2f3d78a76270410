"""Which fonts are taken for a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from clusterer.core.errors import ConfigError
from clusterer.outputs.stills import fonts
from clusterer.outputs.stills.fonts import OURS, Font, fonts_for, needs_shaping

pytest.importorskip("fontTools")


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the system's fonts: empty."""
    monkeypatch.setattr(fonts, "_folders", lambda: [tmp_path])
    return tmp_path


def with_characters(path: Path, text: str) -> Path:
    """A font that has an empty glyph for each character."""
    from fontTools.fontBuilder import FontBuilder  # noqa: PLC0415 (an extra)
    from fontTools.pens.ttGlyphPen import TTGlyphPen  # noqa: PLC0415 (likewise)

    names = [".notdef", *(f"u{ord(c):04X}" for c in text)]
    builder = FontBuilder(1000)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(c): f"u{ord(c):04X}" for c in text})
    builder.setupGlyf(dict.fromkeys(names, TTGlyphPen(None).glyph()))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": path.stem, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    builder.save(path)
    return path


def test_ours_has_many_scripts(system: Path) -> None:
    text = "Zoë Łukasz Şule Θεός Фёдор Հայ ქარ אבא محمد ·…\N{REPLACEMENT CHARACTER}"
    assert fonts_for(text) == ([Font(OURS)], "")


def test_as_few_fonts_of_the_system_as_are_needed(system: Path) -> None:
    (system / "broken.ttf").write_bytes(b"no font")
    (system / "notes.txt").write_bytes(b"")
    with_characters(system / "a.ttf", "x")
    (system / "deep").mkdir()
    wide = with_characters(system / "deep" / "Noto.ttf", "李")
    late = with_characters(system / "z.TTF", "李山")
    assert fonts_for("a 李山") == ([Font(OURS), Font(wide), Font(late)], "")
    assert fonts_for("李\U000e0ffa") == ([Font(OURS), Font(wide)], "\U000e0ffa")
    assert fonts_for("abc") == ([Font(OURS)], "")


def test_given_fonts_come_first(system: Path, tmp_path: Path) -> None:
    with_characters(system / "noto.ttf", "李")
    mine = with_characters(tmp_path / "mine.otf", "李")
    assert fonts_for("李", [mine]) == ([Font(OURS), Font(mine)], "")
    with pytest.raises(ConfigError, match=r"is not a font\. Name a TrueType"):
        fonts_for("a", [tmp_path / "gone.ttf"])


def test_scripts_whose_characters_join() -> None:
    assert [needs_shaping(text) for text in ("Zoë", "李", "Фёдор")] == [False] * 3
    assert [needs_shaping(text) for text in ("محمد", "אבא", "नरेन्द्र")] == [True] * 3


def test_folders_on_each_system(monkeypatch: pytest.MonkeyPatch) -> None:
    for platform, expected in (
        ("linux", "/usr/share/fonts"),
        ("darwin", "/System/Library/Fonts"),
        ("win32", "C:/Windows/Fonts"),
    ):
        monkeypatch.setattr("sys.platform", platform)
        assert expected in [folder.as_posix() for folder in fonts._folders()]
