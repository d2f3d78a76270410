"""Every loss draws views of one garment together."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from clusterer.training.losses import MetricLoss
from clusterer.training.settings import LOSS_NAMES

N, DIMENSION = 6, 16
LABELS = torch.arange(N).repeat(2)
EVERY_LOSS = pytest.mark.parametrize("name", LOSS_NAMES)


def make(name: str) -> MetricLoss:
    torch.manual_seed(0)
    return MetricLoss(name, N, DIMENSION, 0.07)


@EVERY_LOSS
def test_gradients_are_finite(name: str) -> None:
    loss = make(name)
    embeddings = functional.normalize(torch.randn(2 * N, DIMENSION), dim=1).requires_grad_()
    value = loss(embeddings, LABELS)
    value.backward()
    assert value.shape == ()
    assert value.isfinite()
    assert embeddings.grad is not None
    assert embeddings.grad.isfinite().all()
    assert embeddings.grad.abs().sum() > 0
    for centres in loss.parameters():
        assert centres.grad is not None
        assert centres.grad.isfinite().all()


@EVERY_LOSS
def test_falls_as_views_of_one_garment_come_together(name: str) -> None:
    loss = make(name)
    embeddings = functional.normalize(torch.randn(2 * N, DIMENSION), dim=1).requires_grad_()
    optimizer = torch.optim.Adam([embeddings, *loss.parameters()], lr=0.05)
    values = []
    for _ in range(60):
        optimizer.zero_grad()
        value = loss(functional.normalize(embeddings, dim=1), LABELS)
        value.backward()
        optimizer.step()
        values.append(float(value.detach()))
    assert values[-1] < 0.8 * values[0]
    learnt = functional.normalize(embeddings.detach(), dim=1)
    near = learnt[:N] @ learnt[N:].T
    assert (near.argmax(1) == torch.arange(N)).all()


def test_centres_are_learnt_where_there_are_any() -> None:
    shapes = {name: [tuple(p.shape) for p in make(name).parameters()] for name in LOSS_NAMES}
    assert {name for name, found in shapes.items() if found} == {"arcface", "cosface", "sphereface"}
    assert shapes["arcface"] == [(DIMENSION, N)]
