"""Find the photographs of the sample film in installed packages and a source archive."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import numpy as np
import skimage.data
from numpy.typing import NDArray
from PIL import Image
from storyboard import PHOTOS


def find_photo(name: str, folder: Path) -> bytes:
    """Return the bytes of a photograph of the storyboard.

    Parameters
    ----------
    name
        Key in ``PHOTOS``.
    folder
        A folder that contains the photographs or the face_recognition source archive, or that
        archive itself.

    Raises
    ------
    SystemExit
        The photograph is missing, or is not the annotated one.
    """
    photo = PHOTOS[name]
    packages = (Path(skimage.data.__file__).parent, Path(mpl.get_data_path()) / "sample_data")
    places = [place / photo.file for place in (*packages, folder)]
    content = next((place.read_bytes() for place in places if place.is_file()), None)
    if content is None:
        archives = (
            [folder] if folder.is_file() else sorted(folder.glob("face_recognition-*.tar.gz"))
        )
        content = next((data for path in archives for data in _in_archive(path, photo.file)), None)
    if content is None:
        raise SystemExit(f"{photo.file}: not found in {folder}; see --help for how to get it")
    if hashlib.sha256(content).hexdigest() != photo.sha256:
        raise SystemExit(f"{photo.file}: not the annotated picture (SHA-256 differs)")
    return content


def _in_archive(path: Path, file: str) -> Iterator[bytes]:
    with tarfile.open(path) as archive:
        for member in archive:
            stream = archive.extractfile(member) if Path(member.name).name == file else None
            if stream is not None:
                yield stream.read()


def load_photos(folder: Path) -> dict[str, NDArray[np.float32]]:
    """Decode all photographs of the storyboard as RGB, 0-255; `folder` as in `find_photo`."""
    pictures = {}
    for name in PHOTOS:
        with Image.open(io.BytesIO(find_photo(name, folder))) as image:
            pictures[name] = np.asarray(image.convert("RGB")).astype(np.float32)
    return pictures
