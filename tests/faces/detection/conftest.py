from __future__ import annotations

from collections.abc import Iterator

import pytest

from clusterer.models.download import ENVIRONMENT_VARIABLE
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def downloaded() -> Iterator[None]:
    """Take models that need a download from the folder of the labelled clips."""
    with pytest.MonkeyPatch.context() as patch:
        folder = ROOT.parent / "shared" / "models"
        if folder.is_dir():
            patch.setenv(ENVIRONMENT_VARIABLE, str(folder))
        yield
