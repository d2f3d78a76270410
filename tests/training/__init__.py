"""Where the extra is missing, all that is in here is skipped."""

import pytest

for library in ("torch", "pytorch_metric_learning", "onnxscript"):
    pytest.importorskip(library, reason="the extra [train] is not installed")
