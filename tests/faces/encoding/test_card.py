"""Cards: parsing, validation and error messages."""

from __future__ import annotations

import math
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.config import EncoderCurves
from clusterer.core.errors import ConfigError, ModelError
from clusterer.faces.encoding.card import CHOICES, Card, parse_card, read_card, to_toml

SMALL = """
size_px = 112
alignment = "five-point"
dimension = 512
metric = "cosine"
threshold = 0.6
"""
WHOLE = """
size_px = 112
channels = "BGR"
layout = "NHWC"
dtype = "float32"
mean = [127.5, 127.5, 127]
scale = [0.0078125, 0.0078125, 1]
alignment = "box"
padding = 0.3
dimension = 512
metric = "l2"
threshold = 1
normalise = true
licence = "MIT"
name = "Nächstes"
"""
TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
ALIGNMENTS = CHOICES["alignment"]


def card(text: str) -> Card:
    return parse_card(text.encode(), "net.toml")


def test_defaults() -> None:
    assert card(SMALL) == Card(
        size_px=112,
        alignment="five-point",
        dimension=512,
        metric="cosine",
        threshold=0.6,
        channels="RGB",
        layout="NCHW",
        dtype="float32",
        mean=(0.0, 0.0, 0.0),
        scale=(1.0, 1.0, 1.0),
        padding=None,
        normalise=True,
        licence="",
        name="",
    )


def test_all_keys(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(WHOLE, "utf-8")
    result = read_card(tmp_path / "a.toml")
    assert result.mean == (127.5, 127.5, 127.0)
    assert result.scale == (0.0078125, 0.0078125, 1.0)
    assert (result.channels, result.layout, result.padding) == ("BGR", "NHWC", 0.3)
    assert (result.metric, result.normalise, result.name) == ("l2", True, "Nächstes")


@pytest.mark.parametrize(
    ("alignment", "padding"),
    [("dlib", 0.25), ("box", 0.2), ("five-point", 0.0), ("five-point-tight", 0.0)],
)
def test_default_padding(alignment: str, padding: float) -> None:
    assert card(SMALL.replace("five-point", alignment)).margin == padding


@pytest.mark.parametrize(("metric", "normalise"), [("cosine", True), ("l2", False)])
def test_default_of_normalise(metric: str, normalise: bool) -> None:
    assert card(SMALL.replace("cosine", metric)).normalise is normalise


def test_uint8() -> None:
    assert card(SMALL + 'dtype = "uint8"').dtype == "uint8"


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ("size_px = 112 ->", "the key 'size_px' is missing"),
        ("dimension = 512 ->", "the key 'dimension' is missing"),
        ("-> colour = 3", "there is no key 'colour'"),
        ("size_px = 112 -> size_px = 8", "size_px is 8. It must be a whole number from 16"),
        ("size_px = 112 -> size_px = 112.0", "size_px is 112.0. It must be a whole number"),
        ("size_px = 112 -> size_px = true", "size_px is True"),
        ("dimension = 512 -> dimension = 0", "dimension is 0"),
        (
            "five-point -> eyes",
            "alignment is 'eyes'. It must be one of five-point, five-point-tight, dlib, box",
        ),
        ("cosine -> l1", "metric is 'l1'. It must be one of l2, cosine"),
        ("threshold = 0.6 -> threshold = 0", "threshold is 0. It must be a number above 0"),
        ("threshold = 0.6 -> threshold = 2.1", "threshold is 2.1"),
        ("threshold = 0.6 -> threshold = nan", "threshold is nan"),
        ('threshold = 0.6 -> threshold = "a"', "threshold is 'a'"),
        ('-> channels = "GRB"', "channels is 'GRB'"),
        ("-> channels = 3", "channels is 3"),
        ("-> channels = []", "channels is []"),
        ('-> layout = "HWC"', "layout is 'HWC'"),
        ('-> dtype = "float16"', "dtype is 'float16'"),
        ("-> mean = [1, 2]", "mean is [1, 2]. It must be three numbers"),
        ("-> mean = 127.5", "mean is 127.5. It must be three numbers"),
        ('-> mean = [1, 2, "3"]', "mean is [1, 2, '3']"),
        ("-> scale = [1, 0, 1]", "scale is [1, 0, 1]. It must be three numbers other than 0"),
        ("-> padding = -0.1", "padding is -0.1. It must be a number from 0 to 2"),
        ("-> padding = 0.1", "padding contradicts alignment = 'five-point'"),
        ("-> normalise = 1", "normalise is 1. It must be true or false"),
        ("-> normalise = false", "normalise = false contradicts metric = 'cosine'"),
        ('-> dtype = "uint8"\nmean = [1, 1, 1]', "mean and scale contradict dtype = 'uint8'"),
        ("-> licence = 3", "licence is 3. It must be text"),
        ("size_px = 112 -> size_px =", "is not a TOML file"),
        ("-> [table]", "there is no key 'table'"),
        ('"five-point" -> []', "alignment is []"),
        ('"five-point" -> [[]]', "alignment is [[]]"),
        ('"five-point" -> {a = 1}', "alignment is {'a': 1}"),
        (f"0.6 -> {'9' * 400}", "is not a TOML file (a number of more than 64 bits)"),
        (f"0.6 -> {'9' * 5000}", "is not a TOML file ("),
        (f"0.6 -> {'[' * 100_000}", "is not a TOML file (it is nested too deeply)"),
        (f"0.6 -> {'[' * 90}{']' * 90}", "is not a TOML file (it is nested too deeply)"),
        (f"-> {'a.' * 50_000}b = 1", "is not a TOML file (it is nested too deeply)"),
        (f"-> {'a.' * 900}b = 1", "is not a TOML file (it is nested too deeply)"),
        (f"-> {'a' * 9000} = 1", "there is no key 'aaaa"),
        (f'0.6 -> "{"a" * 9000}"', "threshold is 'aaaa"),
        (f"-> mean = [1, 2, {'9' * 400}]", "is not a TOML file (a number of more than 64 bits)"),
        (f"-> centre = [{'9' * 30}]", "is not a TOML file (a number of more than 64 bits)"),
    ],
    ids=lambda value: value[:40],
)
def test_invalid_cards_are_rejected(change: str, cause: str) -> None:
    old, new = (part.strip() for part in f" {change} ".split(" ->"))
    text = SMALL.replace(old, new) if old else SMALL + new
    with pytest.raises(ConfigError) as caught:
        card(text)
    assert str(caught.value).startswith(f"net.toml: {cause}") or cause in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400
    assert caught.value.remedy


