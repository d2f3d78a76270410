"""HDR and wide gamuts → the picture that an SDR screen shows, by a table for FFmpeg's `lut3d`.

PyAV carries neither zscale nor libplacebo, and FFmpeg's `tonemap` needs one of them before it.

- PQ: SMPTE ST 2084, the EOTF. HLG: ITU-R BT.2100-2, table 5, on a screen of 1000 cd/m².
- The white of SDR is HDR's reference white, 203 cd/m² (ITU-R BT.2408-7, 2.2).
- Light up to 0.8 of that stays; what is brighter, to 1000 cd/m², is compressed by FFmpeg's Möbius
  curve (libavfilter/vf_tonemap.c), by the largest of R, G and B, so that hues stay.
- SDR is decoded and encoded by ITU-R BT.1886 (gamma 2.4).

Mean distances (L2, SFace) to the faces of the SDR film that it was made from, the sample film with
a white of 203 and of 100 cd/m²: PQ 0.16 and 0.20, HLG 0.11 and 0.17, worst face 0.24; as stored
0.42, 0.43, 0.27 and 0.24, worst 0.47; SDR encoded again 0.06. For a white of 203, a knee of 0.6
costs 0.02 to 0.04 and the EETF of BT.2390 0.03 to 0.04; taking 100 for white costs 0.2 to 0.3.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from av.filter import Graph
from av.video.format import VideoFormat
from av.video.frame import VideoFrame

from clusterer.core.files import writing
from clusterer.core.types import ImageArray

_Floats: TypeAlias = npt.NDArray[np.float64]
_PQ, _HLG = 16, 18
"""AVColorTransferCharacteristic."""
_BT2020 = 9
"""AVColorPrimaries."""
_PRIMARIES = {
    1: ((0.640, 0.330), (0.300, 0.600), (0.150, 0.060)),
    _BT2020: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060)),
}
"""Chromaticities (x, y) of R, G and B (ITU-T H.273, table 2): BT.709, BT.2020, Display P3."""
_D65 = (0.3127, 0.3290)
_WHITE, _PEAK = 203.0, 1000.0
"""Of SDR, and of HDR; cd/m²."""
_KNEE = 0.8
"""Of the light of SDR's white."""
_GAMMA = 2.4
_SIDE = 33
"""Entries per side of the table; the usual size."""
_LARGEST = 10_000.0
"""cd/m², at which PQ ends."""
FORMAT = "gbrp16le"
"""Of the pictures to convert: 8 bits of PQ are too few, and cost a distance of 0.02. In planes, a
picture of 1920x1080 takes 23 ms of a core; packed 69 ms."""


@dataclass(frozen=True, slots=True)
class Colours:
    """Transfer and primaries of pictures that need a table, as FFmpeg numbers them."""

    transfer: int
    primaries: int

    @property
    def is_hdr(self) -> bool:
        """Whether it is PQ or HLG."""
        return self.transfer in {_PQ, _HLG}


def colours_of(raw: VideoFrame) -> Colours | None:
    """Return the colours of a frame; None if a screen for SDR shows it as it is.

    PyAV states them from version 17 on; before, every frame counts as SDR.
    """
    transfer, primaries = getattr(raw, "color_trc", 0), getattr(raw, "color_primaries", 0)
    if transfer in {_PQ, _HLG}:
        return Colours(transfer, primaries if primaries in _PRIMARIES else _BT2020)
    wide = primaries in _PRIMARIES and primaries != 1
    return Colours(0, primaries) if wide else None


class ToSdr:
    """Converts pictures of one size and one kind of colours.

    Parameters
    ----------
    colours
    width_px, height_px
        Of the pictures.
    """

    def __init__(self, colours: Colours, width_px: int, height_px: int) -> None:
        with writing(Path("a temporary file"), "name a folder in TMPDIR that can be written to"):
            handle, name = tempfile.mkstemp(suffix=".cube")
        try:
            with writing(Path(name)), os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(_cube(colours))
            self._graph = Graph()
            if hasattr(self._graph, "threads"):  # else one per core for every picture
                self._graph.threads = 1
            source = self._graph.add_buffer(
                width=width_px, height=height_px, format=VideoFormat(FORMAT), time_base=Fraction(1)
            )
            table = self._graph.add("lut3d", file=name, interp="tetrahedral")
            sink = self._graph.add("buffersink")
            source.link_to(table)
            table.link_to(sink)
            self._graph.configure()
        finally:
            Path(name).unlink(missing_ok=True)

    def convert(self, frame: VideoFrame) -> ImageArray:
        """Convert a picture in `FORMAT`.

        Returns
        -------
        array of shape (height, width, 3), uint8, RGB, as an SDR screen shows it
        """
        self._graph.push(frame)
        wide = np.asarray(self._graph.pull().to_ndarray(), np.uint16)
        return np.asarray(wide >> 8, np.uint8)


