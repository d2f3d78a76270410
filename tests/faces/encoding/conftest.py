from __future__ import annotations

import hashlib
import io
import shutil
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import dlib
import numpy as np
import pytest

from clusterer.core.errors import ModelError
from clusterer.core.types import Detections, Frame, ImageArray
from clusterer.faces import alignment
from clusterer.faces.encoding import ENCODERS, Encoder
from clusterer.faces.encoding.base import NETWORK
from clusterer.faces.encoding.cards import RETAIL_FILES
from clusterer.models.cache import ENVIRONMENT_VARIABLE
from clusterer.models.download import ENVIRONMENT_VARIABLE as MODELS
from clusterer.models.download import Download
from tests.tiny_network import network, write_network

SHARED = Path(__file__).parents[4] / "shared"
PHOTOGRAPHS, MODEL_FILES = SHARED / "faces" / "lfw10.tar", SHARED / "models"
FACE = np.array([185.0, 65.0, 260.0, 170.0], np.float32)  # of skimage's astronaut

Chips = Callable[[Encoder], ImageArray]


@pytest.fixture(scope="package", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep converted weights out of the user's own cache."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(ENVIRONMENT_VARIABLE, str(folder))
        yield folder


@pytest.fixture(scope="module")
def stand_ins(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[set[str]]:
    """Names of encoders whose weights are not available; small networks replace them."""
    folder = tmp_path_factory.mktemp("models")
    for file in RETAIL_FILES if MODEL_FILES.is_dir() else ():
        shutil.copyfile(MODEL_FILES / file.name, folder / file.name)
    names = set()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(MODELS, str(folder))
        for name, entry in ENCODERS.built_in.items():
            try:
                for file in entry.files:
                    file.find()
            except ModelError:
                assert entry.card is not None
                content = network(entry.card).SerializeToString()
                names.add(name)
                file = entry.files[0]
                (folder / file.name).write_bytes(content)
                if isinstance(file, Download):
                    digest = hashlib.sha256(content).hexdigest()
                    file = replace(file, digest=digest, size_bytes=len(content))
                patch.setitem(ENCODERS.built_in, name, replace(entry, home=NETWORK, files=(file,)))
        yield names


@pytest.fixture(scope="session")
def own(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a user's network."""
    return write_network(tmp_path_factory.mktemp("own") / "tiny.onnx")


@pytest.fixture(scope="session")
def astronaut() -> ImageArray:
    image: ImageArray = pytest.importorskip("skimage.data").astronaut()
    return image


def cut_out(encoder: Encoder, views: list[tuple[ImageArray, np.ndarray]]) -> ImageArray:
    """Chips, as the encoder expects them, of faces with known boxes."""
    aligner = alignment.create(encoder.alignment, encoder.chip_size_px, encoder.padding)
    chips = []
    for image, box in views:
        detections = Detections.of_frame(Frame(0, 0, image), box[None], [1.0])
        chips.append(aligner.align(image, detections))
    return np.concatenate(chips)


@pytest.fixture(scope="session")
def one_person(astronaut: ImageArray) -> Chips:
    """Chips of one face: as it is, mirrored, blurred, darker, smaller, box moved, rotated."""
    width = astronaut.shape[1]
    mirrored_face = np.array([width - FACE[2], FACE[1], width - FACE[0], FACE[3]])
    turn = cv2.getRotationMatrix2D((222, 117), 12, 1.0)
    views = [
        (astronaut, FACE),
        (astronaut[:, ::-1], mirrored_face),
        (cv2.GaussianBlur(astronaut, (0, 0), 1), FACE),
        (astronaut // 2, FACE),
        (cv2.resize(astronaut, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), FACE / 2),
        (astronaut[60:, 150:300], FACE - np.tile([150, 60], 2)),
        (astronaut, FACE + np.tile([2, -3], 2)),
        (cv2.warpAffine(astronaut, turn, (512, 512)), FACE),
    ]
    return lambda encoder: cut_out(encoder, views)


@pytest.fixture(scope="session")
def ten_people() -> tuple[Chips, np.ndarray]:
    """Chips of two photographs each of ten people, and their numbers."""
    if not PHOTOGRAPHS.is_file():
        pytest.skip("the labelled photographs are not here")
    find = dlib.get_frontal_face_detector()
    views: list[tuple[ImageArray, np.ndarray]] = []
    people: list[str] = []
    with tarfile.open(PHOTOGRAPHS) as archive:
        for member in sorted(archive.getmembers(), key=lambda m: m.name):
            person = member.name.split("/")[-2] if member.isfile() else ""
            if not member.name.endswith(".jpg") or people.count(person) == 2:
                continue
            content = io.BytesIO(archive.extractfile(member).read()).getbuffer()
            image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]
            image = np.ascontiguousarray(image)
            faces = find(image, 0)
            if len(faces) == 1:
                # dlib's square is 0.8 of the height of a tight box, its centre 0.05 lower
                height, middle = faces[0].height() / 0.8, faces[0].center()
                top = middle.y - 0.55 * height
                views.append((image, np.array([middle.x - 40, top, middle.x + 40, top + height])))
                people.append(person)
    return lambda encoder: cut_out(encoder, views), np.array(people)
