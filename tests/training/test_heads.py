"""Colours, kinds and masks: what a network must say beside which garment it is."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from clusterer.training.heads import Heads, Seen, mask_loss, palette

RED, BLUE = (1.0, 0.0, 0.0), (0.0, 0.0, 0.99)
RED_CELL, BLUE_CELL, GREY_CELL = 3 * 16, 3, 2 * 16 + 2 * 4 + 2


def test_palette_by_hand() -> None:
    """Above red, below blue and grey, of which the mask shows a half of the red and all grey."""
    pictures = torch.zeros(1, 3, 8, 8)
    pictures[0, :, :4] = torch.tensor(RED).view(3, 1, 1)
    pictures[0, :, 4:, :4] = torch.tensor(BLUE).view(3, 1, 1)
    pictures[0, :, 4:, 4:] = 0.6
    masks = torch.zeros(1, 1, 8, 8)
    masks[..., :4, :4] = 1
    masks[..., 4:, 4:] = 1
    shares = palette(pictures, masks)
    assert shares.shape == (1, 64)
    assert shares[0, RED_CELL] == pytest.approx(0.5, abs=1e-4)
    assert shares[0, GREY_CELL] == pytest.approx(0.5, abs=1e-4)
    assert shares[0, BLUE_CELL] == pytest.approx(0.0, abs=1e-4)
    whole = palette(pictures, torch.ones(1, 1, 8, 8))
    assert whole[0, [RED_CELL, BLUE_CELL, GREY_CELL]].tolist() == pytest.approx([0.5, 0.25, 0.25])


@given(st.integers(1, 5), st.sampled_from([8, 32]), st.integers(0, 99), st.floats(0, 1))
def test_palette_sums_to_one(n: int, side_px: int, seed: int, share: float) -> None:
    torch.manual_seed(seed)
    masks = (torch.rand(n, 1, side_px, side_px) < share).float()
    shares = palette(torch.rand(n, 3, side_px, side_px), masks)
    assert torch.allclose(shares.sum(1), torch.ones(n), atol=1e-5)
    assert (shares >= 0).all()


def seen(masks: torch.Tensor, has_mask: list[bool]) -> Seen:
    views = torch.zeros(len(masks), 3, *masks.shape[2:])
    return Seen(views, masks, torch.tensor(has_mask), torch.zeros(len(masks), 64))


def test_only_known_masks_count() -> None:
    masks = torch.ones(2, 1, 8, 8)
    said = torch.zeros(2, 1, 2, 2)
    said[1] = -50.0
    assert float(mask_loss(said, seen(masks, [True, False]))) == pytest.approx(math.log(2))
    assert float(mask_loss(said, seen(masks, [False, True]))) == pytest.approx(50.0)
    assert float(mask_loss(said, seen(masks, [False, False]))) == 0.0
    said[:] = 50.0
    assert float(mask_loss(said, seen(masks, [True, True]))) == pytest.approx(0.0, abs=1e-6)


def test_heads_learn_from_both() -> None:
    heads = Heads(10, 3)
    described = torch.rand(4, 10, requires_grad=True)
    loss = heads(described, torch.tensor([0, 1, 2, 0]), torch.full((4, 64), 1 / 64))
    loss.backward()
    assert loss.isfinite()
    for parameter in heads.parameters():
        assert parameter.grad is not None
        assert parameter.grad.isfinite().all()
        assert parameter.grad.abs().sum() > 0
