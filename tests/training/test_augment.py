"""What views keep of a garment, and what they change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from clusterer.training import augment
from clusterer.training.augment import FILL, Lighting, Studio
from clusterer.training.settings import Light
from tests.training.builder import garments

N, READ_PX, SIDE_PX = 8, 44, 32
STUDIO = Studio(
    torch.randint(0, 256, (4, 3, READ_PX, READ_PX), dtype=torch.uint8), SIDE_PX, Light()
)


def tensors(n: int = N) -> tuple[Tensor, Tensor, Tensor]:
    """Pictures, masks, has_mask of garments."""
    some = garments(n, READ_PX)
    pictures = torch.from_numpy(some.pictures).permute(0, 3, 1, 2).float() / 255
    masks = torch.from_numpy(some.masks).float()[:, None] / 255
    return pictures, masks, torch.from_numpy(some.has_mask)


def within_range(*found: Tensor) -> None:
    for each in found:
        assert each.isfinite().all()
        assert each.min() >= 0
        assert each.max() <= 1


STEPS: dict[str, Callable[[Tensor, Tensor, Tensor], tuple[Tensor, ...]]] = {
    "silhouette": lambda p, m, h: augment.silhouette(p, m, h, m)[:2],
    "recolour": lambda p, m, _: (augment.recolour(p), m),
    "occlude": lambda p, m, _: augment.occlude(p, m),
    "degrade": lambda p, m, _: (augment.degrade(p.clone()), m),
    "relight": lambda p, m, _: (augment.relight(p, Light()), m),
    "cut off": lambda p, m, _: augment.cut_off(p, m),
}
EVERY_STEP = pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)


@EVERY_STEP
def test_steps_keep_the_shape(step) -> None:
    pictures, masks, has_mask = tensors()
    seen, where = step(pictures, masks, has_mask)
    assert seen.shape == pictures.shape
    assert where.shape == masks.shape
    assert seen.isfinite().all()
    within_range(where)


@EVERY_STEP
def test_steps_change_something_and_not_their_input(step) -> None:
    pictures, masks, has_mask = tensors()
    kept = pictures.clone(), masks.clone()
    seen, _ = step(pictures, masks, has_mask)
    assert not torch.equal(seen, pictures)
    assert torch.equal(pictures, kept[0])
    assert torch.equal(masks, kept[1])


@pytest.mark.parametrize("name", sorted(STEPS.keys() - {"degrade"}))
def test_steps_stay_on_their_device(name: str) -> None:
    """As a GPU, ``meta`` refuses to be mixed; it computes nothing, so `degrade` gets no size."""
    with torch.device("meta"):
        shapes = torch.rand(N, 3, READ_PX, READ_PX), torch.rand(N, 1, READ_PX, READ_PX)
        seen, _ = STEPS[name](*shapes, torch.zeros(N, dtype=torch.bool))
        assert seen.is_meta


@given(st.integers(1, 6), st.sampled_from([32, 64]), st.integers(0, 99))
def test_views(n: int, size_px: int, seed: int) -> None:
    studio = Studio(STUDIO.backgrounds, size_px, Light())
    torch.manual_seed(seed)
    views, masks = augment.make_view(*tensors(n), studio)
    assert views.shape == (n, 3, size_px, size_px)
    assert masks.shape == (n, 1, size_px, size_px)
    within_range(views, masks)
    torch.manual_seed(seed)
    again, _ = augment.make_view(*tensors(n), studio)
    assert torch.equal(views, again), "the same seed"
    other, _ = augment.make_view(*tensors(n), studio)
    assert not torch.equal(views, other)


def test_views_without_backgrounds() -> None:
    studio = Studio(torch.zeros(0, 3, READ_PX, READ_PX, dtype=torch.uint8), SIDE_PX, Light())
    within_range(*augment.make_view(*tensors(), studio))


@given(st.integers(0, 99))
def test_the_mask_follows_the_move(seed: int) -> None:
    _, masks, _ = tensors()
    masks[:] = masks[0]
    torch.manual_seed(seed)
    known = torch.ones(N, dtype=torch.bool)
    moved, outline = augment.move(masks.expand(N, 3, -1, -1), masks, known, SIDE_PX)
    # Beside the picture lies its reflection, and no garment.
    assert (moved - outline).min() > -1e-5
    assert outline.mean() > 0.02
    middle = outline[(moved > 0.99).all(1, keepdim=True)]
    assert (middle > 0.99).float().mean() > 0.5


def test_without_mask_all_is_garment() -> None:
    pictures, masks, has_mask = tensors()
    _, outline = augment.move(pictures, masks, has_mask, SIDE_PX)
    assert (outline[~has_mask] == 1).all()
    assert (outline[has_mask].amin((1, 2, 3)) < 1).all()


@pytest.mark.parametrize("step", [augment.occlude, augment.cut_off])
def test_what_hides_takes_away_from_the_mask(step) -> None:
    pictures, masks, _ = tensors(64)
    seen, where = step(pictures, masks)
    assert (where <= masks + 1e-6).all()
    assert where.sum() < masks.sum()
    untouched = (where == masks) & (masks > 0)
    assert torch.equal(seen * untouched, pictures * untouched)


def test_what_is_cut_off_has_the_colour_of_nothing() -> None:
    pictures, masks, _ = tensors(64)
    seen, where = augment.cut_off(pictures, torch.ones_like(masks))
    fill = torch.tensor(FILL).view(1, 3, 1, 1).expand_as(seen)
    hidden = (where == 0).expand_as(seen)
    assert hidden.any()
    assert torch.equal(seen[hidden], fill[hidden])


def test_garments_without_mask_get_a_silhouette() -> None:
    pictures, masks, has_mask = tensors()
    lent = torch.zeros(1, 1, READ_PX, READ_PX)
    lent[..., 10:20, 10:20] = 1
    seen, where, known = augment.silhouette(pictures, masks, has_mask, lent, share=1.0)
    assert known.all()
    assert torch.equal(where[~has_mask], lent.expand(int((~has_mask).sum()), -1, -1, -1))
    assert torch.equal(where[has_mask], masks[has_mask])
    assert torch.equal(seen[has_mask], pictures[has_mask])
    unchanged = augment.silhouette(pictures, masks, has_mask, lent[:0], share=1.0)
    assert [torch.equal(*pair) for pair in zip(unchanged, tensors(), strict=True)] == [True] * 3


def test_colours_turn_for_the_share_that_is_asked() -> None:
    pictures, _, _ = tensors(32)
    assert torch.equal(augment.recolour(pictures, 0.0), pictures)
    within_range(augment.recolour(pictures, 1.0))
    changed = (augment.recolour(pictures, 0.5) != pictures).flatten(1).any(1)
    assert 4 < changed.sum() < 28
    assert (augment.recolour(pictures, 1.0) != pictures).flatten(1).any(1).all()


def test_no_light_is_no_change() -> None:
    pictures, _, _ = tensors()
    still = Light(*[0.0] * 6)
    assert torch.allclose(augment.relight(pictures.clamp(1e-4, 1), still), pictures, atol=2e-4)


SAME = {"gamma": 1.0, "gain": 1.0, "across": 0.0, "down": 0.0, "saturation": 1.0, "contrast": 1.0}
PIXEL = (0.2, 0.4, 0.8)
GREY = 0.299 * 0.2 + 0.587 * 0.4 + 0.114 * 0.8


def lighting(n: int = 1, **changes: float | tuple[float, ...]) -> Lighting:
    given = {name: torch.tensor(value) for name, value in (SAME | changes).items()}
    return Lighting(**{name: each.view(1, -1, 1, 1).expand(n, -1, 1, 1)
                       for name, each in given.items()})  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, PIXEL),
        ({"gamma": 2.0}, (0.04, 0.16, 0.64)),
        ({"gain": (0.5, 1.0, 1.5)}, (0.1, 0.4, 1.2)),
        ({"saturation": 0.0}, (GREY, GREY, GREY)),
        ({"saturation": 2.0}, tuple(2 * value - GREY for value in PIXEL)),
        # The mean grey of the view is that of a black and the pixel: half of the pixel's.
        ({"contrast": 0.0}, (GREY / 2, GREY / 2, GREY / 2)),
        ({"contrast": 2.0}, tuple(2 * value - GREY / 2 for value in PIXEL)),
        ({"gamma": 2.0, "gain": 0.5, "saturation": 0.0}, (0.5 * (0.299 * 0.04 + 0.587 * 0.16
         + 0.114 * 0.64),) * 3),
    ],
)  # fmt: skip
def test_light_by_hand(change: dict[str, float], expected: tuple[float, ...]) -> None:
    """Of a view of a black pixel above another."""
    view = torch.tensor([[0.0, 0.0, 0.0], PIXEL]).T.reshape(1, 3, 2, 1)
    seen = augment.relit(view, lighting(**change))
    assert seen[0, :, 1, 0].tolist() == pytest.approx(list(expected), abs=2e-4)


def test_light_that_falls_from_a_side_by_hand() -> None:
    seen = augment.relit(torch.full((1, 3, 3, 3), 0.5), lighting(across=0.2, down=-0.4))
    expected = [[0.6, 0.7, 0.8], [0.4, 0.5, 0.6], [0.2, 0.3, 0.4]]
    assert torch.allclose(seen[0, 1], torch.tensor(expected), atol=1e-6)


def test_each_view_has_its_own_light() -> None:
    views, drawn = torch.rand(5, 3, 6, 6), augment.draw_light(5, Light(), torch.device("cpu"))
    alone = [
        augment.relit(
            views[row : row + 1],
            Lighting(*(getattr(drawn, each.name)[row : row + 1] for each in fields(drawn))),
        )
        for row in range(5)
    ]
    assert torch.allclose(augment.relit(views, drawn), torch.cat(alone), atol=1e-6)


def test_lights_are_drawn_from_their_ranges() -> None:
    light = Light(0.3, 0.2, 0.04, 0.25, 0.4, 0.15)
    drawn = augment.draw_light(4000, light, torch.device("cpu"))
    for values, low, high in (
        (drawn.gamma.log(), -0.2, 0.2),
        (drawn.across, -0.15, 0.15),
        (drawn.down, -0.15, 0.15),
        (drawn.saturation, 0.6, 1.4),
        (drawn.contrast, 0.75, 1.25),
    ):
        near = 0.01 * (high - low)
        assert values.shape == (4000, 1, 1, 1)
        assert low - 1e-6 <= values.min() < low + near
        assert high - near < values.max() <= high + 1e-6
    exposure = drawn.gain.mean(1).log()
    assert float(exposure.std()) == pytest.approx(0.6 / 12**0.5, rel=0.1), "uniform"
    balance = drawn.gain / drawn.gain.mean(1, keepdim=True)
    assert float(balance.std(1).mean()) == pytest.approx(0.04 * 0.886, rel=0.1), "of three"


@pytest.mark.parametrize("step", ["relight", "spread"])
def test_new_numbers_are_made_on_the_device(step: str) -> None:
    device = torch.device("meta")
    if step == "relight":
        assert augment.relight(torch.rand(2, 3, 4, 4, device=device), Light()).is_meta
    else:
        assert augment.spread(2, 0.0, 1.0, device).is_meta
        assert augment.chance(2, 0.5, device).is_meta
