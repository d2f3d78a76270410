from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clusterer.core.errors import ConfigError
from clusterer.core.timecode import frame_number, nominal_rate, parse_time_s, spoken, timecode

FILM = Fraction(24000, 1001)
PAL = Fraction(25)
NTSC = Fraction(30000, 1001)
NTSC_60 = Fraction(60000, 1001)

# Drop-frame: 1800 frames in the first minute of ten, 1798 in each later one, 17982 in ten minutes,
# 107892 in an hour. At 59.94 Hz twice as many.
DROP_FRAME = [
    (0, "00:00:00;00"),
    (1799, "00:00:59;29"),
    (1800, "00:01:00;02"),
    (1801, "00:01:00;03"),
    (3597, "00:01:59;29"),
    (3598, "00:02:00;02"),
    (17981, "00:09:59;29"),
    (17982, "00:10:00;00"),
    (17982 + 1800, "00:11:00;02"),
    (107892, "01:00:00;00"),
    (24 * 107892 - 1, "23:59:59;29"),
]


@pytest.mark.parametrize(("count", "expected"), DROP_FRAME)
def test_drop_frame(count: int, expected: str) -> None:
    assert timecode(count, NTSC, "00:00:00;00") == expected
    assert frame_number(expected, NTSC) == count


@pytest.mark.parametrize(
    ("count", "rate", "start", "expected"),
    [
        (0, PAL, None, "00:00:00:00"),
        (24, PAL, None, "00:00:00:24"),
        (25, PAL, None, "00:00:01:00"),
        (90000, PAL, None, "01:00:00:00"),
        (26, PAL, "10:00:00:00", "10:00:01:01"),
        (1, PAL, "23:59:59:24", "00:00:00:00"),
        (24, FILM, None, "00:00:01:00"),
        (1800, NTSC, None, "00:01:00:00"),
        (1800, NTSC, "01:00:00:00", "01:01:00:00"),
        (1, NTSC, "00:00:59;29", "00:01:00;02"),
        (1, NTSC, "23:59:59;29", "00:00:00;00"),
        (3600, NTSC_60, "00:00:00;00", "00:01:00;04"),
        (35964, NTSC_60, "00:00:00;00", "00:10:00;00"),
        # A semicolon at another rate is only a way of writing.
        (1500, PAL, "00:00:00;00", "00:01:00:00"),
        (1800, Fraction(30), "00:00:00;00", "00:01:00:00"),
        (1800, Fraction(2997, 100), "00:00:00;00", "00:01:00;02"),
    ],
)
def test_timecode(count: int, rate: Fraction, start: str | None, expected: str) -> None:
    assert timecode(count, rate, start) == expected


@given(
    st.integers(0, 24 * 107892 - 1),
    st.sampled_from([FILM, PAL, NTSC, NTSC_60]),
    st.sampled_from(["00:00:00:00", "00:00:00;00"]),
)
def test_round_trip(count: int, rate: Fraction, start: str) -> None:
    count %= 24 * 3600 * 23
    assert frame_number(timecode(count, rate, start), rate) == count


@pytest.mark.parametrize(
    "text",
    ["", "1:2:3:4", "00:00:00", "00:60:00:00", "24:00:00:00", "00:00:00:30", "00:01:00;01", "x"],
)
def test_bad_timecode(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        frame_number(text, NTSC)
    assert text in caught.value.cause
    assert caught.value.remedy


def test_bad_numbers() -> None:
    with pytest.raises(ValueError, match="frame_count"):
        timecode(-1, PAL)
    with pytest.raises(ValueError, match="frame rate"):
        nominal_rate(Fraction(0))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0.0),
        ("90", 90.0),
        (" 90.25 ", 90.25),
        (".5", 0.5),
        ("1:30", 90.0),
        ("90:00", 5400.0),
        ("00:01:30.5", 90.5),
        ("2:00:00", 7200.0),
    ],
)
def test_parse_time(text: str, expected: float) -> None:
    assert parse_time_s(text) == expected


@pytest.mark.parametrize(
    "text", ["", "-1", "1:60", "1:60:00", "1:2:3:4", "nan", "inf", "1e3", "1,5", "ten", "00:61"]
)
def test_parse_bad_time(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_time_s(text)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1.0, "0.0 s"),
        (0.0, "0.0 s"),
        (0.04, "0.0 s"),
        (0.05, "0.1 s"),
        (0.25, "0.3 s"),  # halves up: not to the even digit
        (0.35, "0.4 s"),
        (0.1 + 0.2 + 0.15, "0.5 s"),  # 0.45, and what arithmetic made of it
        (4.24, "4.2 s"),
        (59.94, "59.9 s"),
        (59.95, "1 min 00 s"),
        (59.96, "1 min 00 s"),
        (60.0, "1 min 00 s"),
        (60.49, "1 min 00 s"),
        (60.5, "1 min 01 s"),
        (61.5, "1 min 02 s"),
        (62.4999999999, "1 min 03 s"),
        (119.4, "1 min 59 s"),
        (119.5, "2 min 00 s"),
        (119.96, "2 min 00 s"),
        (185.2, "3 min 05 s"),
        (3599.4, "59 min 59 s"),
        (3599.5, "1 h 00 min"),
        (3720.0, "1 h 02 min"),
        (3750.0, "1 h 03 min"),
        (36000.0, "10 h 00 min"),
    ],
)
def test_spoken(seconds: float, words: str) -> None:
    assert spoken(seconds) == words


@given(st.floats(0, 400_000))
def test_spoken_is_near_and_never_sixty(seconds: float) -> None:
    words = spoken(seconds).split()
    values = dict(zip(words[1::2], map(float, words[::2]), strict=True))
    total = values.get("h", 0) * 3600 + values.get("min", 0) * 60 + values.get("s", 0)
    step = 60 if "h" in values else 1 if "min" in values else 0.1
    assert abs(total - seconds) <= step / 2 + 1e-4
    assert values.get("s", 0) < 60
    assert values.get("min", 0) < 60
