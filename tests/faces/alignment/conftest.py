from __future__ import annotations

import pytest

from clusterer.core.types import ImageArray


@pytest.fixture(scope="session")
def astronaut() -> ImageArray:
    image: ImageArray = pytest.importorskip("skimage.data").astronaut()
    return image
