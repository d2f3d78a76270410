"""The types of a project."""

from __future__ import annotations

from clusterer.project.types import Member, Person


def test_a_person_adds_up_films() -> None:
    members = tuple(
        Member(
            film=film,
            person="person-1",
            screen_time_s=time_s,
            cover=0,
            confirmed=False,
            evidence=1.0,
        )
        for film, time_s in ((1, 2.0), (3, 4.0), (3, 0.5))
    )
    person = Person("person-7", "Anna", members)
    assert person.screen_time_s == 6.5
    assert person.films == (1, 3)
