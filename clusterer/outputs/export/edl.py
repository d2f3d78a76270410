"""Cut list of the appearances: an EDL in the format of CMX 3600.

Sources: CMX 3600 manual, revision 907567 (https://xmil.biz/EDL-X/CMX3600.pdf). Apple, Final Cut Pro
7 User Manual, "Reel Name Restrictions in EDLs"
(https://documentation.apple.com/en/finalcutpro/usermanual/chapter_96_section_4.html): 8 capitals
and digits. Blackmagic Design, DaVinci Resolve 18.6 Reference Manual, "Conforming EDL Files": the
name of the clip is in a comment.

Out points are exclusive. Lines end in CR LF, as on the DOS disks that these lists were made for;
programs read both. Title and reel are ASCII, as the format is; names in comments are UTF-8.

CMX counts to 30 frames per second, and no line says the rate. At 50, 59.94 and 60 the frames are
counted to 49 and 59, one number per frame, and drop-frame leaves out four numbers a minute.
Programs that read a list at the rate of the project, as DaVinci Resolve does, take it in a project
of that rate; linear editors and programs that know only 24 to 30 do not.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain, count

from clusterer.outputs.export.cmx import event, header, page_names, paged, without_accents
from clusterer.outputs.export.markers import require_two_digits, shown_name
from clusterer.outputs.export.timeline import Part, Span, Timeline, file_stem, one_line

LONGEST_REEL = 8
LONGEST_NAME = 70
"""Bytes of a person's name in a file's name, whose 255 also hold the stem, numbers and ending."""
LONGEST_STEM_IN_TITLE = 40
"""Characters, so that a person's name has room behind it."""
NO_REEL = "AX"
"""An auxiliary source: no tape, but the file that the comment names."""
RESERVED = frozenset({"AX", "BL", "BLACK", "BARS"})
"""Sources that an editor makes itself, not reels."""
TAKEN = "resolve-markers"
"""What `ResolveEdl` calls its file, beside those of people."""

Mark = tuple[Part, Span]


class Edl:
    """Writes ``<stem>.edl`` with everybody in time order, and ``<stem>.<name>.edl`` per person.

    The files of single people are there if there is more than one. From event 1000 on there is
    another file, ``<stem>.2.edl``, whose record times start from the beginning.
    """

    def files(self, timeline: Timeline) -> dict[str, bytes]:
        """Write a timeline; see `Exporter.files`."""
        require_two_digits(timeline)
        marks = timeline.marks()
        names = page_names(timeline.stem, len(marks))
        files = _lists(timeline, names, timeline.stem, marks)
        if len(timeline.parts) == 1:
            return files
        taken = {_folded(name) for name in (*names, f"{timeline.stem}.{TAKEN}.edl")}
        for part in timeline.parts:
            names = _own_names(timeline.stem, part, taken)
            taken |= set(map(_folded, names))
            title = f"{timeline.stem[:LONGEST_STEM_IN_TITLE]} {shown_name(part)}"
            files |= _lists(timeline, names, title, [(part, span) for span in part.spans])
        return files


def reel_name(stem: str) -> str:
    """At most 8 of A-Z, 0-9 and underscore, made from a file's stem."""
    plain = re.sub("[^A-Z0-9_]", "", without_accents(stem).upper())[:LONGEST_REEL]
    if not plain.strip("_"):
        return NO_REEL
    return f"{plain}_" if plain in RESERVED else plain


def _own_names(stem: str, part: Part, taken: set[str]) -> list[str]:
    """Names of one person's files; with a number behind a name that others have too."""
    cut = file_stem(shown_name(part)).encode()[:LONGEST_NAME]
    safe = cut.decode(errors="ignore").rstrip(". ")
    if safe.isdecimal():  # else it would look like another file of everybody's list
        safe = f"_{safe}"
    stems = (
        f"{stem}.{safe}-{number}" if number else f"{stem}.{safe}"
        for number in chain((0,), count(2))
    )
    tried = (page_names(stem, len(part.spans)) for stem in stems)
    return next(names for names in tried if taken.isdisjoint(map(_folded, names)))


def _lists(
    timeline: Timeline, names: Sequence[str], title: str, marks: Sequence[Mark]
) -> dict[str, bytes]:
    return paged(names, marks, lambda page: _list(timeline, title, page))


def _list(timeline: Timeline, title: str, marks: Sequence[Mark]) -> str:
    record = replace(timeline, start="01:00:00;00" if timeline.drop else "01:00:00:00")
    reel = timeline.reel or reel_name(timeline.film)
    lines = header(title, timeline.drop)
    at = 0
    for number, (part, span) in enumerate(marks, 1):
        source = (timeline.timecode(span.start), timeline.timecode(span.end))
        target = (record.timecode(at), record.timecode(at + span.length))
        lines += [
            event(number, reel, source + target),
            f"* FROM CLIP NAME: {one_line(timeline.name)}",
            f"* COMMENT: {shown_name(part)}",
        ]
        at += span.length
    return "".join(f"{line}\r\n" for line in lines)


def _folded(name: str) -> str:
    """A file's name as systems compare it that ignore case and composition."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())
