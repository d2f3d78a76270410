"""JSON-LD for archives: W3C annotations of the film, and an IIIF manifest that viewers open.

Sources: W3C, *Web Annotation Data Model* (https://www.w3.org/TR/annotation-model/), sections 3
(bodies and targets), 4.2.1 (fragments) and 5 (collections); W3C, *Media Fragments URI 1.0*
(https://www.w3.org/TR/media-frags/), sections 4.2.1 (``t``, half-open) and 4.2.2 (``xywh``, whole
pixels of the picture as it is shown); IIIF, *Presentation API 3.0*
(https://iiif.io/api/presentation/3.0/); schema.org, *Person* (https://schema.org/Person). The
prefix ``schema`` is of the W3C's context.

Each appearance is one annotation. Its target is the film (in the manifest, the canvas that shows
the film) with the time and with the smallest box that holds the face all along. Its bodies are the
name as a tag, which viewers show, and the person, who has the same identifier in all annotations.
In the manifest each person is a range of the table of contents, too.

Both standards identify everything by addresses. Without `Timeline.base_url` they begin with
``https://film.invalid/``, a name that RFC 2606 keeps from ever existing. Times are a player's,
rounded down to milliseconds, as those of captions.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from clusterer.outputs.export.media import media_url
from clusterer.outputs.export.timeline import Part, Span, Timeline

NOWHERE = "https://film.invalid/"
ANNOTATIONS, PRESENTATION = (
    "http://www.w3.org/ns/anno.jsonld",
    "http://iiif.io/api/presentation/3/context.json",
)
MEDIA_TYPES = {
    ".avi": "video/x-msvideo",
    ".m4v": "video/mp4",
    ".mkv": "video/x-matroska",
    ".mov": "video/quicktime",
    ".mp4": "video/mp4",
    ".mpeg": "video/mpeg",
    ".mpg": "video/mpeg",
    ".ogv": "video/ogg",
    ".ts": "video/mp2t",
    ".webm": "video/webm",
}
"""Of the registry of IANA, and what programs call those that are not in it."""


class Iiif:
    """Writes ``<stem>.annotations.json`` (W3C) and ``<stem>.manifest.json`` (IIIF)."""

    def files(self, timeline: Timeline) -> dict[str, bytes]:
        """Write a timeline; see `Exporter.files`."""
        names = [f"{timeline.stem}.{kind}.json" for kind in ("annotations", "manifest")]
        makers = (_collection, _manifest)
        return {
            name: _text(make(timeline, _base(timeline) + _quoted(name)))
            for name, make in zip(names, makers, strict=True)
        }


def _text(content: dict[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def _base(timeline: Timeline) -> str:
    return timeline.base_url or NOWHERE


def _quoted(name: str) -> str:
    return quote(name, safe="")


def _film(timeline: Timeline) -> str:
    return _base(timeline) + media_url(timeline)


def _collection(timeline: Timeline, here: str) -> dict[str, Any]:
    items = _annotations(timeline, here, _film(timeline))
    page = {"id": f"{here}#page", "type": "AnnotationPage", "startIndex": 0, "items": items}
    return {
        "@context": ANNOTATIONS,
        "id": here,
        "type": "AnnotationCollection",
        "label": timeline.name,
        "total": len(items),
        "first": page,
    }


def _manifest(timeline: Timeline, here: str) -> dict[str, Any]:
    inside = here.removesuffix(".json")  # a canvas must not be named by a fragment
    canvas = f"{inside}/canvas"
    width, height = timeline.video.square_px
    size = {"width": width, "height": height, "duration": _duration(timeline)}
    video = {"id": _film(timeline), "type": "Video", **_media_type(timeline), **size}
    painting = {
        "id": f"{inside}/painting",
        "type": "Annotation",
        "motivation": "painting",
        "body": video,
        "target": canvas,
    }
    pages = {
        "items": [painting],
        "annotations": _annotations(timeline, f"{inside}/people", canvas),
    }
    shown = {
        "id": canvas,
        "type": "Canvas",
        "label": _label(timeline.name),
        **size,
        **{
            kind: [{"id": f"{inside}/{kind}", "type": "AnnotationPage", "items": items}]
            for kind, items in pages.items()
        },
    }
    ranges = [_range(timeline, part, inside, canvas) for part in timeline.parts]
    return {
        "@context": PRESENTATION,
        "id": here,
        "type": "Manifest",
        "label": _label(timeline.name),
        "items": [shown],
        **({"structures": ranges} if ranges else {}),
    }


def _label(text: str) -> dict[str, list[str]]:
    return {"none": [text]}


def _media_type(timeline: Timeline) -> dict[str, str]:
    found = MEDIA_TYPES.get(PurePosixPath(timeline.name).suffix.lower())
    return {"format": found} if found else {}


def _duration(timeline: Timeline) -> float:
    """Up to where the picture ends, seconds; no target is beyond it."""
    ends = [timeline.length, *(span.end for part in timeline.parts for span in part.spans)]
    return float(_seconds(timeline.time_s(max(ends)) + Fraction(999, 10**6)))


def _annotations(timeline: Timeline, here: str, target: str) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{here}#{number}",
            "type": "Annotation",
            "motivation": "tagging",
            "body": _bodies(timeline, part),
            "target": f"{target}#{_fragment(timeline, span)}",
        }
        for number, (part, span) in enumerate(timeline.marks(), 1)
    ]


def _bodies(timeline: Timeline, part: Part) -> list[dict[str, Any]]:
    who = f"{_base(timeline)}{_quoted(timeline.film)}#{_quoted(part.id)}"
    person = {"id": who, "type": "schema:Person", "schema:name": part.name}
    return [
        {"type": "TextualBody", "value": part.name, "format": "text/plain", "purpose": "tagging"},
        {"type": "SpecificResource", "purpose": "identifying", "source": person},
    ]


def _range(timeline: Timeline, part: Part, inside: str, canvas: str) -> dict[str, Any]:
    return {
        "id": f"{inside}/range/{_quoted(part.id)}",
        "type": "Range",
        "label": _label(part.name),
        "items": [
            {"id": f"{canvas}#{_time(timeline, span)}", "type": "Canvas"} for span in part.spans
        ],
    }


def _fragment(timeline: Timeline, span: Span) -> str:
    if span.box is None:
        return _time(timeline, span)
    return f"{_time(timeline, span)}&xywh={','.join(map(str, span.box))}"


def _time(timeline: Timeline, span: Span) -> str:
    start, end = (_seconds(timeline.time_s(frame)) for frame in (span.start, span.end))
    return f"t={start},{end}"


def _seconds(time_s: Fraction) -> str:
    whole, ms = divmod(int(time_s * 1000), 1000)
    return f"{whole}.{ms:03}"
