"""Networks provided by the user."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import pytest

from clusterer.core.errors import ModelError
from clusterer.models.cache import ENVIRONMENT_VARIABLE as CACHE
from clusterer.models.download import ENVIRONMENT_VARIABLE as MODELS
from clusterer.models.local import LocalFile


def test_by_path(tmp_path: Path) -> None:
    file = LocalFile("a.onnx", tmp_path / "b.onnx", remedy="Look again")
    with pytest.raises(ModelError, match=r"b\.onnx is missing\. Look again"):
        file.find()
    (tmp_path / "b.onnx").write_bytes(b"net")
    assert (file.find(), file.read()) == (tmp_path / "b.onnx", b"net")
    assert file.sha256() == hashlib.sha256(b"net").hexdigest()


def test_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    monkeypatch.setenv(MODELS, str(tmp_path / "models"))
    file = LocalFile("a.onnx", remedy="Make it")
    with pytest.raises(ModelError, match=r"^a\.onnx is missing\. Make it$"):
        file.find()
    for folder in ("cache/models", "models"):  # the folder that is named counts first
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.onnx").write_text(folder)
        assert file.read().decode() == folder


def test_home_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "a.onnx").write_bytes(b"net")
    assert LocalFile("a", Path("~/a.onnx")).read() == b"net"


def test_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.onnx").write_bytes(b"net")

    def fail(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("clusterer.models.bundled.read_file", fail)
    with pytest.raises(ModelError, match=r"Cannot read .*a\.onnx \(permission denied\)"):
        LocalFile("a", tmp_path / "a.onnx").read()


@pytest.mark.skipif(sys.platform == "win32", reason="no owners in numbers there")
def test_what_others_may_have_put_into_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CACHE, str(tmp_path / "cache"))
    monkeypatch.delenv(MODELS, raising=False)
    folder = tmp_path / "cache" / "models"
    folder.mkdir(parents=True)
    (folder / "a.onnx").write_bytes(b"net")
    file = LocalFile("a.onnx")
    assert file.read() == b"net"
    error = r"a\.onnx may have been replaced: others can write there\. Put it into a folder of your"
    for path in (folder, folder / "a.onnx"):
        mode = path.stat().st_mode
        path.chmod(0o777)
        with pytest.raises(ModelError, match=error):
            file.find()
        path.chmod(mode)
    with monkeypatch.context() as patch:
        patch.setattr(os, "getuid", lambda: 4711)
        if (folder / "a.onnx").stat().st_uid:  # root's are trusted
            with pytest.raises(ModelError, match=error):
                file.load()
    if os.getuid() == 0:
        for path in (folder, folder / "a.onnx"):
            os.chown(path, 4711, -1)
            with pytest.raises(ModelError, match=error):
                file.load()
            os.chown(path, 0, -1)
    folder.chmod(0o777)
    monkeypatch.setenv(MODELS, str(folder))  # named by the user, who vouches for it
    assert file.read() == b"net"
