"""Kodi and Jellyfin: the cast of a film, and who is on screen at any time.

Sources: Kodi, *NFO files/Movies* (https://kodi.wiki/view/NFO_files/Movies) and *NFO files/TV shows*
(https://kodi.wiki/view/NFO_files/TV_shows); Jellyfin, *Local .nfo metadata*
(https://jellyfin.org/docs/general/server/metadata/nfo/). Neither publishes a schema. Both read
``<film>.nfo`` beside the film: ``actor`` with ``name``, ``role`` and ``order``, in ``movie`` or, if
the file is called as an episode is, in ``episodedetails`` with ``season`` and ``episode``.
Libraries identify people by name over all films, so those without one (``Person 3``) are left out.

Neither program has a file for who is on screen now. ``<stem>.xray.json`` is for extensions and web
pages: not WebVTT, which both would show as subtitles. This is its schema 1; an incompatible change
raises `SCHEMA`. Times are a player's, in milliseconds, rounded down.

============= ======================================================================================
``schema``    1
``video``     file name
``people``    by screen time: ``person`` (id), ``name``, ``role`` if known, ``screen_time_ms``
``changes``   in time order: ``ms``, and ``on``, positions in ``people`` of those who are on screen
              from then until the next change; the last one is where the film ends
============= ======================================================================================
"""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree as ET

from clusterer.outputs.export.cues import cues
from clusterer.outputs.export.timeline import Part, Timeline
from clusterer.outputs.export.xml import add, document
from clusterer.people.names import is_automatic

SCHEMA = 1
_EPISODE = re.compile(r"(?:^|[^a-z0-9])s(\d{1,4})[ ._-]?e(\d{1,4})(?!\d)", re.IGNORECASE)
"""How Kodi's *Naming video files/TV shows* has it: ``s02e05`` and the like."""


class Kodi:
    """Writes ``<stem>.nfo`` and ``<stem>.xray.json``."""

    def files(self, timeline: Timeline) -> dict[str, bytes]:
        """Write a timeline; see `Exporter.files`."""
        text = json.dumps(_changes(timeline), ensure_ascii=False, separators=(",", ":")) + "\n"
        return {
            f"{timeline.stem}.nfo": _nfo(timeline),
            f"{timeline.stem}.xray.json": text.encode(),
        }


def _nfo(timeline: Timeline) -> bytes:
    episode = _EPISODE.search(timeline.film)
    root = ET.Element("episodedetails" if episode else "movie")
    add(root, "title", timeline.film)
    if episode:
        add(root, "season", int(episode[1]))
        add(root, "episode", int(episode[2]))
    cast = [part.name for part in timeline.parts if not is_automatic(part.name)]
    for order, name in enumerate(dict.fromkeys(cast)):
        actor = add(root, "actor")
        add(actor, "name", name)
        if role := timeline.role(name):
            add(actor, "role", role)
        add(actor, "order", order)
    return document(root, doctype=False)


def _changes(timeline: Timeline) -> dict[str, Any]:
    place = {part.id: i for i, part in enumerate(timeline.parts)}
    found = cues(timeline)
    changes = [
        {"ms": _ms(timeline, cue.start), "on": [place[part.id] for part in cue.parts]}
        for cue in found
    ]
    return {
        "schema": SCHEMA,
        "video": timeline.name,
        "people": [_person(timeline, part) for part in timeline.parts],
        "changes": [*changes, {"ms": _ms(timeline, found[-1].end), "on": []}],
    }


def _person(timeline: Timeline, part: Part) -> dict[str, Any]:
    frames = sum(span.length for span in part.spans)
    time_ms = int(timeline.seconds(frames) * 1000)
    role = timeline.role(part.name)
    known = {"role": role} if role else {}
    return {"person": part.id, "name": part.name, **known, "screen_time_ms": time_ms}


def _ms(timeline: Timeline, frame: int) -> int:
    return int(timeline.time_s(frame) * 1000)
