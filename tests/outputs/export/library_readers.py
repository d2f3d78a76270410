"""Readers of what archives and media libraries take: names, and milliseconds from and to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import unquote, urldefrag
from xml.etree import ElementTree as ET

Found = list[tuple[str, int, int]]

FRAGMENT = re.compile(
    r"t=(\d+)\.(\d{3}),(\d+)\.(\d{3})(?:&xywh=(\d+),(\d+),([1-9]\d*),([1-9]\d*))?"
)
"""Media Fragments URI 1.0, in the order that is written here."""


def of_annotation(annotation: dict[str, Any], target: str) -> tuple[str, int, int]:
    """Name and time of one annotation, whose bodies must name one person."""
    assert annotation["type"] == "Annotation"
    tag, identified = annotation["body"]
    who = identified["source"]
    assert tag["value"] == who["schema:name"]
    film, fragment = urldefrag(annotation["target"])
    assert film == target
    times = FRAGMENT.fullmatch(fragment)
    assert times
    start_s, start_ms, end_s, end_ms = map(int, times.groups()[:4])
    return tag["value"], start_s * 1000 + start_ms, end_s * 1000 + end_ms


def read_iiif(annotations: bytes, manifest: bytes) -> Found:
    """What the annotations say; the manifest's must say the same, and so must its ranges."""
    collection, shown = json.loads(annotations), json.loads(manifest)
    items = collection["first"]["items"]
    assert collection["total"] == len(items)
    (canvas,) = shown["items"]
    (painting,) = canvas["items"][0]["items"]
    film, place = painting["body"]["id"], canvas["id"]
    assert painting["target"] == place
    found = [of_annotation(each, film) for each in items]
    (page,) = canvas["annotations"]
    assert [of_annotation(each, place) for each in page["items"]] == found
    assert all(end <= canvas["duration"] * 1000 + 1e-6 for _, _, end in found)
    assert sorted(_in_ranges(shown.get("structures", []), place)) == sorted(found)
    ids = [each["id"] for each in items]
    assert len(set(ids)) == len(ids)
    return found


def _in_ranges(ranges: list[dict[str, Any]], place: str) -> Iterator[tuple[str, int, int]]:
    for each in ranges:
        ((name,),) = each["label"].values()
        for item in each["items"]:
            canvas, fragment = urldefrag(item["id"])
            times = FRAGMENT.fullmatch(fragment)
            assert canvas == place
            assert times
            start_s, start_ms, end_s, end_ms = map(int, times.groups()[:4])
            yield name, start_s * 1000 + start_ms, end_s * 1000 + end_ms


def film_of(annotations: bytes) -> str:
    """File name of the film that annotations are of."""
    (first, *_) = json.loads(annotations)["first"]["items"]
    return unquote(urldefrag(first["target"])[0].rpartition("/")[2])


def actors(nfo: bytes) -> list[str]:
    """Names of the cast, in the order that is stated."""
    cast = [
        (int(_text(one, "order")), _text(one, "name")) for one in ET.fromstring(nfo).iter("actor")
    ]
    assert [order for order, _ in cast] == list(range(len(cast)))
    return [name for _, name in cast]


def _text(element: ET.Element, tag: str) -> str:
    return element.findtext(tag) or ""


def read_kodi(nfo: bytes, changes: bytes) -> Found:
    """What the time line says; the cast must be of its people."""
    content = json.loads(changes)
    assert content["schema"] == 1
    names = [who["name"] for who in content["people"]]
    assert set(actors(nfo)) <= {
        re.sub("[\ufffe\uffff]", "\N{REPLACEMENT CHARACTER}", n) for n in names
    }
    points = content["changes"]
    assert points[-1]["on"] == []
    assert [point["ms"] for point in points] == sorted(point["ms"] for point in points)
    return [
        (names[who], now["ms"], after["ms"]) for now, after in pairwise(points) for who in now["on"]
    ]
