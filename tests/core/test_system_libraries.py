from __future__ import annotations

import pytest

from clusterer.core.errors import DependencyError, system_libraries

LOADER = "{}: cannot open shared object file: No such file or directory"


@pytest.mark.parametrize("library", ["libGL.so.1", "libgthread-2.0.so.0", "libglib-2.0.so.0"])
def test_what_opencv_needs_is_named_with_its_package(library: str) -> None:
    with pytest.raises(DependencyError) as caught, system_libraries():
        raise ImportError(LOADER.format(library))
    assert str(caught.value) == (
        f"The system library {library} is missing."
        " On Debian or Ubuntu: sudo apt-get install libgl1 libglib2.0-0"
    )


def test_other_libraries_are_named() -> None:
    expected = r"library libfoo\.so is missing\. Install the"
    with pytest.raises(DependencyError, match=expected), system_libraries():
        raise ImportError(LOADER.format("libfoo.so"))


@pytest.mark.parametrize(
    "error", [ModuleNotFoundError("No module named 'cv2'"), ImportError("cannot import name 'a'")]
)
def test_other_failures_are_left_alone(error: ImportError) -> None:
    with pytest.raises(type(error)) as caught, system_libraries():
        raise error
    assert caught.value is error
