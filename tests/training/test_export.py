"""What is shipped says what was trained."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from clusterer.core.errors import ModelError
from clusterer.training import export as module
from clusterer.training.clothing import ClothingTrainer
from clusterer.training.export import TOLERANCE, run
from clusterer.training.network import ClothingNet, export_clothing
from clusterer.training.quantise import closeness, quantise
from tests.training.builder import garments, settings

SIDE_PX, DIMENSION = 32, 16


@pytest.fixture(scope="module")
def trainer() -> ClothingTrainer:
    """Trained, so that batch norms and masks are not what they start from."""
    made = ClothingTrainer(garments(40), settings(epochs=4, width=8))
    made.run()
    return made


@pytest.fixture(scope="module")
def network(trainer: ClothingTrainer) -> ClothingNet:
    return trainer.network


@pytest.fixture(scope="module")
def exported(network: ClothingNet) -> bytes:
    return export_clothing(network, SIDE_PX)


@pytest.fixture(scope="module")
def quantised(exported: bytes, trainer: ClothingTrainer) -> bytes:
    return quantise(exported, trainer.torsos(24))


@pytest.mark.parametrize("n", [1, 5, 16, 21])
def test_outputs_equal_those_of_torch(exported: bytes, trainer: ClothingTrainer, n: int) -> None:
    torsos = trainer.torsos(n)
    assert len(torsos) == n
    with torch.no_grad():
        embeddings, masks = trainer.network(torch.from_numpy(torsos).permute(0, 3, 1, 2) / 255)
    said = run(exported, torsos)
    assert said[0].dtype == said[1].dtype == np.float32
    assert said[0].shape == (n, DIMENSION)
    assert said[1].shape == (n, SIDE_PX // 4, SIDE_PX // 4)
    assert np.abs(said[0] - embeddings.numpy()).max() < TOLERANCE
    assert np.abs(said[1] - masks[:, 0].numpy()).max() < TOLERANCE


def test_one_file_that_old_runtimes_read(exported: bytes, quantised: bytes) -> None:
    for content in (exported, quantised):
        model = onnx.load_from_string(content)
        onnx.checker.check_model(model)
        assert [(each.domain, each.version) for each in model.opset_import] == [("", 18)]
        assert model.ir_version <= 10
        assert not any(weights.external_data for weights in model.graph.initializer)
        assert "BatchNormalization" not in {node.op_type for node in model.graph.node}


def test_names_and_shapes(exported: bytes, quantised: bytes) -> None:
    for content in (exported, quantised):
        session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
        (taken,) = session.get_inputs()
        assert (taken.name, taken.type) == ("torsos", "tensor(uint8)")
        assert taken.shape == ["n", SIDE_PX, SIDE_PX, 3]
        given = {each.name: each.shape for each in session.get_outputs()}
        assert given == {"embeddings": ["n", DIMENSION], "masks": ["n", 8, 8]}


def test_the_export_hides_the_path_of_the_source(exported: bytes) -> None:
    for word in (b"stack_trace", b"network.py", b"site-packages", b"File "):
        assert word not in exported


def test_the_same_bytes_twice_and_the_network_as_it_was(
    exported: bytes, network: ClothingNet
) -> None:
    before = {name: value.clone() for name, value in network.state_dict().items()}
    network.train()
    assert export_clothing(network, SIDE_PX) == exported
    assert network.training
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_a_wrong_export_is_not_kept(network: ClothingNet, monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(content: bytes, torsos: np.ndarray) -> list[np.ndarray]:
        embeddings, masks = run(content, torsos)
        return [embeddings, masks + 0.01]

    monkeypatch.setattr(module, "run", wrong)
    with pytest.raises(ModelError, match=r"exported masks are 0\.01 from those of the trained"):
        export_clothing(network, SIDE_PX)


def test_eight_bits(exported: bytes, quantised: bytes, trainer: ClothingTrainer) -> None:
    assert len(quantised) < 0.5 * len(exported)
    held_out = trainer.torsos(100, held_out=True)
    assert 0.97 < closeness(exported, quantised, held_out) < 1
    assert closeness(exported, exported, held_out) == pytest.approx(1)
    assert quantise(exported, trainer.torsos(24)) == quantised
    weights = onnx.load_from_string(quantised).graph.initializer
    rounded = [w for w in weights if w.data_type == onnx.TensorProto.INT8 and len(w.dims) == 4]
    assert len(rounded) == 20, "all but those of the mask"
    assert all(np.abs(onnx.numpy_helper.to_array(w)).max() <= 64 for w in rounded), "no overflow"
