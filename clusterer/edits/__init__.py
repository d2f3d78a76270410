"""A reviewer's corrections: parsing, resolving keys, replaying, deriving constraints."""

from clusterer.edits.constraints import (
    Constraints,
    combine,
    constrain,
    constraints_of,
    constraints_on,
)
from clusterer.edits.keys import KEY, Keys, face_key
from clusterer.edits.log import EditLog, log_to_dict, parse_edit, parse_log, to_dict
from clusterer.edits.notes import OVERRIDDEN, lines, lost
from clusterer.edits.replay import NOT_A_FACE, Names, Person, Replayed, replay
from clusterer.edits.revision import Revision, of_tracks, revise

__all__ = [
    "KEY",
    "NOT_A_FACE",
    "OVERRIDDEN",
    "Constraints",
    "EditLog",
    "Keys",
    "Names",
    "Person",
    "Replayed",
    "Revision",
    "combine",
    "constrain",
    "constraints_of",
    "constraints_on",
    "face_key",
    "lines",
    "log_to_dict",
    "lost",
    "of_tracks",
    "parse_edit",
    "parse_log",
    "replay",
    "revise",
    "to_dict",
]
