"""Formats of other packages: what they may get wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from clusterer.core.errors import PlugInError
from clusterer.outputs.export import create
from clusterer.outputs.export.choose import choose
from tests import result_folder
from tests.plug_in_packages import importing, install

SOURCE = """
class Odd:
    def files(self, timeline):
        return {timeline.stem + ENDING: CONTENT}
"""


@pytest.mark.parametrize(
    ("ending", "content", "told"),
    [
        ("'.odd'", "b'fine'", ""),
        ("'/../../up'", "b''", "names a file 'small/../../up'; names begin with 'small'"),
        ("'.odd'", "'text'", "returned str as content"),
        ("'.odd'", "1 / 0", "failed (ZeroDivisionError: division by zero)"),
    ],
)
def test_what_a_format_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str, content: str, told: str
) -> None:
    source = SOURCE.replace("ENDING", ending).replace("CONTENT", content)
    install(tmp_path, "somebodys-odd", source, {"formats": {"odd": "somebodys_odd:Odd"}})
    timeline = choose(result_folder.decided())
    with importing(tmp_path, monkeypatch):
        exporter = create("odd")
        if not told:
            assert exporter.files(timeline) == {"small.odd": b"fine"}
            return
        with pytest.raises(PlugInError) as caught:
            exporter.files(timeline)
    assert caught.value.cause == f"The format 'odd' of the package somebodys-odd 1.0 {told}"