def test_files_that_are_not_cards(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"Cannot read .*\(no such file or directory\)\. Write a"):
        read_card(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="is not a TOML file"):
        parse_card(b"\xff\xfe", "x.toml")


@given(st.floats(1e-3, 2), st.sampled_from(["l2", "cosine"]))
def test_thresholds_of_unit_vectors_convert_between_metrics(threshold: float, metric: str) -> None:
    result = Card(
        size_px=112, alignment="box", dimension=9, metric=metric, threshold=threshold,
        normalise=True,
    ).thresholds  # fmt: skip
    assert result[metric] == threshold
    # two unit vectors at an angle: 1 - cos and the chord
    angle = math.acos(1 - result["cosine"])
    chord = math.hypot(1 - math.cos(angle), math.sin(angle))
    assert result["l2"] == pytest.approx(chord, abs=2e-3)


def test_other_vectors_have_one_threshold() -> None:
    assert card(SMALL.replace("cosine", "l2")).thresholds == {"l2": 0.6}


def trained(alignment: str, padding: float | None, threshold: float, *texts: str) -> Card:
    """A card as training writes it."""
    licence, name = texts
    return Card(
        size_px=112, alignment=alignment, padding=padding, dimension=512, threshold=threshold,
        licence=licence, name=name, layout="NHWC", dtype="uint8", metric="cosine",
    )  # fmt: skip


def test_keys_are_written_in_the_order_of_the_fields() -> None:
    assert to_toml(trained("box", 0.25, 0.36, "CC0 1.0", "small")) == (
        'size_px = 112\nalignment = "box"\npadding = 0.25\ndimension = 512\nthreshold = 0.36\n'
        'licence = "CC0 1.0"\nname = "small"\nchannels = "RGB"\nlayout = "NHWC"\n'
        'dtype = "uint8"\nmetric = "cosine"\nnormalise = true\n'
    )


