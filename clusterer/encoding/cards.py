"""The networks that we know by a card, and where their files are from."""

from __future__ import annotations

from clusterer.downloads import Download
from clusterer.encoding.card import Card
from clusterer.own import OwnFile

# Address, hash and size: the Git LFS pointer of that file in the repository opencv/opencv_zoo.
SFACE_FILE = Download(
    model="sface",
    name="face_recognition_sface_2021dec.onnx",
    url="https://github.com/opencv/opencv_zoo/raw/main/models/face_recognition_sface/"
    "face_recognition_sface_2021dec.onnx",
    digest="0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79",
    size_bytes=38696353,
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
    threshold=0.637,
)

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
    metric="cosine",
    threshold=0.72,
)

# Nobody who could be named offers this network in ONNX with a hash, so there is no download.
FACENET_FILE = OwnFile(
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
    alignment="box",
    dimension=512,
    metric="l2",
    normalise=True,
    threshold=1.1,
)
