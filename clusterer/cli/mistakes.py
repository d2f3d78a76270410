"""Typing mistakes: one line with the cause and the probable intention."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from pathlib import Path

from clusterer.core.address import address_of
from clusterer.core.errors import ConfigError, ResultError, VideoError
from clusterer.core.files import is_file, special_kind
from clusterer.core.folders import is_folder
from clusterer.store.names import ANALYSIS, ENDING, RESULT

_WORD = re.compile(r"\w[\w-]*")
_PATTERN = re.compile(r"[*?\[]")
_WEB = ("http:", "https:", "ftp:")
_HELP_ELSEWHERE = {"/?", "/h", "/help", "-?", "?"}
_LONG_DASHES = "\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}\N{NON-BREAKING HYPHEN}\N{HYPHEN}"


def no_command(word: str, commands: Iterable[str], path: str) -> ConfigError:
    """Make the error for a word that is not a command of a group.

    Parameters
    ----------
    word
        The word as typed.
    commands
        Names of the group's commands.
    path
        The group as it is typed.
    """
    meant = get_close_matches(word.casefold(), list(commands), 1)
    if meant:
        return ConfigError(f"There is no command {word!r}", f"Did you mean {path} {meant[0]}?")
    return ConfigError(
        f"There is no command {word!r} of {path}", f"Its commands: {', '.join(sorted(commands))}"
    )


def no_command_or_path(word: str, commands: Iterable[str], path: str) -> ConfigError | None:
    """Make the error for a first word that is neither a command nor a file; None if it is.

    Parameters
    ----------
    word, commands, path
        As for `no_command`.
    """
    if word in _HELP_ELSEWHERE and not os.path.lexists(word):
        return ConfigError(f"{word!r} is not an option", f"Write {path} --help")
    if not _WORD.fullmatch(word) or os.path.lexists(word):
        return None
    return _nothing(word, commands, path)


def check_videos(
    videos: Sequence[Path | str],
    options: Sequence[str],
    commands: Sequence[str],
    *,
    addresses: bool = False,
) -> None:
    """Raise ConfigError if one of the names was probably not meant as a video.

    Parameters
    ----------
    videos
        Arguments as typed.
    options
        Names of all options, for suggestions.
    commands
        Names of all commands, for suggestions.
    addresses
        Whether addresses, such as ``s3://bucket/film.mp4``, may be opened.
    """
    for video in videos:
        name = str(video)
        address = address_of(video)
        if addresses and address is not None:
            continue
        if os.path.lexists(video):
            continue
        if name in commands:
            raise ConfigError(
                f"There is no file {name!r}", f"The command comes first: cluster-video {name} ..."
            )
        _check_no_option(name, options)
        if address is not None:
            raise _no_file(address)
        if _PATTERN.search(name):
            raise ConfigError(f"No file matches {name}", "Check the folder and the ending")
        if _WORD.fullmatch(name):
            raise _nothing(name, commands, "cluster-video")
        similar = _file_like(Path(video)) if len(videos) == 1 else None
        if similar is not None:  # with several, the others are processed
            raise VideoError(f"There is no file {name!r}", f"Did you mean {similar}?")


def _no_file(address: str) -> ConfigError:
    """Make the error for an address where only files are opened."""
    cause, remedy = "is an address", ", or add --scratch DIR to read it through a copy there"
    if address.startswith(_WEB):
        cause, remedy = "is a web address", ""
    return ConfigError(
        f"{address} {cause}, and cluster-video works offline",
        f"Download the video and give the file{remedy}",
    )


def check_no_folder(video: Path | str) -> None:
    """Raise VideoError if the video is a folder: that of a result, or any other."""
    check_no_result(video)
    if isinstance(video, Path) and is_folder(video):
        raise VideoError(
            f"Cannot read {video} (is a directory)",
            f"Give the videos in it: cluster-video {video / '*'}",
        )


def check_no_result(video: Path | str) -> None:
    """Raise VideoError if the video, or folder of videos, is that of a result."""
    if isinstance(video, Path) and is_folder(video) and is_result(video):
        raise VideoError(
            f"{video} is a result, not a video", f"To open it: cluster-video review {video}"
        )


def check_result(path: Path) -> None:
    """Refuse anything but a result folder; damage is detected when it is read.

    Raises
    ------
    ConfigError
        It is a file, such as a video or a file of a result; or a pipe or a device.
    ResultError
        It is a folder that contains result folders.
    """
    if is_result(path) or not os.path.lexists(path):
        return
    if is_folder(path):
        inside = sorted(each for each in path.glob(f"*{ENDING}") if is_result(each))
        if inside:
            more = "one of those in it, such as" if len(inside) > 1 else "the one in it:"
            raise ResultError(f"{path} is not a result folder", f"Give {more} {inside[0]}")
        return
    if kind := special_kind(path):
        raise ConfigError(
            f"{path} is {kind}, not a result folder", "Give a folder that cluster-video wrote"
        )
    if is_result(path.parent):
        raise ConfigError(f"{path} is a file of a result", f"Give the folder: {path.parent}")
    name = Path(f"{path.stem}{ENDING}")
    result = next((each for each in (name, path.with_name(name.name)) if is_result(each)), None)
    if result is not None:
        raise ConfigError(f"{path} is a file, not a result folder", f"Its result is {result}")
    raise ConfigError(
        f"{path} is a file, not a result folder",
        f"If it is a video, analyse it first: cluster-video {path}",
    )


def is_result(folder: Path) -> bool:
    """Whether a folder holds files of a run."""
    return any(is_file(folder / name) for name in (RESULT, ANALYSIS))


def number_meant(text: str) -> str:
    """The number that was meant: ``0,36`` → ``0.36``, ``36%`` → ``0.36``; empty if unclear."""
    match = re.fullmatch(r"([+-]?\d*(?:[.,]\d+)?)\s*(%|[^\W\d_]*)", text.strip())
    if match is None or not re.search(r"\d", match[1]):
        return ""
    value = float(match[1].replace(",", "."))
    return f"{value / 100 if match[2] == '%' else value:g}"


def _check_no_option(name: str, options: Sequence[str]) -> None:
    """Raise ConfigError if a name looks like an option."""
    bare = name.lstrip("-/" + _LONG_DASHES)
    if name == "-":
        return  # standard input, which is refused when the video is opened
    exists = f"--{bare}" in options
    if name[0] in _LONG_DASHES:
        raise ConfigError(f"{name} begins with a long dash", f"Write --{bare}")
    if name[0] == "-":
        raise ConfigError(
            f"{name} comes after -- and is treated as a video", "Write options before the --"
        )
    if name[0] == "/" and exists:
        raise ConfigError(f"{name} is not an option", f"Write --{bare}")


def _nothing(word: str, commands: Iterable[str], path: str) -> ConfigError:
    """Make the error for a word that is neither a command nor a file, with the nearest of both."""
    cause = f"There is no command and no file {word!r}"
    command = get_close_matches(word.casefold(), list(commands), 1)
    if command:
        return ConfigError(cause, f"Did you mean {path} {command[0]}?")
    file = _file_like(Path(word))
    if file is not None:
        return ConfigError(cause, f"Did you mean the file {file}?")
    return ConfigError(
        cause, f"{path} --help lists the commands; type the name of a file with its ending"
    )


def _file_like(path: Path) -> Path | None:
    """The file in that folder whose name differs only by its ending or a typing mistake."""
    try:
        names = sorted(each.name for each in path.parent.iterdir() if each.name[0] != ".")
    except OSError:
        return None
    stems = {Path(name).stem.casefold(): name for name in reversed(names)}
    close = get_close_matches(path.stem.casefold(), list(stems), 1, 0.75)
    return path.with_name(stems[close[0]]) if close else None
