"""Rate how readable faces are, and crop them for display."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from clusterer.core.geometry import square
from clusterer.core.types import ChipQuality, Detections, FloatArray, ImageArray

# 100 photographs of Labeled Faces in the Wild, shrunk: at 16 px a face's embedding is 0.61 (median,
# L2) from that at full size, as far as a stranger's; at 36 px 0.36, at 80 px 0.14.
_SMALLEST_PX, _LARGEST_PX = 16.0, 80.0

SHARPNESS_SIDE_PX = 48
# The same photographs, blurred until their embeddings moved by 0.37, 0.5 and 0.6, have 0.026, 0.010
# and 0.004 of their variance in the second differences; the originals 0.19. So a face whose
# embedding is moved by blur as far as that of a 36 px face is rated the same: 0.3.
_HALF_SHARPNESS = 0.04
_NOISE_VARIANCE = 4.0  # grey levels²; avoids division by 0 for a uniform picture

# Of the nose: how far it protrudes, in units of half the distance between the eyes, by the
# proportions of a head; and its position between the lines of eyes and mouth in a frontal face
# (0.57 on the same photographs, in 98 % of them between 0.50 and 0.65).
_NOSE_DEPTH = 0.85
_NOSE_HEIGHT, _NOSE_HEIGHT_SPAN = 0.57, 0.43
_PITCH_WEIGHT = 0.5

_CROP_SIDE, _CROP_ENLARGEMENT, _JPEG_QUALITY = 1.7, 2.0, 82


def measure_quality(image: ImageArray, detections: Detections) -> ChipQuality:
    """Rate how readable each detection of a frame is.

    Parameters
    ----------
    image : array of shape (height, width, 3), uint8, RGB
    detections : n faces of that image

    Returns
    -------
    n rows
    """
    return ChipQuality(
        size=rate_size(detections.heights_px),
        sharpness=np.array([rate_sharpness(image, box) for box in detections.boxes], np.float32),
        score=detections.scores,
        pose=rate_pose(detections.landmarks),
    )


def rate_size(heights_px: FloatArray) -> FloatArray:
    """Rate faces by height: 0 up to 16 px, 1 from 80 px, linear between.

    Parameters
    ----------
    heights_px : array of shape (n,)

    Returns
    -------
    array of shape (n,), float32, 0 to 1
    """
    share = (heights_px - _SMALLEST_PX) / (_LARGEST_PX - _SMALLEST_PX)
    rating: FloatArray = np.clip(share, 0.0, 1.0).astype(np.float32)
    return rating


def rate_sharpness(image: ImageArray, box: FloatArray, side_px: float = SHARPNESS_SIDE_PX) -> float:
    """Rate how much fine detail a face has relative to its contrast.

    The box is shrunk to at most `side_px` and never enlarged, so that small faces are not penalised
    here: `rate_size` does that. The rating is d² / (d² + 0.04²), where d is the mean square
    of the second differences over the variance of the grey values, along rows or columns, whichever
    is less (motion blurs only one of them).

    Parameters
    ----------
    image : array of shape (height, width, 3), uint8, RGB
    box : array of shape (4,), px
    side_px : 48 for what an encoder can read; more for what people see at full size

    Returns
    -------
    0 to 1; 0 for a box with less than 3 px inside the image
    """
    rows, columns = image.shape[:2]
    left, top = (max(round(float(value)), 0) for value in box[:2])
    right, bottom = min(round(float(box[2])), columns), min(round(float(box[3])), rows)
    if right - left < 3 or bottom - top < 3:
        return 0.0
    grey = cv2.cvtColor(image[top:bottom, left:right], cv2.COLOR_RGB2GRAY)
    shrink = side_px / max(grey.shape)
    if shrink < 1.0:
        size = (max(round(shrink * grey.shape[1]), 3), max(round(shrink * grey.shape[0]), 3))
        grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    values = grey.astype(np.float32)
    along_y, along_x = values[1:] - values[:-1], values[:, 1:] - values[:, :-1]
    second = along_y[1:] - along_y[:-1], along_x[:, 1:] - along_x[:, :-1]
    detail = min(float((each * each).mean()) for each in second)
    detail /= float(values.var()) + _NOISE_VARIANCE
    return detail**2 / (detail**2 + _HALF_SHARPNESS**2)


def rate_pose(landmarks: FloatArray) -> FloatArray:
    """Rate how frontal faces are.

    Turning the head by an angle φ moves the nose along the line of the eyes by 0.85 · tan φ of half
    the distance between them; the rating is cos² φ. Nodding moves the nose between the lines of
    eyes and mouth, which lowers the rating by at most half. Rolling the head or mirroring the
    picture changes nothing.

    Parameters
    ----------
    landmarks : array of shape (n, 5, 2), px, in the order of `Detections`

    Returns
    -------
    array of shape (n,), float32, 1 = frontal, 0 = profile; 1 where landmarks are NaN
    """
    points = landmarks.astype(np.float64)
    middle = (points[:, 0] + points[:, 1]) / 2
    half_axis = (points[:, 1] - points[:, 0]) / 2
    nose = points[:, 2] - middle
    mouth = (points[:, 3] + points[:, 4]) / 2 - middle
    downwards = np.stack([-half_axis[:, 1], half_axis[:, 0]], axis=1)

    eyes = (_NOSE_DEPTH * (half_axis**2).sum(axis=1)) ** 2
    turn = _dot(nose, half_axis) ** 2
    yaw = eyes / np.where(eyes + turn == 0, 1.0, eyes + turn)

    mouth_depth = _dot(mouth, downwards)
    nose_height = _dot(nose, downwards) / np.where(mouth_depth > 0, mouth_depth, np.inf)
    nod = np.minimum(np.abs(nose_height - _NOSE_HEIGHT) / _NOSE_HEIGHT_SPAN, 1.0)
    rating = yaw * (1.0 - _PITCH_WEIGHT * nod)
    return np.where(np.isnan(rating), 1.0, rating).astype(np.float32)


def _dot(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    product: npt.NDArray[np.float64] = (a * b).sum(axis=1)
    return product


def crop_face(image: ImageArray, box: FloatArray, side_px: int = 160) -> bytes:
    """Crop a face for display: a square of 1.7 times its height.

    A square that crosses the edge is moved into the picture; one larger than the picture is shrunk.
    Faces are enlarged at most to twice their size.

    Parameters
    ----------
    image : array of shape (height, width, 3), uint8, RGB
    box : array of shape (4,), px
    side_px : side of the crop, if the face is large enough

    Returns
    -------
    A JPEG file
    """
    rows, columns = image.shape[:2]
    square_px = round(_CROP_SIDE * float(box[3] - box[1]))
    source_px = min(max(square_px, 1), rows, columns)
    halvings = max(0, (source_px // max(side_px, 1)).bit_length() - 1)
    source_px -= source_px % 2**halvings
    corner = square(box, source_px)[:2]
    left, top = (
        min(max(round(float(start)), 0), end - source_px)
        for start, end in zip(corner, (columns, rows), strict=True)
    )
    crop = image[top : top + source_px, left : left + source_px]
    out_px = min(side_px, round(_CROP_ENLARGEMENT * source_px))
    for _ in range(halvings):  # OpenCV averages two by two px four times as fast as others
        half_px = len(crop) // 2
        crop = np.asarray(cv2.resize(crop, (half_px, half_px), interpolation=cv2.INTER_AREA))
    method = cv2.INTER_AREA if out_px < source_px else cv2.INTER_CUBIC
    resized = cv2.resize(crop, (out_px, out_px), interpolation=method)
    bgr = cv2.cvtColor(resized, cv2.COLOR_RGB2BGR)
    _, encoded = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    return bytes(encoded)
