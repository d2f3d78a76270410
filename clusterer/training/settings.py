"""Settings of a training."""

from __future__ import annotations

from dataclasses import dataclass, field

from clusterer.core.config._check import check
from clusterer.core.errors import ConfigError

LOSS_NAMES = ("infonce", "supcon", "triplet", "arcface", "cosface", "sphereface")
"""InfoNCE (van den Oord et al. 2018), SupCon (Khosla et al. 2020), triplets with semi-hard mining
(Schroff et al. 2015), ArcFace (Deng et al. 2019), CosFace (Wang et al. 2018), SphereFace (Liu et
al. 2017); all by pytorch-metric-learning."""
FACE_LOSS_NAMES = ("arcface", "cosface", "sphereface", "triplet", "softmax")
"""As above; softmax is a linear layer and cross entropy, as in Taigman et al. 2014 (DeepFace)."""
BACKBONES = ("resnet18", "resnet34", "resnet50")
"""Of torchvision (He et al. 2016)."""


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
    epochs: int = 60
    batch_size: int = 128
    width: int = 32
    dimension: int = 128
    size_px: int = 96
    learning_rate: float = 2e-3
    weight_decay: float = 5e-2
    temperature: float = 0.07
    head_weight: float = 0.3
    mask_weight: float = 1.0
    recolour_share: float = 0.5
    held_out: float = 0.1
    seed: int = 0
    light: Light = field(default_factory=Light)

    def __post_init__(self) -> None:
        if self.loss not in LOSS_NAMES:
            raise ConfigError(f"unknown loss {self.loss!r}", f"Known: {', '.join(LOSS_NAMES)}")
        check("epochs", self.epochs, 1, 100_000)
        check("batch size", self.batch_size, 2, 65_536)
        check("width of the network", self.width, 4, 512)
        check("dimension of the embedding", self.dimension, 2, 4096)
        check("side of the pictures", self.size_px, 32, 512)
        if self.size_px % 32:
            raise ConfigError(
                f"side of the pictures is {self.size_px}", "It must be a multiple of 32"
            )
        check("learning rate", self.learning_rate, 1e-7, 1.0)
        check("weight decay", self.weight_decay, 0.0, 1.0)
        check("temperature", self.temperature, 1e-3, 10.0)
        check("weight of the heads", self.head_weight, 0.0, 100.0)
        check("weight of the masks", self.mask_weight, 0.0, 100.0)
        check("share of recoloured garments", self.recolour_share, 0.0, 1.0)
        check("share of garments held out", self.held_out, 0.01, 0.9)
        check("seed", self.seed, 0, 2**31 - 1)

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
    epochs: int = 40
    patience: int = 10
    batch_size: int = 64
    per_person: int = 4
    size_px: int = 112
    dimension: int = 512
    stem: str = "large"
    learning_rate: float = 1e-3
    weight_decay: float = 5e-2
    scale: float = 16.0
    dropout: float = 0.2
    held_out: float = 0.2
    crop: float = 1.0
    seed: int = 0

    def __post_init__(self) -> None:
        for name, value, known in (
            ("loss", self.loss, FACE_LOSS_NAMES),
            ("backbone", self.backbone, BACKBONES),
            ("stem", self.stem, ("large", "small")),
        ):
            if value not in known:
                raise ConfigError(f"unknown {name} {value!r}", f"Known: {', '.join(known)}")
        check("epochs", self.epochs, 1, 100_000)
        check("patience", self.patience, 1, 100_000)
        check("batch size", self.batch_size, 2, 65_536)
        check("pictures per person in a batch", self.per_person, 2, self.batch_size)
        check("side of the pictures", self.size_px, 16, 1024)
        check("dimension of the embedding", self.dimension, 2, 4096)
        check("learning rate", self.learning_rate, 1e-7, 1.0)
        check("weight decay", self.weight_decay, 0.0, 1.0)
        check("scale", self.scale, 1.0, 1000.0)
        check("dropout", self.dropout, 0.0, 0.9)
        check("share of people held out", self.held_out, 0.01, 0.9)
        check("crop", self.crop, 0.1, 1.0)
        check("seed", self.seed, 0, 2**31 - 1)

    @property
    def picture_px(self) -> int:
        """Side at which pictures are read; larger than `size_px`, as views are crops."""
        return round(self.size_px * 9 / 8)
