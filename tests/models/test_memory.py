import subprocess
import sys
from pathlib import Path

import pytest

STATUS = Path("/proc/self/status")
SCRIPT = """
import re
from pathlib import Path

import numpy as np

from clusterer.clothing.encoder import ClothingEncoder
from clusterer.core.config import DetectionConfig, EncodingConfig
from clusterer.core.types import Frame
from clusterer.faces import alignment, detection, encoding
from clusterer.faces.encoding import onnx_network  # loads ONNX Runtime


def own_mb() -> float:
    return int(re.search(r"RssAnon:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024


before = own_mb()
encoder = encoding.create(EncodingConfig(encoder="sface"), 1)
clothing = ClothingEncoder(1)
detector = detection.create(DetectionConfig(), 1)
aligner = alignment.create(encoder.alignment, encoder.chip_size_px, encoder.padding)
picture = np.random.default_rng(0).integers(0, 256, (360, 640, 3), np.uint8)
for _ in range(2):
    detector.detect([Frame(0, 0, picture)])
    encoder.encode(np.stack([picture[:112, :112]] * 20))
    clothing.encode(np.stack([picture[:96, :96]] * 20))
print(own_mb() - before)
"""


@pytest.mark.skipif(not STATUS.exists(), reason="only Linux lists a process's own memory")
def test_the_networks_of_an_analysis_take_little_memory() -> None:
    """About 95 MB; 195 with an arena for each, and without giving back what loading leaves."""
    command = [sys.executable, "-c", SCRIPT]
    taken = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert 20 < float(taken) < 140
