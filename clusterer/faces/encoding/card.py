"""The card of a network: how its input is made, and what its embeddings mean.

It is a TOML file beside the ONNX file, read and written here. Importing this loads no library for
networks.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from clusterer.core.config import METRICS, EncoderCurves
from clusterer.core.errors import ConfigError, ModelError
from clusterer.core.files import read_file, reading
from clusterer.core.parse import parse_toml
from clusterer.core.text import brief
from clusterer.faces.alignment import ALIGNMENTS

CHOICES: Mapping[str, tuple[str, ...]] = {
    "channels": ("RGB", "BGR"),
    "layout": ("NCHW", "NHWC"),
    "dtype": ("float32", "uint8"),
    "alignment": tuple(ALIGNMENTS.built_in),
    "metric": METRICS,
}
"""Key → its values; besides these, an alignment may be a plug-in."""
MOST_BYTES = 1 << 22
"""Largest card that is read: a centre of 65,536 numbers takes 1.5 MB."""
NEEDED = ("size_px", "alignment", "dimension", "metric", "threshold")
"""Keys without a default."""
CURVES = ("tolerance", "face_neutral", "face_slope", "reliability")
SPREADS = ("spread", "variation")
Pairs = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What must be known of a network that turns chips into embeddings.

    Attributes
    ----------
    size_px : side of the square chips, 16 to 1024
    alignment : ``five-point`` (ArcFace's template), ``five-point-tight`` (Open Model Zoo's),
        ``dlib``, ``box``, or a plug-in
    padding : margin on each side as a share of the box, 0 to 2; 0 for ``five-point`` and
        ``five-point-tight``. None = that of the alignment: 0.25 for ``dlib``, 0.2 for ``box``
    dimension : length of an embedding, 1 to 65536
    threshold : largest distance, in `metric`, at which two embeddings are one person; above 0, at
        most 2
    licence, name : as text, or empty
    channels : ``RGB`` or ``BGR``, what the network's first channel is
    layout : ``NCHW`` or ``NHWC``
    dtype : ``float32``, or ``uint8`` for a network that normalises pixels itself
    metric : ``l2`` or ``cosine``
    normalise : whether embeddings are brought to length 1; None = for ``cosine`` only, which needs
        it
    mean, scale : of each channel, in the order of `channels`, pixels being 0 to 255: `mean` is
        subtracted, then `scale` multiplied; with ``uint8`` 0 and 1
    unit : `TrackingConfig.unit` of its embeddings; None = their L2 threshold
    centre : `dimension` numbers, what all embeddings have in common: subtracted from an embedding
        of length 1, which is brought to length 1 again; empty = nothing. Needs `normalise`
    spread, variation : numbers, as in `EncoderCurves`; None = not measured
    tolerance, face_neutral, face_slope, reliability : pairs of quality and value, as there; None =
        dlib's

    Raises
    ------
    ConfigError
        A value is out of its range, or contradicts another.
    """

    size_px: int
    alignment: str
    padding: float | None = None
    dimension: int
    threshold: float
    licence: str = ""
    name: str = ""
    channels: str = "RGB"
    layout: str = "NCHW"
    dtype: str = "float32"
    metric: str
    normalise: bool | None = None
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    scale: tuple[float, float, float] = (1.0, 1.0, 1.0)
    unit: float | None = None
    tolerance: Pairs | None = None
    face_neutral: Pairs | None = None
    face_slope: Pairs | None = None
    reliability: Pairs | None = None
    spread: float | None = None
    variation: float | None = None
    centre: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        for key, known in CHOICES.items():
            value = getattr(self, key)
            if isinstance(value, str) and value in known:
                continue
            more = () if key != "alignment" else set(ALIGNMENTS.names()) - set(known)
            if not isinstance(value, str) or value not in more:
                raise _wrong(key, value, f"one of {', '.join([*known, *sorted(more)])}")
        for key in ("licence", "name"):
            if not isinstance(getattr(self, key), str):
                raise _wrong(key, getattr(self, key), "text")
        self._check_numbers()
        self._check_curves()
        self._check_together()
        if self.normalise is None:
            object.__setattr__(self, "normalise", self.metric == "cosine")

    def _check_numbers(self) -> None:
        for key, low, high in (("size_px", 16, 1024), ("dimension", 1, 65536)):
            value = getattr(self, key)
            if type(value) is not int or not low <= value <= high:
                raise _wrong(key, value, f"a whole number from {low} to {high}")
        if not _is_number(self.threshold) or not 0 < self.threshold <= 2:
            raise _wrong("threshold", self.threshold, "a number above 0, at most 2")
        if self.padding is not None and not (_is_number(self.padding) and 0 <= self.padding <= 2):
            raise _wrong("padding", self.padding, "a number from 0 to 2")
        if self.normalise is not None and not isinstance(self.normalise, bool):
            raise _wrong("normalise", self.normalise, "true or false")
        for key in ("mean", "scale"):
            value = getattr(self, key)
            if not isinstance(value, (list, tuple)) or len(value) != 3:
                raise _wrong(key, value, "three numbers")
            if not all(map(_is_number, value)) or (key == "scale" and 0 in value):
                raise _wrong(key, value, f"three numbers{' other than 0' * (key == 'scale')}")
            object.__setattr__(self, key, tuple(map(float, value)))

    def _check_curves(self) -> None:
        if self.unit is not None and not (_is_number(self.unit) and 0 < self.unit <= 2):
            raise _wrong("unit", self.unit, "a number above 0, at most 2")
        for key in SPREADS:
            value = getattr(self, key)
            if value is not None and not _is_number(value):
                raise _wrong(key, value, "a number")
        for key in CURVES:
            value = getattr(self, key)
            if value is None:
                continue
            if not isinstance(value, (list, tuple)) or not all(map(_is_pair, value)):
                raise _wrong(key, value, "pairs of numbers, as [[0.0, 1.0], [1.0, 1.2]]")
            object.__setattr__(self, key, tuple((float(a), float(b)) for a, b in value))
        self.curves  # noqa: B018 (checks their ranges)

    def _check_together(self) -> None:
        if self.metric == "cosine" and self.normalise is False:
            raise ConfigError(
                "normalise = false contradicts metric = 'cosine'", "Leave normalise out"
            )
        if self.centre != ():
            self._check_centre()
        if self.dtype == "uint8" and (any(self.mean) or set(self.scale) != {1.0}):
            raise ConfigError(
                "mean and scale contradict dtype = 'uint8'", "Such a network normalises itself"
            )
        known = ALIGNMENTS.built_in.get(self.alignment)  # plug-ins are not imported for a card
        if known is not None and known.padding is None and self.padding:
            raise ConfigError(
                f"padding contradicts alignment = {self.alignment!r}", "Leave padding out"
            )

    def _check_centre(self) -> None:
        found = self.centre
        numbers = isinstance(found, (list, tuple)) and all(map(_is_number, found))
        if not numbers or len(found) != self.dimension:
            raise _wrong("centre", found, f"{self.dimension} numbers")
        if self.metric != "cosine" and not self.normalise:
            raise ConfigError("centre needs embeddings of length 1", "Set normalise = true")
        object.__setattr__(self, "centre", tuple(map(float, found)))

    @property
    def margin(self) -> float:
        """`padding`, or that of the alignment; errors as `Registry.get`."""
        if self.padding is not None:
            return self.padding
        return ALIGNMENTS.get(self.alignment).padding or 0.0

    @property
    def curves(self) -> EncoderCurves:
        """Its curves; dlib's where there are none."""
        given = {key: getattr(self, key) for key in (*CURVES, *SPREADS)}
        return EncoderCurves(**{key: value for key, value in given.items() if value is not None})

    @property
    def thresholds(self) -> dict[str, float]:
        """Metric → threshold; of embeddings that are not of length 1, for `metric` only.

        Of two vectors of length 1 at the cosine distance c, the L2 distance is √(2c).
        """
        if not self.normalise:
            return {self.metric: self.threshold}
        if self.metric == "cosine":
            return {"l2": round(math.sqrt(2 * self.threshold), 6), "cosine": self.threshold}
        return {"l2": self.threshold, "cosine": round(self.threshold**2 / 2, 6)}


