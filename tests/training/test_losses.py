"""Every loss draws views of one garment together."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from pytorch_metric_learning import losses
from torch.nn import functional

from clusterer.training.losses import ANNEALED, MetricLoss
from clusterer.training.settings import FACE_LOSS_NAMES, LOSS_NAMES

N, DIMENSION = 6, 16
LABELS = torch.arange(N).repeat(2)
EVERY = sorted({*LOSS_NAMES, *FACE_LOSS_NAMES, ANNEALED})
EVERY_LOSS = pytest.mark.parametrize("name", EVERY)


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
    shapes = {name: [tuple(p.shape) for p in make(name).parameters()] for name in EVERY}
    assert {name for name, found in shapes.items() if found} == {
        "arcface", "cosface", "sphereface", "softmax", ANNEALED,
    }  # fmt: skip
    assert shapes["arcface"] == [(DIMENSION, N)]
    assert shapes["softmax"] == [(N, DIMENSION), (N,)]


def test_softmax_by_hand() -> None:
    """One number, two people: logits 2x and 0, so the loss of x = 1 is log(1 + exp(-2))."""
    loss = MetricLoss("softmax", 2, 1)
    with torch.no_grad():
        loss.loss.linear.weight[:] = torch.tensor([[2.0], [0.0]])
        loss.loss.linear.bias[:] = 0.0
    value = loss(torch.tensor([[1.0]]), torch.tensor([0]))
    assert float(value.detach()) == pytest.approx(math.log1p(math.exp(-2.0)))


@pytest.mark.parametrize("name", ["arcface", "cosface", "sphereface", ANNEALED])
def test_scale(name: str) -> None:
    """SphereFace has no scale: it is the length of an embedding."""
    embeddings = torch.randn(2 * N, DIMENSION)
    torch.manual_seed(0)
    scaled = MetricLoss(name, N, DIMENSION, scale=4.0)
    plain = make(name)
    same = torch.allclose(scaled(embeddings, LABELS), plain(embeddings, LABELS))
    assert same == name.endswith("sphereface")
    longer = torch.allclose(plain(2 * embeddings, LABELS), plain(embeddings, LABELS))
    assert longer != name.endswith("sphereface")


def test_annealing_by_hand() -> None:
    """At right angles the plain cosine is 0 and SphereFace's -3; the other centre is at 0 degrees.

    Weights 1000 and 1 at first, 5 and 1 in the end: the loss is log(1 + exp(1 - mixed cosine)).
    """
    loss = MetricLoss(ANNEALED, 2, 2)
    with torch.no_grad():
        loss.loss.W[:] = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    embeddings, labels = torch.tensor([[1.0, 0.0]]), torch.tensor([0])
    for steps, mixed in ((0, -3 / 1001), (1, -3 / (1000 / 1.12 + 1)), (100_000, -0.5)):
        loss.loss.steps.fill_(steps)
        value = float(loss(embeddings, labels).detach())
        assert value == pytest.approx(math.log1p(math.exp(1 - mixed)), rel=1e-5)
        assert float(loss.loss.steps) == steps + 1
    plain = MetricLoss("sphereface", 2, 2)
    plain.loss.W.data[:] = loss.loss.W.data
    value = float(plain(embeddings, labels).detach())
    assert value == pytest.approx(math.log1p(math.exp(4.0)), rel=1e-5)
    assert "loss.steps" in loss.state_dict(), "goes on where it was interrupted"


@pytest.mark.filterwarnings("ignore:__array_wrap__:DeprecationWarning")  # SphereFace's
@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("arcface", losses.ArcFaceLoss),
        ("cosface", losses.CosFaceLoss),
        ("sphereface", losses.SphereFaceLoss),
    ],
)
def test_margins_are_those_of_the_library(name: str, theirs: Any) -> None:
    """Value and gradients."""
    ours, wanted = make(name), theirs(N, DIMENSION)
    wanted.W.data[:] = ours.loss.W.data
    embeddings = torch.randn(2 * N, DIMENSION)
    found = []
    for loss, centres in ((ours, ours.loss.W), (wanted, wanted.W)):
        some = embeddings.clone().requires_grad_()
        value = loss(some, LABELS)
        value.backward()
        found.append((value.detach(), some.grad, centres.grad))
    for one, other in zip(*found, strict=True):
        assert torch.allclose(one, other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ["arcface", "cosface", "sphereface", ANNEALED, "softmax"])
def test_nothing_waits_for_the_device(name: str) -> None:
    """``meta`` has no values: whatever asks for one, or for their number, fails."""
    loss = make(name).to("meta")
    embeddings = torch.randn(2 * N, DIMENSION, device="meta", requires_grad=True)
    value = loss(embeddings, LABELS.to("meta"))
    value.backward()
    assert value.is_meta
