"""What views keep of a face, and what they change."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from clusterer.training import face_views
from clusterer.training.face_views import (
    AFAR,
    NOISE,
    SHIFT,
    SMALLEST,
    TURN,
    ZOOM,
    Pose,
    draw_pose,
    from_afar,
    make_face_view,
    moved,
    whole_faces,
)
from clusterer.training.settings import Light
from tests.training.builder import SMALL_FACES, people

PEOPLE = people()


def test_views_differ_and_stay_in_range() -> None:
    pictures = torch.from_numpy(PEOPLE.pictures[:6]).permute(0, 3, 1, 2).float() / 255
    kept = pictures.clone()
    torch.manual_seed(1)
    views = make_face_view(pictures, 24)
    other = make_face_view(pictures, 24)
    assert views.shape == (6, 3, 24, 24)
    assert 0 <= views.min() <= views.max() <= 1
    assert not torch.equal(views, other)
    assert torch.equal(pictures, kept)
    torch.manual_seed(1)
    assert torch.equal(make_face_view(pictures, 24), views)


def test_views_are_of_their_picture() -> None:
    """Nearer to it, or to its mirror image, than to those of other people, for nearly all."""
    pictures = torch.from_numpy(PEOPLE.pictures[::5]).permute(0, 3, 1, 2).float() / 255
    torch.manual_seed(0)
    views = make_face_view(pictures.repeat(20, 1, 1, 1), SMALL_FACES.picture_px)
    apart = [
        ((views[:, None] - seen[None]) ** 2).mean((2, 3, 4))
        for seen in (pictures, pictures.flip(3))
    ]
    own = torch.arange(8).repeat(20)
    assert (torch.minimum(*apart).argmin(1) == own).float().mean() > 0.9
    plain, mirrored = (each[torch.arange(160), own] for each in apart)
    assert 0.3 < (mirrored < plain).float().mean() < 0.7


def test_views_stay_on_their_device() -> None:
    """As a GPU, ``meta`` refuses to be mixed; nothing depends on torch's default device."""
    assert make_face_view(torch.rand(4, 3, 18, 18, device="meta"), 16).is_meta


def test_whole_faces_are_only_smaller() -> None:
    pictures = torch.from_numpy(PEOPLE.pictures[:3]).permute(0, 3, 1, 2)
    seen = whole_faces(pictures, SMALL_FACES.size_px)
    assert (seen.shape, seen.dtype) == ((3, 16, 16, 3), torch.uint8)
    assert seen.is_contiguous()
    means = [each.float().mean((1, 2)) for each in (pictures.permute(0, 2, 3, 1), seen)]
    assert torch.allclose(*means, atol=4)
    assert torch.equal(whole_faces(pictures, 18), pictures.permute(0, 2, 3, 1))


PLAIN = {"zoom": 1.0, "turn": 0.0, "mirror": 1.0, "x": 0.0, "y": 0.0}
SIDE = 8
ROWS, COLUMNS = torch.meshgrid(torch.arange(SIDE), torch.arange(SIDE), indexing="ij")
NUMBERED = (10.0 * ROWS + COLUMNS).expand(1, 3, SIDE, SIDE)
"""Each pixel states its row and its column."""


def seen_in(size_px: int = SIDE, **pose: float) -> Tensor:
    """The first channel of a view of `NUMBERED`."""
    given = {name: torch.tensor([value]) for name, value in (PLAIN | pose).items()}
    return moved(NUMBERED, Pose(**given), size_px)[0, 0]


def numbers(rows: list[int], columns: list[int]) -> Tensor:
    return torch.tensor([[10.0 * row + column for column in columns] for row in rows])


FORWARD, BACKWARD = list(range(SIDE)), list(range(SIDE))[::-1]


