"""The networks that we know by a card, and where their files are from."""

from __future__ import annotations

from clusterer.faces.encoding.card import Card
from clusterer.faces.encoding.sface_centre import SFACE_CENTRE
from clusterer.models.bundled import OURS, Weights
from clusterer.models.download import Download
from clusterer.models.local import LocalFile

# On thresholds. Owners state the distance that separates pairs of LFW pictures best. Ours must be
# smaller: it is of a face to the average of a person, stretches for small faces (`tolerance`), and
# joining two people costs more than missing one. dlib's L2 threshold became 0.6 times its owner's
# (0.36 of 0.6). The one other network that could be measured, FaceNet 20180408-102900, accepts as
# many faces of a person as that at 0.62 and 0.64, which is 0.56 and 0.57 times the 1.114 of its
# paper (1.242 for squared distances). So ArcFace, whose weights were not at hand, has 0.6 times its
# owner's L2 threshold; it is not calibrated on the network itself.

# Where it is from, and how it was made: SFACE.md beside it.
SFACE_FILE = Weights(
    OURS,
    "faces/encoding/sface.fp16.onnx",
    "a20efe52a3978e66deef1da0b483378866867203f174df39660ee00b9c642805",
    project="cluster-video",
    licence="Apache-2.0",
)
SFACE = Card(
    name="SFace (Zhong et al. 2021), OpenCV Zoo",
    licence=SFACE_FILE.licence,
    # As cv::FaceRecognizerSF feeds it: RGB, 0 to 255; the network normalises pixels itself.
    size_px=112,
    alignment="five-point",
    dimension=128,
    metric="cosine",
    # `python -m benchmarks faces quality --encoder sface`: over nine labelled clips and the demo,
    # four samples a second, 1 % of the pairs of different people of the lowest quality lie below
    # 0.53, and 1 % of the clear ones below 0.68.
    threshold=0.5,
    tolerance=((0.0, 1.0),),
    # The L2 threshold that it had before it could be measured: 0.6 of the 1.128 of OpenCV's
    # tutorial on FaceRecognizerSF. The tracks of all figures on this card were made with it.
    unit=0.677,
    # `python -m benchmarks people evidence --encoder sface`, over the same clips. Slopes from
    # quality 0.15 on are less steep than fitted: few pairs overlap there.
    face_neutral=((0.0, 1.2), (0.1, 1.2), (0.15, 1.15), (0.25, 1.1), (0.4, 1.07), (0.6, 1.0)),
    face_slope=((0.0, 6.3), (0.05, 10.6), (0.15, 18.0), (0.3, 24.0)),
    # `python -m benchmarks faces statistics --encoder sface`
    reliability=(
        (0.0, 0.023),
        (0.05, 0.133),
        (0.1, 0.288),
        (0.2, 0.423),
        (0.4, 0.540),
        (0.8, 0.545),
    ),
    spread=0.100,
    variation=0.350,
    centre=SFACE_CENTRE,
)

# `python -m benchmarks faces verification`: from 0.44 on, both accept as many of the 11.9 million
# pairs of strangers in LFW. dlib's default, 0.36, accepts 4 of them, too few to go by, so it stands
# for the default; below, on a straight line to 0.
RETAIL_LIKE_DLIB = (
    (0.0, 0.0), (0.36, 1.0), (0.44, 1.032), (0.5, 1.1), (0.6, 1.211), (0.7, 1.316), (2.0, 2.0),
)  # fmt: skip
SFACE_LIKE_DLIB = (
    (0.0, 0.0), (0.36, 1.0), (0.44, 1.055), (0.5, 1.1), (0.6, 1.174), (0.7, 1.256), (2.0, 2.0),
)  # fmt: skip

# InsightFace offers this file in buffalo_l.zip only. The address is that of Immich's copy, at a
# fixed revision. Hash and size are what many projects that use it state, for the file of the zip,
# too; not seen in a repository of InsightFace itself.
ARCFACE_FILE = Download(
    model="arcface",
    name="w600k_r50.onnx",
    url="https://huggingface.co/immich-app/buffalo_l/resolve/"
    "d09715916a0778919a770c343533641e250b8699/recognition/model.onnx",
    digest="4c06341c33c2ca1f86781dab0e829f88ad5b64be9fba56e56bc9ebdefc619e43",
    size_bytes=174383860,
    licence="Non-commercial research only (InsightFace)",
    needs_consent=True,
)
ARCFACE = Card(
    name="ArcFace (Deng et al. 2019), ResNet-50 on WebFace600K, InsightFace buffalo_l",
    licence=ARCFACE_FILE.licence,
    # As InsightFace's web-demos/src_recognition/arcface_onnx.py feeds it.
    mean=(127.5, 127.5, 127.5),
    scale=(1 / 127.5, 1 / 127.5, 1 / 127.5),
    size_px=112,
    alignment="five-point",
    dimension=512,
    metric="l2",
    # 0.6 of 1.2: InsightFace's web-demos/src_recognition/main.py takes a similarity of 0.28 of
    # these weights for the same person; the L2 distance is √(2 · 0.72).
    threshold=0.72,
    normalise=True,
)

