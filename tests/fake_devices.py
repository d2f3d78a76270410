"""An accelerator that is none: sessions under its name that run on the CPU, and fail as told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnxruntime
import pytest

REAL = onnxruntime.InferenceSession
CPU = "CPUExecutionProvider"


@dataclass
class Card:
    """What the accelerator does, and what it saw.

    Attributes
    ----------
    provider : its name in ONNX Runtime
    loads : whether ONNX Runtime can load the provider; otherwise it takes the CPU without a word
    start_error : raised when a session is opened
    fails_from : number of the call from which on every run fails; None = never
    change : made to each output
    options : that sessions were opened with
    shapes : of the inputs of every run
    """

    provider: str = "CUDAExecutionProvider"
    loads: bool = True
    start_error: Exception | None = None
    fails_from: int | None = None
    change: Callable[[np.ndarray], np.ndarray] = field(default=lambda output: output)
    options: list[dict[str, str]] = field(default_factory=list)
    session_options: list[Any] = field(default_factory=list)
    shapes: list[tuple[int, ...]] = field(default_factory=list)

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put it beside the CPU."""
        names = [self.provider, CPU]
        monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: names)
        monkeypatch.setattr(onnxruntime, "InferenceSession", self.opened)
        monkeypatch.setattr(onnxruntime, "set_default_logger_severity", lambda _level: None)

    def opened(self, model: bytes, options: Any, **how: Any) -> Any:
        if how["providers"] == [CPU]:
            return REAL(model, options, **how)
        assert how["providers"] == [self.provider, CPU]
        assert how["enable_fallback"] is False  # ONNX Runtime's own prints
        self.options.append(how["provider_options"][0])
        self.session_options.append(options)
        if self.start_error is not None:
            raise self.start_error
        return _Session(self, REAL(model, options, providers=[CPU]))


class _Session:
    def __init__(self, card: Card, real: Any) -> None:
        self._card, self._real = card, real
        self.get_inputs, self.get_outputs = real.get_inputs, real.get_outputs

    def get_providers(self) -> list[str]:
        return [self._card.provider, CPU] if self._card.loads else [CPU]

    def run(self, outputs: Any, inputs: dict[str, np.ndarray], *options: Any) -> list[np.ndarray]:
        card = self._card
        card.shapes += [each.shape for each in inputs.values()]
        if card.fails_from is not None and len(card.shapes) >= card.fails_from:
            raise RuntimeError("out of memory\nat line 7 of a file of its own")
        return [card.change(each) for each in self._real.run(outputs, inputs, *options)]
