"""Lists of pairs of photographs, and whether both show one person.

Two formats are supported. A CSV file has the columns ``first, second, same``: two photographs, and
one of 1, 0, true, false, yes, no. A list as of Labeled Faces in the Wild begins with the number of
folds, if there are several, and of pairs of each kind per fold. Each fold then has as many lines
``NAME i j`` (one person) as ``NAME i OTHER j`` (two), with photographs ``NAME/NAME_000i.jpg``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from clusterer.core.errors import TruthError
from clusterer.core.files import is_file, read_file, reading
from clusterer.core.text import brief
from clusterer.evaluation.verification import Bools, Ints

COLUMNS = ("first", "second", "same")
MOST_BYTES = 1 << 28
"""Largest list that is read: millions of pairs."""
ANSWERS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}

_FORMS = "Give a CSV file with the columns first, second, same, or a list of pairs as LFW has it"


@dataclass(frozen=True, slots=True, eq=False)
class PairList:
    """Pairs of photographs.

    Attributes
    ----------
    photographs : each once, in the order in which they occur
    first, second : arrays of shape (n,), int64, rows of `photographs`
    same : array of shape (n,), bool, whether both show one person
    fold : array of shape (n,), int64; None if the file has no folds
    """

    photographs: tuple[Path, ...]
    first: Ints
    second: Ints
    same: Bools
    fold: Ints | None = None

    def __len__(self) -> int:
        return len(self.same)


@dataclass(frozen=True, slots=True)
class _Pair:
    """One line: its number, the photographs as written, the answer."""

    line: int
    first: str
    second: str
    same: bool


def read_pairs(path: Path, images: Path | None = None) -> PairList:
    """Read a list of pairs in either format.

    Parameters
    ----------
    path
        The list.
    images
        Folder of the photographs; by default, the folder of the list.

    Raises
    ------
    TruthError
        The list cannot be read, a line is malformed, or a photograph is missing.
    """
    path = Path(path)
    lines = _lines(path)
    head = lines[0].split() if lines else []
    if head and len(head) <= 2 and all(_is_count(word) for word in head):
        folds, per_kind = int(head[0]) if len(head) == 2 else 1, int(head[-1])
        pairs = list(_lfw(path, lines))
        fold = _folds(path, pairs, folds, per_kind)
    else:
        pairs, fold = list(_csv(path, lines)), None
    if not pairs:
        raise TruthError(f"{path} lists no pairs", _FORMS)
    return _collect(path, images or path.parent, pairs, fold)


def _lines(path: Path) -> list[str]:
    try:
        with reading(path, TruthError, "Give a list of pairs"):
            return read_file(path, MOST_BYTES).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise TruthError(f"{path} is not text in UTF-8", _FORMS) from None


def _is_count(word: str) -> bool:
    return len(word) <= 10 and word.isascii() and word.isdigit() and 1 <= int(word) <= 10**9


def _csv(path: Path, lines: list[str]) -> Iterator[_Pair]:
    reader = csv.DictReader(lines, strict=True)
    try:
        if not {*COLUMNS} <= {*(reader.fieldnames or ())}:
            raise TruthError(f"{path}, line 1: this is not a list of pairs", _FORMS)
        for row in reader:
            line = reader.reader.line_num
            first, second, answer = (str(row[name] or "").strip() for name in COLUMNS)
            if not first or not second:
                raise TruthError(f"{path}, line {line}: a photograph is missing", _FORMS)
            if answer.lower() not in ANSWERS:
                raise TruthError(
                    f"{path}, line {line}: same is {brief(repr(answer), 40)}",
                    f"Write one of {', '.join(ANSWERS)}",
                )
            yield _Pair(line, first, second, ANSWERS[answer.lower()])
    except csv.Error as error:
        raise TruthError(f"{path}, line {reader.reader.line_num}: {error}", _FORMS) from None


def _lfw(path: Path, lines: list[str]) -> Iterator[_Pair]:
    for line, text in enumerate(lines[1:], start=2):
        words = text.split()
        if not words:
            continue
        if len(words) == 3:
            words.insert(2, words[0])
            same = True
        else:
            same = False
        if len(words) != 4 or not (_is_count(words[1]) and _is_count(words[3])):
            raise TruthError(
                f"{path}, line {line}: this is not a pair", "Write NAME i j, or NAME i OTHER j"
            )
        yield _Pair(line, _photograph(*words[:2]), _photograph(*words[2:]), same)


def _photograph(name: str, number: str) -> str:
    return f"{name}/{name}_{int(number):04d}.jpg"


def _folds(path: Path, pairs: list[_Pair], folds: int, per_kind: int) -> Ints | None:
    """Fold of each pair: folds are consecutive, each begins with the pairs of one person."""
    wanted = folds * 2 * per_kind
    if len(pairs) != wanted:
        raise TruthError(
            f"{path} lists {len(pairs)} pairs, and {wanted} according to its first line",
            "Download or write it again",
        )
    for number, pair in enumerate(pairs):
        if pair.same != (number // per_kind % 2 == 0):
            kind = "two people" if pair.same else "one person"
            raise TruthError(
                f"{path}, line {pair.line}: a pair of {kind} should stand here",
                f"Each fold is {per_kind} of one person, then {per_kind} of two",
            )
    return np.arange(wanted, dtype=np.int64) // (2 * per_kind) if folds > 1 else None


def _collect(path: Path, images: Path, pairs: list[_Pair], fold: Ints | None) -> PairList:
    rows: dict[str, int] = {}
    for pair in pairs:
        for name in (pair.first, pair.second):
            if name not in rows:
                if not is_file(images / name):
                    raise TruthError(
                        f"{path}, line {pair.line}: there is no photograph {brief(images / name)}",
                        "Name the folder of the photographs with --images",
                    )
                rows[name] = len(rows)
    return PairList(
        photographs=tuple(images / name for name in rows),
        first=np.array([rows[pair.first] for pair in pairs], np.int64),
        second=np.array([rows[pair.second] for pair in pairs], np.int64),
        same=np.array([pair.same for pair in pairs], np.bool_),
        fold=fold,
    )