# Addresses: models/intel/face-reidentification-retail-0095/model.yml of Open Model Zoo 2023.0, in
# FP16. It states sha384, which the files with these sha256 and sizes have.
_RETAIL_URL = (
    "https://storage.openvinotoolkit.org/repositories/open_model_zoo/2023.0/models_bin/1/"
    "face-reidentification-retail-0095/FP16/"
)
RETAIL_FILES = (
    Download(
        model="retail-0095",
        name="face-reidentification-retail-0095.xml",
        url=f"{_RETAIL_URL}face-reidentification-retail-0095.xml",
        digest="ce53d2c9c08c0bd1c1660fb8a5b6d0e3e4ec19eb92f1036d2d83a85e83082dce",
        size_bytes=350427,
        licence="Apache-2.0",
    ),
    Download(
        model="retail-0095",
        name="face-reidentification-retail-0095.bin",
        url=f"{_RETAIL_URL}face-reidentification-retail-0095.bin",
        digest="241229ca3d206321868d46ce74a3c0b06c49cea58db7dc70b2e842ff287545d1",
        size_bytes=2213628,
        licence="Apache-2.0",
    ),
)
RETAIL = Card(
    name="face-reidentification-retail-0095 (Intel), Open Model Zoo",
    licence="Apache-2.0",
    # As its README.md in Open Model Zoo states: BGR, 0 to 255; the network scales pixels itself.
    channels="BGR",
    size_px=128,
    alignment="five-point-tight",
    dimension=256,
    metric="cosine",
    # `python -m benchmarks faces quality --encoder retail-0095`: over nine labelled clips at 3 and
    # 4 samples a second it accepts 0 to 1 % of the pairs of different people at any quality, so it
    # needs no tolerance, and all pairs of one person from quality 0.5 on.
    threshold=0.5,
    tolerance=((0.0, 1.0),),
    # Pieces of tracks are nearer than faces that meet again: their light and pose are the same.
    unit=0.65,
    # `python -m benchmarks people evidence --encoder retail-0095`, over the same clips. Slopes from
    # quality 0.15 on are less steep than fitted: few pairs overlap there.
    face_neutral=((0.0, 1.27), (0.15, 1.28), (0.25, 1.18), (0.4, 1.11), (0.6, 1.0)),
    face_slope=((0.0, 6.3), (0.05, 10.6), (0.15, 18.0), (0.3, 24.0)),
    # `python -m benchmarks faces statistics --encoder retail-0095`
    reliability=(
        (0.0, 0.059),
        (0.05, 0.170),
        (0.1, 0.321),
        (0.2, 0.455),
        (0.4, 0.574),
        (0.8, 0.574),
    ),
    spread=0.096,
    variation=0.348,
)

# Nobody who could be named offers this network in ONNX with a hash, so there is no download.
FACENET_FILE = LocalFile(
    name="facenet512.onnx",
    licence="MIT",
    remedy="Export facenet-pytorch's InceptionResnetV1(pretrained='vggface2') to ONNX under that "
    "name, and put it into a folder that CLUSTER_VIDEO_MODELS names",
)
FACENET = Card(
    name="FaceNet (Schroff et al. 2015), Inception-ResNet-v1 on VGGFace2",
    licence=FACENET_FILE.licence,
    # David Sandberg's fixed_image_standardization, as in facenet-pytorch.
    mean=(127.5, 127.5, 127.5),
    scale=(1 / 128, 1 / 128, 1 / 128),
    size_px=160,
    # Of margins of 0, 0.1 and 0.2 around our boxes, 0 separates people best (20180408-102900).
    alignment="box",
    padding=0.0,
    dimension=512,
    metric="l2",
    # Measured on FaceNet 20180408-102900, the same network trained on CASIA-WebFace.
    threshold=0.65,
    normalise=True,
)
