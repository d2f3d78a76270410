"""Every test of the training starts from the same random state."""

from __future__ import annotations

import pytest
import torch


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Seed torch, whose state the tests before would otherwise decide."""
    torch.manual_seed(0)