@given(TEXTS, TEXTS, st.floats(1e-3, 2.0), st.sampled_from(ALIGNMENTS))
def test_written_cards_are_read_back(
    licence: str, name: str, threshold: float, alignment: str
) -> None:
    written = to_toml(trained(alignment, None, threshold, licence, name))
    read = tomllib.loads(written)
    assert read.get("licence", "") == licence
    assert read.get("name", "") == name
    assert read["threshold"] == threshold
    assert "padding" not in read
    assert "mean" not in read, "the network normalises pixels itself"
    assert "scale" not in read
    assert card(written) == trained(alignment, None, threshold, licence, name)


@pytest.mark.parametrize("text", [SMALL, WHOLE])
def test_any_text_is_read_back(text: str) -> None:
    assert card(to_toml(card(text))) == card(text)


CURVES = "unit = 0.6\ntolerance = [[0, 1]]\nface_neutral = [[0.0, 1.2], [0.5, 1]]\n"


def test_curves_and_unit() -> None:
    plain = card(SMALL)
    assert (plain.unit, plain.curves) == (None, EncoderCurves())
    own = card(SMALL + CURVES)
    assert own.unit == 0.6
    assert own.curves == EncoderCurves(
        tolerance=((0.0, 1.0),), face_neutral=((0.0, 1.2), (0.5, 1.0))
    )
    assert parse_card(to_toml(own).encode(), "mine.toml") == own


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("unit = 0", "unit is 0. It must be a number above 0, at most 2"),
        ("tolerance = 1", "tolerance is 1. It must be pairs of numbers"),
        ("tolerance = [[0, 1, 2]]", "It must be pairs of numbers"),
        ("tolerance = [[0, '1']]", "It must be pairs of numbers"),
        ("tolerance = [[0.1, 1]]", "the tolerance's qualities do not rise from 0"),
        ("face_slope = [[0, 0]]", "factor of curve face_slope is 0"),
        ("reliability = [[0, 0.995]]", "factor of reliability is 0.995"),
        ("reliability = [[0.1, 0.5]]", "the reliability's qualities do not rise from 0"),
        ("reliability = 0.5", "reliability is 0.5. It must be pairs of numbers"),
        ("spread = 0", "spread of different people is 0"),
        ("spread = true", "spread is True. It must be a number"),
        ("variation = 1.5", "variation of a person is 1.5"),
        ("variation = '0.3'", "variation is '0.3'. It must be a number"),
    ],
)
def test_wrong_curves(line: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(problem)):
        card(f"{SMALL}{line}\n")


STATISTICS = "reliability = [[0, 0.1], [1, 0.6]]\nspread = 0.1\nvariation = 0.3\n"


def test_statistics() -> None:
    own = card(SMALL + STATISTICS)
    assert own.curves == EncoderCurves(
        reliability=((0.0, 0.1), (1.0, 0.6)), spread=0.1, variation=0.3
    )
    assert card(to_toml(own)) == own


def test_centre() -> None:
    text = SMALL.replace("dimension = 512", "dimension = 3") + "centre = [0.1, 0, -0.5]\n"
    assert card(text).centre == (0.1, 0.0, -0.5)
    assert card(to_toml(card(text))) == card(text)


def test_what_a_card_does_not_state_is_not_written() -> None:
    written = to_toml(card(SMALL))
    for key in ("centre", "reliability", "spread", "variation", "unit", "tolerance"):
        assert key not in written


@pytest.mark.parametrize(
    ("centre", "problem"),
    [
        ("[0.1, 0.2]", "centre is [0.1, 0.2]. It must be 3 numbers"),
        ("[]", "centre is []. It must be 3 numbers"),
        ("0", "centre is 0. It must be 3 numbers"),
        ("[0.1, 0.2, nan]", "It must be 3 numbers"),
        ("[0.1, 0.2, true]", "It must be 3 numbers"),
    ],
)
def test_wrong_centres(centre: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(problem)):
        card(SMALL.replace("dimension = 512", "dimension = 3") + f"centre = {centre}\n")


def test_a_centre_needs_embeddings_of_length_1() -> None:
    text = SMALL.replace("dimension = 512", "dimension = 1").replace("cosine", "l2")
    with pytest.raises(ConfigError, match=r"centre needs embeddings of length 1\. Set normalise"):
        card(f"{text}centre = [0.1]\n")
    assert card(f"{text}centre = [0.1]\nnormalise = true\n").centre == (0.1,)
