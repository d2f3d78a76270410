"""Tables by sample rate."""

from __future__ import annotations

import pytest

pytest.importorskip("benchmarks", reason="the benchmarks are not part of this distribution")

from benchmarks.people.accuracy import Ratios, print_by_rate


def test_tables_by_rate(capsys: pytest.CaptureFixture[str]) -> None:
    calls: list[tuple[str, float]] = []

    def ratios_of(name: str, rate_hz: float) -> Ratios:
        calls.append((name, rate_hz))
        f = rate_hz / 8 if name == "one" else 0.75
        return {"b_cubed_f": f, "assigned_b_cubed_precision": 1.0, "track_purity": 0.5}

    print_by_rate(["one", "two"], [4.0, 6.0], ratios_of)
    assert calls == [("one", 4.0), ("one", 6.0), ("two", 4.0), ("two", 6.0)]
    printed = [line for line in capsys.readouterr().out.splitlines() if line]
    assert printed[:7] == [
        "F, by samples per second",
        "| clip | 4 | 6 | mean | worst | spread |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        "| one | 0.500 | 0.750 | 0.625 | 0.500 | 0.250 |",
        "| two | 0.750 | 0.750 | 0.750 | 0.750 | 0.000 |",
        "| **mean** | 0.625 | 0.750 | 0.688 | 0.625 | 0.125 |",
        "| **worst** | 0.500 | 0.750 | 0.625 | 0.500 | 0.250 |",
    ]
    assert printed[7].startswith("precision of assigned faces")
    assert printed[-1] == "| **worst** | 0.500 | 0.500 | 0.500 | 0.500 | 0.000 |"
