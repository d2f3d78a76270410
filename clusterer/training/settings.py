"""Settings of a training."""

from __future__ import annotations

from dataclasses import dataclass, field

from clusterer.core.config._check import check, check_ranges, ranged
from clusterer.core.errors import ConfigError
from clusterer.faces.alignment import ALIGNMENTS as REGISTERED

LOSS_NAMES = ("infonce", "supcon", "triplet", "arcface", "cosface", "sphereface")
"""InfoNCE (van den Oord et al. 2018), SupCon (Khosla et al. 2020), triplets with semi-hard mining
(Schroff et al. 2015), ArcFace (Deng et al. 2019), CosFace (Wang et al. 2018), SphereFace (Liu et
al. 2017); all by pytorch-metric-learning."""
FACE_LOSS_NAMES = ("arcface", "cosface", "sphereface", "triplet", "softmax")
"""As above; softmax is a linear layer and cross entropy, as in Taigman et al. 2014 (DeepFace)."""
BACKBONES = ("resnet18", "resnet34", "resnet50")
"""Of torchvision (He et al. 2016)."""
STEMS = ("large", "small")
ALIGNMENTS = tuple(REGISTERED.built_in)
PADDED = tuple(name for name in ALIGNMENTS if REGISTERED.built_in[name].padding is not None)
"""Alignments that have a padding."""


@dataclass(frozen=True, slots=True)
class Light:
    """Range of light changes between two views: factors up to exp(value) or 1 ± value.

    Attributes
    ----------
    exposure, gamma : logarithms
    white_balance : standard deviation of the gain of each channel
    contrast, saturation, gradient : shares
    """

    exposure: float = 0.2
    gamma: float = 0.1
    white_balance: float = 0.02
    contrast: float = 0.12
    saturation: float = 0.12
    gradient: float = 0.15


@dataclass(frozen=True, slots=True)
class ClothingTraining:
    """Settings of the training of the clothing encoder.

    Attributes
    ----------
    parts
        First folders of the pictures to use; empty = all.
    loss
        One of `LOSS_NAMES`.
    epochs
        Each shows two views of every garment.
    batch_size
        Garments in a batch, each with two views.
    width, dimension, size_px
        Channels of the first stage, length of the embedding, side of the network's input: torsos
        of the faces that need clothing (20 to 40 px high) are 40 to 90 px wide.
    learning_rate, weight_decay
        Of AdamW; the rate warms up over a twentieth of the training and falls as a cosine.
    temperature
        Of InfoNCE and SupCon.
    head_weight
        Of the losses of kind and colours, relative to the metric loss.
    mask_weight
        Of the loss of the mask, likewise.
    recolour_share
        Share of the garments that are recoloured, equally in both views; not used by losses that
        learn a centre per garment.
    held_out
        Share of the garments that is held out.
    seed
        Of all random numbers.
    light
        Changes between the two views.
    """

    parts: tuple[str, ...] = ()
    loss: str = "infonce"
    epochs: int = ranged(60, "epochs", 1, 100_000)
    batch_size: int = ranged(128, "batch size", 2, 65_536)
    width: int = ranged(32, "width of the network", 4, 512)
    dimension: int = ranged(128, "dimension of the embedding", 2, 4096)
    size_px: int = ranged(96, "side of the pictures", 32, 512)
    learning_rate: float = ranged(2e-3, "learning rate", 1e-7, 1.0)
    weight_decay: float = ranged(5e-2, "weight decay", 0.0, 1.0)
    temperature: float = ranged(0.07, "temperature", 1e-3, 10.0)
    head_weight: float = ranged(0.3, "weight of the heads", 0.0, 100.0)
    mask_weight: float = ranged(1.0, "weight of the masks", 0.0, 100.0)
    recolour_share: float = ranged(0.5, "share of recoloured garments", 0.0, 1.0)
    held_out: float = ranged(0.1, "share of garments held out", 0.01, 0.9)
    seed: int = ranged(0, "seed", 0, 2**31 - 1)
    light: Light = field(default_factory=Light)

    def __post_init__(self) -> None:
        if self.loss not in LOSS_NAMES:
            raise ConfigError(f"unknown loss {self.loss!r}", f"Known: {', '.join(LOSS_NAMES)}")
        check_ranges(self)
        if self.size_px % 32:
            raise ConfigError(
                f"side of the pictures is {self.size_px}", "It must be a multiple of 32"
            )

    @property
    def picture_px(self) -> int:
        """Side at which garments are read; larger than `size_px`, as views are crops."""
        return round(self.size_px * 4 / 3)

    @property
    def learns_centres(self) -> bool:
        """Whether the loss learns a centre for each garment."""
        return self.loss in ("arcface", "cosface", "sphereface")


