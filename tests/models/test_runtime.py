"""Sessions on devices: what they are opened with, and what happens when one fails."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import numpy as np
import onnxruntime
import pytest

from clusterer.core.errors import ModelError
from clusterer.models.devices import CPU, DEVICES
from clusterer.models.runtime import Session, open_session
from tests.fake_devices import Card
from tests.tiny_network import CARD, network

MODEL = network(CARD).SerializeToString()
PIXELS = np.random.default_rng(0).normal(size=(5, 3, 32, 32)).astype(np.float32)


def opened(device: str = "cpu", threads: int = 1) -> Session:
    return open_session(MODEL, threads, "tiny.onnx", "Look again", device)


@pytest.fixture(scope="module")
def expected() -> np.ndarray:
    return opened().run(None, {"pixels": PIXELS})[0]


def test_a_network_runs_on_the_device_asked_for(
    monkeypatch: pytest.MonkeyPatch, expected: np.ndarray
) -> None:
    card = Card()
    card.install(monkeypatch)
    session = opened("cuda", threads=3)
    assert np.array_equal(session.run(None, {"pixels": PIXELS})[0], expected)
    assert (session.device.name, session.trouble) == ("cuda", "")
    assert card.shapes == [(5, 3, 32, 32)]
    assert card.options == [{"use_tf32": "0", "cudnn_conv_algo_search": "HEURISTIC"}]
    (options,) = card.session_options
    assert options.intra_op_num_threads == 1  # the device has the work
    assert not options.enable_mem_pattern  # DirectML refuses it
    assert options.log_severity_level == 4


def test_openvino_gets_the_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    card = Card("OpenVINOExecutionProvider")
    card.install(monkeypatch)
    opened("openvino", threads=3)
    open_session(MODEL, 1, "tiny.onnx", "Look again", "openvino", device_threads=5)
    assert [each["num_of_threads"] for each in card.options] == ["3", "5"]
    assert all("cache_dir" not in each for each in card.options)


@pytest.mark.parametrize(
    ("card", "trouble"),
    [
        (Card(loads=False), "does not start (ONNX Runtime cannot load CUDAExecutionProvider)"),
        (
            Card(start_error=RuntimeError("libcudnn.so.9: not found.\nTraceback follows")),
            "does not start (libcudnn.so.9: not found)",
        ),
        (Card(start_error=ValueError()), "does not start (ValueError)"),
        (Card(fails_from=1), "fails (out of memory)"),
        (Card(fails_from=2), "fails (out of memory)"),
    ],
)
def test_the_cpu_takes_over_for_good(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    expected: np.ndarray,
    card: Card,
    trouble: str,
) -> None:
    card.install(monkeypatch)
    session = opened("cuda")
    for _ in range(3):
        assert np.array_equal(session.run(None, {"pixels": PIXELS})[0], expected)
    assert session.device == CPU
    assert session.trouble == f"the device cuda {trouble}; the CPU is used instead"
    assert len(card.options) == 1
    assert len(card.shapes) == (card.fails_from or 0)  # not asked again after it failed
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("fails_from", [None, 3])
def test_threads_take_turns_on_a_device(
    monkeypatch: pytest.MonkeyPatch, expected: np.ndarray, fails_from: int | None
) -> None:
    inside = Lock()

    def alone(output: np.ndarray) -> np.ndarray:
        assert inside.acquire(blocking=False), "two at once"
        time.sleep(0.01)
        inside.release()
        return output

    card = Card(change=alone, fails_from=fails_from)
    card.install(monkeypatch)
    session = opened("cuda")
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: session.run(None, {"pixels": PIXELS})[0], range(8)))
    assert all(np.array_equal(each, expected) for each in found)
    assert session.device.name == ("cpu" if fails_from else "cuda")
    assert len(card.shapes) == (fails_from or 8)
    assert session.trouble == (
        "the device cuda fails (out of memory); the CPU is used instead" if fails_from else ""
    )


def test_a_provider_that_is_not_built_in_does_not_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [CPU.provider])
    session = opened("cuda")
    assert session.device == CPU
    assert "has no CUDAExecutionProvider" in session.trouble


def test_a_long_cause_is_shortened(monkeypatch: pytest.MonkeyPatch) -> None:
    Card(start_error=RuntimeError("x" * 5000)).install(monkeypatch)
    assert len(opened("cuda").trouble) < 250


def test_inputs_that_fail_everywhere_are_not_the_fault_of_the_device(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    card = Card()
    card.install(monkeypatch)
    session = opened("cuda")
    with pytest.raises(Exception, match="rank"):
        session.run(None, {"pixels": PIXELS[0]})
    assert (session.device.name, session.trouble) == ("cuda", "")


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_a_failure(
    monkeypatch: pytest.MonkeyPatch, expected: np.ndarray, value: float
) -> None:
    Card(change=lambda output: np.where(output > 0, np.float32(value), output)).install(monkeypatch)
    session = opened("cuda")
    assert np.array_equal(session.run(None, {"pixels": PIXELS})[0], expected)
    assert "its numbers are not finite" in session.trouble


def test_numbers_that_are_not_finite_on_the_cpu_either_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Card().install(monkeypatch)
    session = opened("cuda")
    (found,) = session.run(None, {"pixels": np.full_like(PIXELS, np.nan)})
    assert np.isnan(found).any()
    assert (session.device.name, session.trouble) == ("cuda", "")


def test_a_damaged_network_is_reported_as_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    Card(start_error=RuntimeError("Protobuf parsing failed")).install(monkeypatch)
    damaged = network(CARD)
    damaged.graph.node[0].op_type = "Nothing"
    with pytest.raises(ModelError, match=r"tiny\.onnx is damaged"):
        open_session(damaged.SerializeToString(), 1, "tiny.onnx", "Look again", "cuda")


@pytest.mark.parametrize(
    ("device", "count", "size", "lengths", "filled"),
    [
        ("cpu", 0, 16, [], []),
        ("cpu", 35, 16, [16, 16, 3], [16, 16, 3]),
        ("cpu", 3, 1, [1, 1, 1], [1, 1, 1]),
        ("cuda", 3, 16, [3], [64]),
        ("cuda", 130, 16, [64, 64, 2], [64, 64, 64]),
        ("cuda", 3, 1, [1, 1, 1], [1, 1, 1]),  # the network takes no more
        ("openvino", 10, 16, [4, 4, 2], [4, 4, 2]),
    ],
)
def test_batches_suit_the_device(  # noqa: PLR0917 (pytest passes by name)
    monkeypatch: pytest.MonkeyPatch,
    device: str,
    count: int,
    size: int,
    lengths: list[int],
    filled: list[int],
) -> None:
    Card(DEVICES[device].provider).install(monkeypatch)
    rows = np.arange(1, count + 1, dtype=np.uint8)[:, None]
    parts = list(opened(device).batches(rows, size))
    assert [part.stop - part.start for part, _ in parts] == lengths
    assert [len(batch) for _, batch in parts] == filled
    assert [n for part, _ in parts for n in range(part.start, part.stop)] == [*range(count)]
    for part, batch in parts:
        kept = part.stop - part.start
        assert np.array_equal(batch[:kept], rows[part])
        assert not batch[kept:].any()
        assert batch.dtype == rows.dtype