@pytest.mark.parametrize(
    ("pose", "expected"),
    [
        ({}, numbers(FORWARD, FORWARD)),
        ({"mirror": -1.0}, numbers(FORWARD, BACKWARD)),
        # Two pixels to the right, and one up; beyond the edge, the picture is mirrored.
        ({"x": 0.5}, numbers(FORWARD, [2, 3, 4, 5, 6, 7, 7, 6])),
        ({"y": -0.25}, numbers([0, 0, 1, 2, 3, 4, 5, 6], FORWARD)),
        # The right edge of the view is the lower edge of the picture.
        ({"turn": math.pi / 2}, numbers(FORWARD, BACKWARD).T),
        ({"turn": math.pi}, numbers(BACKWARD, BACKWARD)),
    ],
)
def test_moves_by_hand(pose: dict[str, float], expected: Tensor) -> None:
    assert torch.allclose(seen_in(**pose), expected, atol=1e-3)


def test_zoom_by_hand() -> None:
    """Half of the side: pixels 2 to 5, at their middles if the view is as large."""
    assert torch.allclose(seen_in(4, zoom=0.5), numbers([2, 3, 4, 5], [2, 3, 4, 5]), atol=1e-3)


@pytest.mark.parametrize(
    ("side_px", "columns"),
    [
        (1, [3.5] * 8),
        (4, [0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 6.5]),  # means 0.5, 2.5, 4.5, 6.5, and between
        (8, [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]),
    ],
)
def test_from_afar_by_hand(side_px: int, columns: list[float]) -> None:
    middles = torch.tensor(columns)
    expected = 10 * middles[:, None] + middles
    assert torch.allclose(from_afar(NUMBERED, side_px), expected.expand(1, 3, 8, 8), atol=1e-3)


def test_poses_are_drawn_from_their_ranges() -> None:
    pose = draw_pose(4000, torch.device("cpu"))
    for values, (low, high) in (
        (pose.zoom, ZOOM),
        (pose.turn, (-TURN, TURN)),
        (pose.x, (-2 * SHIFT, 2 * SHIFT)),
        (pose.y, (-2 * SHIFT, 2 * SHIFT)),
    ):
        assert values.shape == (4000,)
        near = 0.01 * (high - low)
        assert low <= values.min() < low + near
        assert high - near < values.max() <= high
        assert float(values.mean()) == pytest.approx((low + high) / 2, abs=5 * near)
    assert set(pose.mirror.tolist()) == {-1.0, 1.0}
    assert 0.45 < (pose.mirror > 0).float().mean() < 0.55
    drawn = torch.stack([pose.zoom, pose.turn, pose.mirror, pose.x, pose.y])
    assert (torch.corrcoef(drawn) - torch.eye(5)).abs().max() < 0.1


def test_noise_is_of_any_strength(monkeypatch: pytest.MonkeyPatch) -> None:
    """Views of a grey wall in unchanged light, near or far, differ by the noise alone."""
    monkeypatch.setattr(face_views, "LIGHT", Light(0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    views = make_face_view(torch.full((400, 3, 18, 18), 0.5), 16)
    strength = (views - 0.5).std((1, 2, 3))
    assert strength.min() < 0.02 * NOISE
    assert 0.95 * NOISE < strength.max() < 1.1 * NOISE
    assert float(strength.mean()) == pytest.approx(NOISE / 2, rel=0.1)


def test_a_third_is_seen_from_afar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(face_views, "LIGHT", Light(0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    monkeypatch.setattr(face_views, "NOISE", 0.0)
    monkeypatch.setattr(face_views, "from_afar", lambda views, _: 0.0 * views)
    views = make_face_view(torch.full((1500, 3, 9, 9), 0.5), 8)
    assert float((views.amax((1, 2, 3)) == 0).float().mean()) == pytest.approx(AFAR, abs=0.04)


def test_far_faces_are_of_every_size(monkeypatch: pytest.MonkeyPatch) -> None:
    sides: list[int] = []

    def watched(views: Tensor, side_px: int) -> Tensor:
        sides.append(side_px)
        return views

    monkeypatch.setattr(face_views, "from_afar", watched)
    for _ in range(300):
        make_face_view(torch.rand(1, 3, 22, 22), 20)
    assert set(sides) == set(range(round(SMALLEST * 20), 21))
