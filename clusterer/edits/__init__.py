"""A reviewer's corrections: their file, what they mean here, and what follows from them."""

from clusterer.edits.constraints import Constraints, combine, constrain
from clusterer.edits.keys import KEY, Keys, face_key
from clusterer.edits.log import EditLog, parse_edit, read, stored, to_dict, write
from clusterer.edits.notes import OVERRIDDEN, lines, lost
from clusterer.edits.replay import NOT_A_FACE, Names, Person, Replayed, replay
from clusterer.folder import EDITS

__all__ = [
    "EDITS",
    "KEY",
    "NOT_A_FACE",
    "OVERRIDDEN",
    "Constraints",
    "EditLog",
    "Keys",
    "Names",
    "Person",
    "Replayed",
    "combine",
    "constrain",
    "face_key",
    "lines",
    "lost",
    "parse_edit",
    "read",
    "replay",
    "stored",
    "to_dict",
    "write",
]
