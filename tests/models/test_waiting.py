from typing import Any

import onnxruntime
import pytest

from clusterer.models.bundled import CLOTHING
from clusterer.models.runtime import open_session


def test_threads_sleep_while_they_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[onnxruntime.SessionOptions] = []
    session = onnxruntime.InferenceSession

    def noting(model: bytes, options: onnxruntime.SessionOptions, **others: Any) -> Any:
        opened.append(options)
        return session(model, options, **others)

    monkeypatch.setattr(onnxruntime, "InferenceSession", noting)
    open_session(CLOTHING.read(), 2, "clothing", "")
    assert opened[0].get_session_config_entry("session.intra_op.allow_spinning") == "0"
