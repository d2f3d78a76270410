"""Registries: names of ours and of other packages, and what goes wrong with those."""

from __future__ import annotations

import hashlib
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from clusterer.core.errors import ConfigError, DependencyError, ModelError, PlugInError
from clusterer.models import plug_in, registry
from clusterer.models.download import Download
from clusterer.models.registry import Entry, Registry
from tests.plug_in_packages import importing, install

ROOM = "tests.models.test_registry"


class Ours:
    """Made by the registry."""

    def __init__(self, *arguments: object) -> None:
        self.arguments = arguments


@pytest.fixture
def ours() -> Registry[Entry]:
    return Registry("thing", "cluster_video.things", Entry, {"ours": Entry(f"{ROOM}:Ours")})


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that Python imports from, seen anew."""
    with importing(tmp_path, monkeypatch):
        yield tmp_path


def bring(site: Path, source: str, name: str = "theirs", **more: str) -> Path:
    module = more.setdefault("package", "somebodys-things").replace("-", "_")
    points = {"things": {name: f"{module}:Thing"}}
    return install(site, more.pop("package"), source, points, **{"licence": "Zlib", **more})


HEAD = "from clusterer.models.registry import Entry\n"
CLASS = "class Thing:\n    def __init__(self, *given): self.given = given\n"


def test_a_class_is_enough(ours: Registry[Entry], site: Path) -> None:
    file = bring(site, CLASS)
    assert ours.names() == ("ours", "theirs")
    assert "somebodys_things" not in sys.modules, "listing the names imports nothing"
    assert ours.create("theirs", 1, 2).given == (1, 2)
    entry = ours.get("theirs")
    assert entry.home == "somebodys_things:Thing"
    assert (entry.plug_in, entry.licence) == ("somebodys-things 1.0", "Zlib")
    (code,) = entry.files
    assert (code.name, code.licence) == ("theirs (somebodys-things 1.0)", "Zlib")
    assert code.find() == file
    assert code.sha256() == hashlib.sha256(CLASS.encode()).hexdigest()
    assert ours.create("ours", 3).arguments == (3,)
    assert ours.problems() == ()
    assert list(ours.entries()) == ["ours", "theirs"]


@pytest.mark.parametrize(
    ("parameters", "given"),
    [
        ("self, config, device='cpu'", {"device": "cuda"}),
        ("self, config, *, device", {"device": "cuda"}),
        ("self, config", {}),
        ("self, config, **device", {}),
        ("self, config, *device", {}),
        ("self, device, /", {}),
    ],
)
def test_a_class_gets_what_it_has_a_parameter_for(
    ours: Registry[Entry], site: Path, parameters: str, given: dict[str, str]
) -> None:
    taken = "device" if given else "{}"
    body = f"class Thing:\n    def __init__({parameters}): self.device = {taken}\n"
    bring(site, body)
    made = ours.create("theirs", 1, device="cuda")
    assert made.device == (given.get("device") or {})


def test_a_class_that_is_not_written_in_python_gets_the_arguments_alone() -> None:
    built_in = Registry("thing", "cluster_video.things", Entry, {"range": Entry("builtins:range")})
    assert built_in.create("range", 3, device="cuda") == range(3)


def test_a_class_may_state_more(ours: Registry[Entry], site: Path) -> None:
    head = "from clusterer.models.registry import Entry\n"
    bring(site, f"{head}{CLASS}    entry = Entry(summary='fine', licence='CC0')\n")
    entry = ours.get("theirs")
    assert (entry.summary, entry.licence) == ("fine", "CC0")
    assert entry.home == "somebodys_things:Thing"


def test_an_entry_in_a_light_module(ours: Registry[Entry], site: Path) -> None:
    (site / "somebodys_heavy.py").write_text(CLASS, "utf-8")
    bring(
        site,
        "from clusterer.models.registry import Entry\nThing = Entry('somebodys_heavy:Thing')\n",
    )
    entry = ours.get("theirs")
    assert "somebodys_heavy" not in sys.modules
    assert entry.files[-1].find() == site / "somebodys_heavy.py"
    assert ours.create("theirs").given == ()


def test_our_name_is_ours(ours: Registry[Entry], site: Path) -> None:
    bring(site, CLASS, "ours")
    assert ours.names() == ("ours",)
    assert isinstance(ours.create("ours"), Ours)
    assert ours.problems() == (
        "The thing 'ours' of somebodys-things 1.0 is not used: cluster-video has one of that name",
    )


def test_a_name_of_two_packages_is_nobody_s(ours: Registry[Entry], site: Path) -> None:
    bring(site, CLASS, package="somebodys-z")
    bring(site, CLASS, package="somebodys-a", version="2.0")
    text = "The thing 'theirs' is in somebodys-a 2.0 and somebodys-z 1.0. Uninstall all but one"
    with pytest.raises(ConfigError) as caught:
        ours.get("theirs")
    assert str(caught.value) == text
    assert ours.problems() == (text,)
    assert list(ours.entries()) == ["ours"]


@pytest.mark.parametrize("name", ["Two Words", "a/b", "Upper", "onnx:x", "--help", "../up"])
def test_an_odd_name_is_refused(ours: Registry[Entry], site: Path, name: str) -> None:
    bring(site, CLASS, name)
    assert ours.names() == ("ours",)
    with pytest.raises(ConfigError, match="There is no thing named"):
        ours.get(name)
    assert ours.problems() == (
        f"The thing {name!r} of somebodys-things 1.0 is not used: "
        "a name consists of a to z, 0 to 9, '.', '_' and '-'",
    )
    assert "somebodys_things" not in sys.modules


def test_a_download_is_called_like_its_entry(ours: Registry[Entry], site: Path) -> None:
    bring(
        site,
        "from clusterer.models.download import Download\n"
        "from clusterer.models.registry import Entry\n"
        f"{CLASS}    file = Download('other', 'x.bin', 'https://x', '0', 1, 'MIT')\n"
        "    entry = Entry(files=(file,))\n",
    )
    file, _ = ours.get("theirs").files
    assert isinstance(file, Download)
    assert "cluster-video models download theirs" in file.remedy


def test_a_licence_of_a_classifier(ours: Registry[Entry], site: Path) -> None:
    bring(site, CLASS, licence="")
    facts = site / "somebodys_things-1.0.dist-info" / "METADATA"
    kind = "Classifier: License :: OSI Approved :: MIT License\n\n"
    facts.write_text(facts.read_text("utf-8").rstrip() + f"\n{kind}", "utf-8")
    assert ours.get("theirs").licence == "MIT License"


def test_what_fails_at_work_names_the_plug_in(ours: Registry[Entry], site: Path) -> None:
    bring(site, CLASS)
    for error in (ValueError("bad\nsecond line"), SystemExit(3)):
        with pytest.raises(PlugInError) as caught, ours.running("theirs"):
            raise error
        line = f"{type(error).__name__}: {str(error).splitlines()[0]}"
        assert caught.value.cause == (
            f"The thing 'theirs' of the package somebodys-things 1.0 failed ({line})"
        )
        assert caught.value.__cause__ is error
    for passes in (ModelError("no weights"), KeyboardInterrupt()):
        with pytest.raises(type(passes)), ours.running("theirs"):
            raise passes


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import somebodys_nothing", "(ModuleNotFoundError: No module named 'somebodys_nothing')"),
        ("raise SystemExit('a\\nb')", "(SystemExit: a)"),
        ("1 +", "(SyntaxError: invalid syntax"),
        ("", "(AttributeError: "),
        ("Thing = 3", "is neither a class nor of the type Entry"),
        ("class Thing:\n    entry = 3", "is neither a class nor of the type Entry"),
        ("def Thing(): pass", "is neither a class nor of the type Entry"),
        ("class It: pass\nThing = It()", "is neither a class nor of the type Entry"),
        (f"{HEAD}Thing = Entry()", "(ValueError: home is '', not 'module:Class')"),
        (f"{HEAD}class Thing:\n    entry = Entry(files=None)", "(TypeError: files is None"),
        (f"{HEAD}class Thing:\n    entry = Entry(summary=3)", "(TypeError: summary is 3"),
        (f"{HEAD}class Thing:\n    entry = Entry(measured=3)", "(TypeError: measured is 3"),
    ],
)
def test_what_cannot_be_imported(ours: Registry[Entry], site: Path, source: str, told: str) -> None:
    bring(site, source)
    with pytest.raises(DependencyError) as caught:
        ours.load("theirs")
    assert "The thing 'theirs' of " in caught.value.cause
    assert "somebodys-things 1.0" in caught.value.cause
    assert told in caught.value.cause
    assert caught.value.remedy
    assert ours.problems() == (str(caught.value),)
    assert list(ours.entries()) == ["ours"]


def test_what_fails_when_it_is_made(ours: Registry[Entry], site: Path) -> None:
    bring(site, "class Thing:\n    def __init__(self): raise OSError('no disk')\n")
    with pytest.raises(DependencyError, match=r"somebodys-things 1\.0 .*\(OSError: no disk\)"):
        ours.create("theirs")


def test_errors_of_ours_pass(ours: Registry[Entry], site: Path) -> None:
    head = "from clusterer.core.errors import ModelError\n"
    bring(site, f"{head}class Thing:\n    def __init__(self): raise ModelError('no weights')\n")
    with pytest.raises(ModelError, match=r"^no weights$"):
        ours.create("theirs")
    broken = Registry("thing", "", Entry, {"a": Entry("nowhere_at_all:A")})
    with pytest.raises(ModuleNotFoundError):  # not a plug-in, but an installation gone wrong
        broken.create("a")


def test_damaged_metadata_hides_its_own_package_only(ours: Registry[Entry], site: Path) -> None:
    bring(site, CLASS)
    install(site, "somebodys-wreck", "", {"things": {"a": "b"}})
    (site / "somebodys_wreck-1.0.dist-info" / "entry_points.txt").write_text("[x]\nno sign\n")
    assert ours.names() == ("ours", "theirs")


def test_an_unknown_name_lists_all(ours: Registry[Entry], site: Path) -> None:
    bring(site, CLASS)
    with pytest.raises(ConfigError) as caught:
        ours.get("zebra")
    assert str(caught.value) == "There is no thing named 'zebra'. Choose from ours, theirs"
    with pytest.raises(
        ConfigError, match=r"'their'\. Did you mean theirs\? Choose from ours, theirs"
    ):
        ours.get("their")


def test_for_our_names_no_package_is_searched(
    ours: Registry[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "plug_ins", lambda group: pytest.fail(f"looked for {group}"))
    assert isinstance(ours.create("ours"), Ours)


def test_code_without_a_file() -> None:
    for module in ("no_such_module", "no_such_package.module", "builtins", "__main__.x"):
        with pytest.raises(ModelError, match=f"The module {module} has no file"):
            plug_in.Code("a", module, "b").find()


def test_code_in_an_archive(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(site / "a.zip", "w") as archive:
        archive.writestr("somebodys_zipped.py", CLASS)
    monkeypatch.syspath_prepend(site / "a.zip")
    with pytest.raises(ModelError, match=r"somebodys_zipped\.py is not a file"):
        plug_in.Code("a", "somebodys_zipped", "b").find()