@dataclass(frozen=True, slots=True)
class FaceTraining:
    """Settings of the training of a face encoder.

    Attributes
    ----------
    loss
        One of `FACE_LOSS_NAMES`.
    backbone
        One of `BACKBONES`.
    epochs, patience
        An epoch shows as many pictures as there are in the training data. Training ends when the
        AUC of held-out people has not improved for `patience` epochs.
    batch_size
        Pictures in a batch; for triplets, `per_person` of each person.
    size_px
        Side of the network's input.
    dimension
        Length of the embedding.
    stem
        ``large``: 7x7 convolution and pooling, both of stride 2, as in the paper; ``small``: one
        3x3 convolution of stride 2, which keeps four times as many places of small pictures at
        four times the cost.
    learning_rate, weight_decay
        Of AdamW; the rate warms up over a twentieth of the training and falls as a cosine.
    scale
        Of ArcFace and CosFace. The papers' 64 is for ten thousands of people; CosFace's lower bound
        (its equation 5) for 20 people and a posterior of 0.999 is 9.4.
    dropout
        Before the last layer.
    held_out
        Share of the people that is held out.
    crop
        Side of the central square that is used, as a share of the picture's; 1 = all.
    seed
        Of all random numbers.
    """

    loss: str = "arcface"
    backbone: str = "resnet18"
    epochs: int = ranged(40, "epochs", 1, 100_000)
    patience: int = ranged(10, "patience", 1, 100_000)
    batch_size: int = ranged(64, "batch size", 2, 65_536)
    per_person: int = 4
    size_px: int = ranged(112, "side of the pictures", 16, 1024)
    dimension: int = ranged(512, "dimension of the embedding", 2, 4096)
    stem: str = "large"
    learning_rate: float = ranged(1e-3, "learning rate", 1e-7, 1.0)
    weight_decay: float = ranged(5e-2, "weight decay", 0.0, 1.0)
    scale: float = ranged(16.0, "scale", 1.0, 1000.0)
    dropout: float = ranged(0.2, "dropout", 0.0, 0.9)
    held_out: float = ranged(0.2, "share of people held out", 0.01, 0.9)
    crop: float = ranged(1.0, "crop", 0.1, 1.0)
    seed: int = ranged(0, "seed", 0, 2**31 - 1)

    def __post_init__(self) -> None:
        for name, value, known in (
            ("loss", self.loss, FACE_LOSS_NAMES),
            ("backbone", self.backbone, BACKBONES),
            ("stem", self.stem, STEMS),
        ):
            if value not in known:
                raise ConfigError(f"unknown {name} {value!r}", f"Known: {', '.join(known)}")
        check_ranges(self)
        check("pictures per person in a batch", self.per_person, 2, self.batch_size)

    @property
    def picture_px(self) -> int:
        """Side at which pictures are read; larger than `size_px`, as views are crops."""
        return round(self.size_px * 9 / 8)


@dataclass(frozen=True, slots=True)
class Cut:
    """How the pictures of a training were cut out, so that chips can be cut likewise.

    Attributes
    ----------
    alignment
        One of `ALIGNMENTS`.
    padding
        Margin on each side as a share of the box, for dlib and box only; None = their defaults.

    Raises
    ------
    ConfigError
        There is no such alignment, or the padding is out of its range or of no use.
    """

    alignment: str = "five-point"
    padding: float | None = None

    def __post_init__(self) -> None:
        if self.alignment not in ALIGNMENTS:
            known = ", ".join(ALIGNMENTS)
            raise ConfigError(f"unknown alignment {self.alignment!r}", f"Known: {known}")
        if self.padding is None:
            return
        if self.alignment not in PADDED:
            raise ConfigError(f"alignment {self.alignment} has no padding", "Leave out --padding")
        check("padding", self.padding, 0.0, 2.0)
