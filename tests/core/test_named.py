from __future__ import annotations

from dataclasses import dataclass

import pytest

from clusterer.core.errors import ConfigError
from clusterer.core.named import MOST_NAMES, find


@dataclass(frozen=True)
class One:
    id: str
    name: str


ANNA, BEN, CAPITAL = One("person-1", "Anna"), One("person-2", "Ben"), One("person-3", "ANNA")


def test_an_id_goes_before_a_name() -> None:
    odd = One("person-4", "person-1")
    assert find("person-1", [odd, ANNA]) is ANNA


def test_an_exact_name_goes_before_one_in_other_case() -> None:
    assert find("ANNA", [ANNA, CAPITAL]) is CAPITAL
    assert find("bEN", [ANNA, BEN]) is BEN


def test_accents_are_found_however_they_are_encoded() -> None:
    zoe = One("person-5", "Zoe\u0308")
    assert find("Zo\u00eb", [ANNA, zoe]) is zoe


def test_several() -> None:
    with pytest.raises(
        ConfigError, match=r"Several are called 'anna'\. Give an id: person-1, person-3"
    ):
        find("anna", [ANNA, CAPITAL])


def test_others_are_found_but_not_listed() -> None:
    assert find("Ben", [ANNA], [BEN]) is BEN
    with pytest.raises(ConfigError, match=r"No person is named 'Cleo'\. There are: Anna$"):
        find("Cleo", [ANNA], [BEN])


def test_nobody_and_many() -> None:
    with pytest.raises(ConfigError, match="There are: nobody"):
        find("Cleo", [])
    many = [One(f"person-{i}", f"Name {i}") for i in range(MOST_NAMES + 5)]
    with pytest.raises(ConfigError) as caught:
        find("Cleo", many)
    assert str(caught.value).count("Name ") == MOST_NAMES
