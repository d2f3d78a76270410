"""Shapes of what the network says, and that it looks at the garment."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from clusterer.training.network import ClothingNet, _mean


@settings(max_examples=12)
@given(
    st.integers(1, 3), st.sampled_from([32, 64, 96]), st.sampled_from([4, 6]), st.integers(2, 20)
)
def test_shapes_and_lengths(n: int, side_px: int, width: int, dimension: int) -> None:
    torch.manual_seed(0)
    network = ClothingNet(width, dimension).eval()
    with torch.no_grad():
        embeddings, masks = network(torch.rand(n, 3, side_px, side_px))
    assert embeddings.shape == (n, dimension)
    assert torch.allclose(embeddings.norm(dim=1), torch.ones(n), atol=1e-5)
    assert masks.shape == (n, 1, side_px // 4, side_px // 4)
    assert masks.min() >= 0
    assert masks.max() <= 1


def test_each_torso_on_its_own() -> None:
    torch.manual_seed(0)
    network = ClothingNet(4, 16).eval()
    torsos = torch.rand(5, 3, 32, 32)
    with torch.no_grad():
        together, _ = network(torsos)
        alone = torch.cat([network(each[None])[0] for each in torsos])
    assert torch.allclose(together, alone, atol=1e-5)


def test_descriptions_have_the_stated_length() -> None:
    network = ClothingNet(4, 16)
    described, where = network.describe(torch.rand(2, 3, 64, 64))
    assert described.shape == (2, network.features)
    assert where.shape == (2, 1, 16, 16)


def test_every_weight_learns() -> None:
    torch.manual_seed(0)
    network = ClothingNet(4, 16)
    embeddings, masks = network(torch.rand(4, 3, 32, 32))
    (embeddings[:, 0].sum() + masks.sum()).backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name


@pytest.mark.parametrize("scale", [1, 2])
def test_the_mean_is_of_the_garment(scale: int) -> None:
    found = torch.rand(1, 3, 4, 4)
    weight = torch.zeros(1, 1, 4 * scale, 4 * scale)
    weight[..., :scale, scale : 2 * scale] = 1
    assert torch.allclose(_mean(found, weight), found[..., 0, 1])
    even = torch.ones_like(weight)
    assert torch.allclose(_mean(found, even), found.mean((2, 3)))
