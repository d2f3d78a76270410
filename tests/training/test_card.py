"""A model card tells all that was asked of it, and nothing of this machine."""

from __future__ import annotations

import csv
import hashlib
import io
import re

import pytest

from clusterer.training.card import Facts, write_card
from clusterer.training.clothing import Epoch
from clusterer.training.record import LOSSES, MOST_ROWS, made_with, to_csv
from clusterer.training.settings import LOSS_NAMES
from tests.training.builder import garments, settings

FILES = {"clothing.onnx": b"weights" * 1000, "clothing.int8.onnx": b"few"}
COMMAND = "cluster-video train clothing --data fashion --seed 5"


def history(n: int) -> list[Epoch]:
    return [Epoch(i + 1, 5.0 - i / 100, 0.8 + i / 1000, i / 1000) for i in range(n)]


def card(n: int = 60, closeness: float | None = 0.9987, **changes: object) -> str:
    licences = {"clothing": "CC0 1.0", "elsewhere": "unused"}
    facts = Facts(COMMAND, licences, ("torch 9.9", "2 threads"), FILES, closeness)
    return write_card(settings(seed=5, **changes), garments(41), history(n), facts)


def test_what_it_is_of() -> None:
    text = card()
    assert "| clothing | 20 | CC0 1.0 |" in text
    assert "| street | 21 | not stated |" in text
    assert "unused" not in text
    assert "41 pictures in 41 groups" in text
    assert "25% of the groups are held out (seed 5)" in text.replace("\n", " ")
    assert "2 kinds of garments" in text
    assert "14 pictures have a mask" in text.replace("\n", " ")


def test_how_it_was_made() -> None:
    text = card()
    assert f"```\n{COMMAND}\n```" in text
    assert "| seed | 5 |" in text
    assert "| epochs | 3 |" in text
    assert "| batch | 8 garments |" in text
    assert "| input | 32 x 32 pixels |" in text
    assert "| made with | torch 9.9, 2 threads |" in text
    assert "50% get new colours" in text
    assert "none is recoloured" in card(loss="arcface")


@pytest.mark.parametrize("loss", LOSS_NAMES)
def test_every_loss_has_its_source(loss: str) -> None:
    assert re.search(r"\(.*\d{4}\)", LOSSES[loss])
    assert f"| metric loss | {LOSSES[loss]} |" in card(loss=loss)


def test_files_by_their_hash() -> None:
    text = card()
    for name, content in FILES.items():
        assert f"| `{name}` | {len(content):,} | `{hashlib.sha256(content).hexdigest()}` |" in text


@pytest.mark.parametrize("n", [1, 2, MOST_ROWS, MOST_ROWS + 1, 60, 1000])
def test_the_curve_has_its_ends_and_not_too_many_rows(n: int) -> None:
    rows = [line for line in card(n).splitlines() if re.match(r"\| \d+ \|", line)]
    assert rows[0] == "| 1 | 5.000 | 0.8000 | 0.000 |"
    last = history(n)[-1]
    assert rows[-1] == f"| {n} | {last.loss:.3f} | {last.auc:.4f} | {last.recall:.3f} |"
    assert len(rows) == len(set(rows)) <= MOST_ROWS + 1


def test_eight_bits_only_where_there_are_any() -> None:
    assert "mean cosine of 0.9987" in card()
    assert "8-bit" not in card(closeness=None)


def test_sections_and_lines() -> None:
    text = card()
    assert re.findall("^## (.*)", text, re.MULTILINE) == [
        "Files", "Data", "Training", "How training went", "Meant for", "Limits",
    ]  # fmt: skip
    assert text.endswith("\n")
    assert "{" not in text
    prose = [line for line in text.splitlines() if not line.startswith("|")]
    assert max(len(line) for line in prose) <= 100
    for line in text.splitlines():
        if line.startswith("|"):
            assert line.endswith(" |")


def test_bars_in_a_licence_do_not_break_the_table() -> None:
    facts = Facts(COMMAND, {"street": "MIT | CC0"}, (), FILES)
    assert r"| MIT \| CC0 |" in write_card(settings(), garments(), history(3), facts)


def test_versions() -> None:
    said = made_with("cpu")
    assert said[0].startswith("Python 3.")
    assert any(re.fullmatch(r"torch \d+\..*", each) for each in said)
    assert re.fullmatch(r"\d+ threads?", said[-1])
    assert made_with("cuda")[-1] == "a GPU"


def test_history_as_a_table() -> None:
    text = to_csv(history(3))
    assert text.endswith("\r\n")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [
        Epoch(int(r["number"]), *(float(r[k]) for k in ("loss", "auc", "recall"))) for r in rows
    ] == history(3)