def parse_card(content: bytes, origin: str) -> Card:
    """Read a card.

    Parameters
    ----------
    content : TOML, UTF-8
    origin : what the user calls it, such as its path

    Raises
    ------
    ConfigError
        It is not TOML, a key is missing or unknown, or a value is wrong.
    """
    try:
        keys = parse_toml(content)
    except ValueError as error:
        raise ConfigError(f"{origin} is not a TOML file ({error})", _keys()) from None
    known = {field.name for field in fields(Card)}
    if unknown := sorted(set(keys) - known):
        raise ConfigError(f"{origin}: there is no key {brief(repr(unknown[0]), 40)}", _keys())
    if missing := [key for key in NEEDED if key not in keys]:
        raise ConfigError(f"{origin}: the key {missing[0]!r} is missing", _keys())
    try:
        return Card(**keys)
    except ConfigError as error:
        raise ConfigError(f"{origin}: {error.cause}", error.remedy) from None


def to_toml(card: Card) -> str:
    """Write a card; `parse_card` reads the same from it.

    Left out are texts that are empty, no padding, and pixels that stay as they are.
    """
    unsaid = {"mean": (0.0, 0.0, 0.0), "scale": (1.0, 1.0, 1.0)}
    values = {field.name: getattr(card, field.name) for field in fields(card)}
    return "".join(
        f"{key} = {_to_toml(value)}\n"
        for key, value in values.items()
        if value not in (None, "", (), unsaid.get(key))
    )


def read_card(path: Path) -> Card:
    """Read the card of a file.

    Raises
    ------
    ConfigError
        As `parse_card`.
    ModelError
        It is missing or cannot be read.
    """
    remedy = "Write a card beside the network; docs/how-to/networks.md has an example"
    with reading(path, ModelError, remedy):
        content = read_file(path, MOST_BYTES)
    return parse_card(content, str(path))


def _to_toml(value: str | bool | float | tuple[float, ...]) -> str:
    """Write a value as JSON, which is TOML but for the one character that only JSON lets stand."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _is_pair(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and len(value) == 2 and all(map(_is_number, value))


def _wrong(key: str, value: Any, wanted: str) -> ConfigError:
    return ConfigError(f"{key} is {brief(repr(value), 60)}", f"It must be {wanted}")


def _keys() -> str:
    return f"Needed: {', '.join(NEEDED)}"
