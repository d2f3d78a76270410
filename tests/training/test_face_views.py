"""What views keep of a face, and what they change."""

from __future__ import annotations

import torch

from clusterer.training.face_views import make_face_view, whole_faces
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
    """As a GPU, ``meta`` refuses to be mixed."""
    with torch.device("meta"):
        assert make_face_view(torch.rand(4, 3, 18, 18), 16).is_meta


def test_whole_faces_are_only_smaller() -> None:
    pictures = torch.from_numpy(PEOPLE.pictures[:3]).permute(0, 3, 1, 2)
    seen = whole_faces(pictures, SMALL_FACES.size_px)
    assert (seen.shape, seen.dtype) == ((3, 16, 16, 3), torch.uint8)
    assert seen.is_contiguous()
    means = [each.float().mean((1, 2)) for each in (pictures.permute(0, 2, 3, 1), seen)]
    assert torch.allclose(*means, atol=4)
    assert torch.equal(whole_faces(pictures, 18), pictures.permute(0, 2, 3, 1))
