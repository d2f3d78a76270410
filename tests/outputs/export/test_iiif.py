"""Annotations and manifests: by hand, and checked as JSON-LD and by IIIF's own model."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from iiif_prezi3 import Manifest
from pyld import jsonld

from clusterer.core.errors import ConfigError
from clusterer.core.types import ClusteringResult
from clusterer.outputs.export import Timeline, create
from clusterer.outputs.export.choose import Choice, choose
from tests.outputs.export.builder import part, timeline, timelines
from tests.outputs.export.library_readers import film_of
from tests.result_folder import decided
from tests.small_result import small_analysis

TERMS = {
    "id": "@id",
    "type": "@type",
    "oa": "http://www.w3.org/ns/oa#",
    "as": "http://www.w3.org/ns/activitystreams#",
    "schema": "http://schema.org/",
    "Annotation": "oa:Annotation",
    "TextualBody": "oa:TextualBody",
    "SpecificResource": "oa:SpecificResource",
    "AnnotationCollection": "as:OrderedCollection",
    "AnnotationPage": "as:OrderedCollectionPage",
    "tagging": "oa:tagging",
    "identifying": "oa:identifying",
    "body": {"@id": "oa:hasBody", "@type": "@id"},
    "target": {"@id": "oa:hasTarget", "@type": "@id"},
    "source": {"@id": "oa:hasSource", "@type": "@id"},
    "motivation": {"@id": "oa:motivatedBy", "@type": "@vocab"},
    "purpose": {"@id": "oa:hasPurpose", "@type": "@vocab"},
    "first": {"@id": "as:first", "@type": "@id"},
    "items": {"@id": "as:items", "@type": "@id", "@container": "@list"},
    "startIndex": "as:startIndex",
    "total": "as:totalItems",
    "value": "http://www.w3.org/1999/02/22-rdf-syntax-ns#value",
    "format": "http://purl.org/dc/elements/1.1/format",
    "label": "http://www.w3.org/2000/01/rdf-schema#label",
}
"""The terms used here, as the context of the Web Annotation Vocabulary defines them. The W3C
publishes no JSON schema of annotations."""


def written(content: Timeline) -> tuple[dict[str, Any], dict[str, Any]]:
    files = create("iiif").files(content)
    annotations, manifest = (json.loads(data) for _, data in sorted(files.items()))
    return annotations, manifest


def small() -> ClusteringResult:
    return decided((0, 1, 0, 1))


def expanded(annotations: dict[str, Any]) -> dict[str, Any]:
    """As linked data; nothing may be dropped, as JSON-LD does with terms it does not know."""
    (found,) = jsonld.expand({**annotations, "@context": TERMS})
    assert count(found) == count({k: v for k, v in annotations.items() if k != "@context"})
    return dict(found)


def count(value: Any) -> int:
    """Number of plain values."""
    if isinstance(value, dict):
        return sum(map(count, value.values()))
    return sum(map(count, value)) if isinstance(value, list) else 1


def test_an_annotation_by_hand() -> None:
    annotations, manifest = written(choose(small(), Choice(people=("person-1",))))
    assert annotations["@context"] == "http://www.w3.org/ns/anno.jsonld"
    first, second = annotations["first"]["items"]
    here = "https://film.invalid/small%2BPerson%201.annotations.json"
    # Faces of frames 0, 10 and 20: left edges 100.04, 101 and 102, 40 px wide, from 50 to 98.
    assert first == {
        "id": f"{here}#1",
        "type": "Annotation",
        "motivation": "tagging",
        "body": [
            {
                "type": "TextualBody",
                "value": "Person 1",
                "format": "text/plain",
                "purpose": "tagging",
            },
            {
                "type": "SpecificResource",
                "purpose": "identifying",
                "source": {
                    "id": "https://film.invalid/small#person-1",
                    "type": "schema:Person",
                    "schema:name": "Person 1",
                },
            },
        ],
        "target": "https://film.invalid/small.mp4#t=0.000,0.840&xywh=100,50,42,48",
    }
    assert second["target"].endswith("#t=2.000,4.000&xywh=110,50,42,48")
    (canvas,) = manifest["items"]
    assert (canvas["width"], canvas["height"], canvas["duration"]) == (640, 360, 4.0)
    (painting,) = canvas["items"][0]["items"]
    assert painting["body"]["format"] == "video/mp4"


def test_boxes_are_in_square_pixels() -> None:
    analysis = small_analysis()
    wide = replace(analysis, video=replace(analysis.video, pixel_aspect=Fraction(2)))
    result = decided((0, 1, 0, 1), wide)
    annotations, manifest = written(choose(result, Choice(people=("person-1",))))
    assert annotations["first"]["items"][0]["target"].endswith("&xywh=200,50,84,48")
    assert manifest["items"][0]["width"] == 1280


def test_a_part_has_the_box_of_its_own_faces() -> None:
    choice = Choice(people=("person-1",), begin=0.4, end=0.6)  # frame 10 alone
    annotations, _ = written(choose(small(), choice))
    assert annotations["first"]["items"][0]["target"].endswith("#t=0.400,0.600&xywh=101,50,40,48")
    nowhere = Choice(people=("person-1",), begin=0.04, end=0.2)  # no face was looked for
    annotations, _ = written(choose(small(), nowhere))
    assert annotations["first"]["items"][0]["target"].endswith("#t=0.040,0.200")


def test_boxes_of_a_conformed_rate_are_of_the_same_faces() -> None:
    own = choose(small(), Choice(people=("person-1",)))
    other = choose(small(), Choice(people=("person-1",), rate=Fraction(50)))
    boxes = [span.box for who in own.parts for span in who.spans]
    assert None not in boxes
    assert [span.box for who in other.parts for span in who.spans] == boxes


def test_a_box_stays_in_the_picture() -> None:
    analysis = small_analysis()
    rows = analysis.detections
    far = replace(rows, boxes=np.tile(np.array([-9.5, 350, 700, 400], np.float32), (len(rows), 1)))
    timeline = choose(decided((0, 1, 0, 1), replace(analysis, detections=far)))
    assert {span.box for who in timeline.parts for span in who.spans} == {(0, 350, 640, 10)}


def test_addresses_of_an_archive() -> None:
    at = Choice(base_url="https://archive.example/films")
    annotations, manifest = written(choose(small(), at))
    assert annotations["id"] == "https://archive.example/films/small.annotations.json"
    assert manifest["id"] == "https://archive.example/films/small.manifest.json"
    assert film_of(json.dumps(annotations).encode()) == "small.mp4"


@pytest.mark.parametrize(
    "wrong",
    ["films/", "file:///films/", "https://a.example/?x=", "https://a.example/#x", "https://"],
)
def test_an_address_behind_which_no_file_can_stand_is_refused(wrong: str) -> None:
    with pytest.raises(ConfigError, match="base URL is"):
        Choice(base_url=wrong)


@settings(max_examples=20)
@given(content=timelines(hostile=True))
def test_any_annotations_are_linked_data(content: Timeline) -> None:
    annotations, _ = written(content)
    found = expanded(annotations)
    assert found["@type"] == ["http://www.w3.org/ns/activitystreams#OrderedCollection"]
    (page,) = found["http://www.w3.org/ns/activitystreams#first"]
    ((items),) = (each["@list"] for each in page["http://www.w3.org/ns/activitystreams#items"])
    oa = "http://www.w3.org/ns/oa#"
    for each in items:
        assert each["@type"] == [f"{oa}Annotation"]
        assert each[f"{oa}motivatedBy"] == [{"@id": f"{oa}tagging"}]
        tag, identified = each[f"{oa}hasBody"]
        (who,) = identified[f"{oa}hasSource"]
        assert who["@type"] == ["http://schema.org/Person"]
        assert who["@id"].startswith("https://film.invalid/")
        assert tag["@type"] == [f"{oa}TextualBody"]


@settings(max_examples=20, deadline=None)
@given(content=timelines(hostile=True))
def test_any_manifest_is_one_by_the_model_of_iiif(content: Timeline) -> None:
    _, manifest = written(content)
    assert manifest["@context"] == "http://iiif.io/api/presentation/3/context.json"
    read = Manifest(**manifest)
    assert json.loads(read.json(exclude_unset=True))["items"][0]["id"] == manifest["items"][0]["id"]


def test_the_model_of_iiif_refuses_what_is_not_a_manifest() -> None:
    _, manifest = written(timeline(part("Anna", (5, 9))))
    del manifest["items"][0]["items"][0]["items"][0]["target"]
    with pytest.raises(ValueError, match="target"):
        Manifest(**manifest)
