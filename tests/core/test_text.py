"""File names made safe for terminals, tables and pages."""

from __future__ import annotations

import pytest

from clusterer.core.text import folded, folded_file, natural, visible


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Zoë 🎬 fïlm.mp4", "Zoë 🎬 fïlm.mp4"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("e\u0301 👩\u200d👧.mp4", "e\u0301 👩\u200d👧.mp4"),
        ("a\x1b[31mb\x1b]0;c\a.mp4", r"a\x1b[31mb\x1b]0;c\x07.mp4"),
        ("two\r\nlines\u2028three", r"two\r\nlines\u2028three"),
        ("a\x9b31mb\x7f", r"a\x9b31mb\x7f"),
        ("turned\u202e4pm.exe\u2066", r"turned\u202e4pm.exe\u2066"),
        ("caf\udce9", "caf\ufffd"),
    ],
)
def test_control_characters_are_escaped(name: str, shown: str) -> None:
    assert visible(name) == shown


def test_names_are_compared_without_case_and_form() -> None:
    assert folded("Zoe\u0308 STRAẞE") == folded("zoë strasse")
    assert folded("\uff21nna") == folded("Anna")


def test_files_are_one_if_disks_say_so() -> None:
    assert folded_file("Zoe\u0308.MP4") == folded_file("zoë.mp4")
    assert folded_file("\uff21.mp4") != folded_file("A.mp4"), "two files on any disk"
    assert natural("Zoe\u0308 2") == natural("ZOË 2") < natural("zoë 10")
