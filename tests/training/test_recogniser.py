"""Shapes of what the network says, of which size and stem ever, and that its file says the same."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import nn

from clusterer.training.export import TOLERANCE, run
from clusterer.training.recogniser import FaceNet, embed_chips, export_face
from clusterer.training.settings import BACKBONES, STEMS


@pytest.mark.parametrize("backbone", BACKBONES)
def test_backbones(backbone: str) -> None:
    network = FaceNet(backbone, 32, 8).eval()
    with torch.no_grad():
        embeddings = network(torch.rand(2, 3, 32, 32))
    assert embeddings.shape == (2, 8)
    assert torch.allclose(embeddings.norm(dim=1), torch.ones(2), atol=1e-5)
    blocks = {"resnet18": 8, "resnet34": 16, "resnet50": 16}[backbone]
    assert sum(len(getattr(network.body, f"layer{n}")) for n in (1, 2, 3, 4)) == blocks


@pytest.mark.parametrize("stem", ["large", "small"])
@pytest.mark.parametrize("size_px", [16, 33, 48, 112])
def test_any_size_fits(size_px: int, stem: str) -> None:
    network = FaceNet("resnet18", size_px, 4, stem)
    assert network.embed(torch.rand(2, 3, size_px, size_px)).shape == (2, 4)


def test_every_weight_learns() -> None:
    torch.manual_seed(0)
    network = FaceNet("resnet18", 32, 8)
    network(torch.rand(4, 3, 32, 32))[:, 0].sum().backward()
    for name, parameter in network.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name


def test_the_file_gives_the_outputs_of_torch() -> None:
    """Of the small stem; of the large one, `test_face_release` does."""
    torch.manual_seed(0)
    network = FaceNet("resnet18", 32, 8, "small")
    for _ in range(3):  # so that batch norms are not what they start from
        network.embed(torch.rand(8, 3, 32, 32))
    network.eval()
    content = export_face(network, 32)
    chips = np.random.default_rng(0).integers(0, 256, (5, 32, 32, 3)).astype(np.uint8)
    with torch.no_grad():
        expected = network(torch.from_numpy(chips).permute(0, 3, 1, 2) / 255).numpy()
    (said,) = run(content, chips)
    assert np.abs(said - expected).max() < TOLERANCE
    assert np.allclose(embed_chips(network, torch.from_numpy(chips), 2), expected, atol=1e-5)
    onnx.checker.check_model(onnx.load_from_string(content))
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    (taken,), (given,) = session.get_inputs(), session.get_outputs()
    assert (taken.name, taken.type, taken.shape) == ("chips", "tensor(uint8)", ["n", 32, 32, 3])
    assert (given.name, given.type, given.shape) == ("embeddings", "tensor(float)", ["n", 8])


@pytest.mark.parametrize("stem", STEMS)
@pytest.mark.parametrize("size_px", [16, 17, 33, 112])
def test_the_smallest_map_that_is_halved(stem: str, size_px: int) -> None:
    network, sides = FaceNet(size_px=size_px, dimension=4, stem=stem).eval(), []
    for module in network.modules():
        if isinstance(module, nn.Conv2d) and module.stride == (2, 2):
            module.register_forward_pre_hook(lambda _, given: sides.append(given[0].shape[-1]))
    network.embed(torch.zeros(1, 3, size_px, size_px))
    assert network.least_halved_px == min(sides)