def to_sdr(codes: _Floats, colours: Colours) -> _Floats:
    """Convert colours.

    Parameters
    ----------
    codes : array of shape (n, 3), R, G and B as encoded, 0 to 1
    colours
        Of the codes.

    Returns
    -------
    array of shape (n, 3), R, G and B of BT.709 as encoded for SDR, 0 to 1
    """
    light = _light(codes, colours.transfer) @ to_bt709(colours.primaries).T
    light = np.maximum(light, 0.0)
    if colours.is_hdr:
        largest = np.maximum(light.max(axis=1, keepdims=True), 1e-9)
        light *= _compressed(largest) / largest
    encoded: _Floats = np.clip(light, 0.0, 1.0) ** (1 / _GAMMA)
    return encoded


def _light(codes: _Floats, transfer: int) -> _Floats:
    """Light that a screen emits; 1 = the white of SDR."""
    if transfer == _PQ:
        return _pq_light(codes) / _WHITE
    if transfer == _HLG:
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        scene = np.where(codes <= 0.5, codes**2 / 3, (np.exp((codes - c) / a) + b) / 12)
        luminance = scene @ np.array([0.2627, 0.6780, 0.0593])
        screen: _Floats = scene * np.maximum(luminance, 1e-12)[:, None] ** 0.2 * _PEAK / _WHITE
        return screen
    light: _Floats = codes**_GAMMA
    return light


_M1, _M2 = 2610 / 16384, 2523 / 32
_C1, _C2, _C3 = 3424 / 4096, 2413 / 128, 2392 / 128
"""Of ST 2084."""


def _pq_light(codes: _Floats) -> _Floats:
    """PQ's codes → cd/m²."""
    power = codes ** (1 / _M2)
    light: _Floats = (np.maximum(power - _C1, 0) / (_C2 - _C3 * power)) ** (1 / _M1)
    return _LARGEST * light


def _compressed(light: _Floats) -> _Floats:
    """Light up to HDR's peak → up to 1; up to the knee it stays."""
    peak, knee = _PEAK / _WHITE, _KNEE
    light = np.minimum(light, peak)
    a = -(knee**2) * (peak - 1) / (knee**2 - 2 * knee + peak)
    b = (knee**2 - 2 * knee * peak + peak) / (peak - 1)
    bent = (b**2 + 2 * b * knee + knee**2) / (b - a) * (light + a) / (light + b)
    return np.where(light <= knee, light, bent)


def to_bt709(primaries: int) -> _Floats:
    """Matrix of shape (3, 3) from linear RGB of these primaries to that of BT.709."""
    matrix: _Floats = np.linalg.inv(_to_xyz(1)) @ _to_xyz(primaries)
    return matrix


def _to_xyz(primaries: int) -> _Floats:
    """Matrix from linear RGB to XYZ (SMPTE RP 177)."""
    columns = np.array([_xyz(*point) for point in _PRIMARIES[primaries]]).T
    scaled: _Floats = columns * np.linalg.solve(columns, _xyz(*_D65))
    return scaled


def _xyz(x: float, y: float) -> _Floats:
    return np.array([x / y, 1.0, (1 - x - y) / y])


def _cube(colours: Colours) -> str:
    """The table in Adobe's format ``.cube``; red changes fastest.

    Entries are scaled so that the high byte of 16 bits is the value rounded to 8.
    """
    steps = np.linspace(0.0, 1.0, _SIDE)
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    codes = np.stack([red.ravel(), green.ravel(), blue.ravel()], axis=1)
    entries = (to_sdr(codes, colours) * 255 + 0.5) * 256 / 65535
    rows = "\n".join("{:.7f} {:.7f} {:.7f}".format(*entry) for entry in entries.tolist())
    return f"LUT_3D_SIZE {_SIDE}\n{rows}\n"
