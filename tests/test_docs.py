"""The README is short, all links work, and the reference is complete."""

from __future__ import annotations

import dataclasses
import json
import re
import shlex
import shutil
import typing
from collections.abc import Iterator
from enum import StrEnum
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import numpy as np
import pytest
from click.testing import CliRunner

import clusterer
from clusterer.cli.commands import cluster_video
from clusterer.cli.season import facts_of
from clusterer.cli.show import outcome_json
from clusterer.core import config as settings
from clusterer.core.errors import ConfigError
from clusterer.edits.log import LIMITS, NEEDS
from clusterer.evaluation import Scores
from clusterer.evaluation.pair_files import COLUMNS as PAIR_COLUMNS
from clusterer.evaluation.truth import PLACE
from clusterer.faces import detection, encoding
from clusterer.faces.encoding.card import CHOICES, Card
from clusterer.outputs import export
from clusterer.people import clustering
from clusterer.project.project import Project
from clusterer.project.run_outcome import FilmOutcome, RunOutcome, RunStatus
from clusterer.store.names import FOLDERS, TABLES
from tests.conftest import DEMO, ROOT
from tests.test_imports import ORDER

DOCS = ROOT / "docs"
REFERENCE = DOCS / "reference"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), ROOT / "benchmarks/README.md"])
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_NAMED_FIRST = re.compile(r"`([^`]+)`")


def text_of(path: Path) -> str:
    return path.read_text("utf-8")


def hook(name: str) -> ModuleType:
    """A module of docs/_hooks, which is not a package."""
    spec = spec_from_file_location(f"docs_{name}", DOCS / "_hooks" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def section(text: str, title: str) -> str:
    """Text below a heading of any level, up to the next of the same or a higher level."""
    found = re.search(rf"^(#+) {re.escape(title)}$", text, re.MULTILINE)
    assert found is not None, title
    below = text[found.end() :]
    end = re.search(rf"^#{{1,{len(found[1])}}} ", below, re.MULTILINE)
    return below[: end.start()] if end else below


def rows(text: str) -> list[list[str]]:
    """Cells of the rows of the tables in a text, without their heads."""
    cells = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    bars = [i for i, row in enumerate(cells) if set("".join(row)) <= set("-: ")]
    heads = {i for bar in bars for i in (bar - 1, bar)}
    return [row for i, row in enumerate(cells) if i not in heads]


def listed(text: str) -> set[str]:
    """Names in the first column of the tables in a text."""
    return {name for row in rows(text) for name in _NAMED_FIRST.findall(row[0])}


# --- pages and links ------------------------------------------------------------------------------


def anchors(text: str) -> set[str]:
    """Names of the headings of a page, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(page: Path) -> list[str]:
    """Links of a page to a missing file or heading."""
    links = _LINK.findall(_CODE.sub("", text_of(page)))
    found = []
    for link in links:
        if ":" in link:
            continue
        name, _, anchor = link.partition("#")
        target = page.parent / name if name else page
        if not target.exists() or (anchor and anchor not in anchors(text_of(target))):
            found.append(link)
    return found


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_bytes()) < 8000


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_work(page: Path) -> None:
    assert broken(page) == []


def test_a_broken_link_is_detected(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# A b: c\n[1](#a-b-c) [2](#a) [3](none.md) [4](https://a.b) `[5](no.md)`")
    assert broken(page) == ["#a", "none.md"]


def test_every_page_of_docs_is_linked() -> None:
    pages = {ROOT / "README.md"}
    seen: set[Path] = set()
    while pages:
        page = pages.pop()
        seen.add(page)
        links = (link.partition("#")[0] for link in _LINK.findall(text_of(page)))
        linked = {(page.parent / link).resolve() for link in links if link.endswith(".md")}
        pages |= {path for path in linked if path.exists()} - seen
    assert set(DOCS.rglob("*.md")) <= seen


def test_every_page_is_in_the_navigation_of_the_site() -> None:
    navigation = set(re.findall(r"[\w/-]+\.md", text_of(ROOT / "mkdocs.yml")))
    assert navigation == {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}


def test_the_tree_of_the_architecture_is_that_of_the_package() -> None:
    tree = section(text_of(ROOT / "ARCHITECTURE.md"), "The tree")
    block = tree.split("```")[1].split("templates/")[0]
    documented, room = [], ""
    for indent, name in re.findall(r"^( +)(\w+)/", block, re.MULTILINE):
        room = name if len(indent) == 2 else room
        documented.append(name if len(indent) == 2 else f"{room}/{name}")
    package = Path(clusterer.__file__).parent
    rooms = {path.parent.relative_to(package).as_posix() for path in package.rglob("__init__.py")}
    assert set(documented) == rooms - {"."}
    assert [name for name in documented if "/" not in name] == [n for n in ORDER if n != "__main__"]


# --- the site's contents --------------------------------------------------------------------------


def test_requests_to_other_sites_are_detected() -> None:
    look = hook("elsewhere")
    assert look.in_page('<a href="https://a.b">c</a><img src="d.png">') == []
    assert look.in_page('<script src="https://a.b/c.js">') == ["https://a.b/c.js"]
    assert look.in_page('<link rel="stylesheet" href="//a.b/c.css">') == ["//a.b/c.css"]
    assert look.in_page('<p style="background: url(http://a.b/c)">') == ["http://a.b/c"]
    assert look.in_page("<style>a {background: url(//a.b/c)}</style>") == ["//a.b/c"]
    assert look.in_style("@import 'https://a.b/c.css'; a {background: url(d.png)}") == [
        "https://a.b/c.css"
    ]


def test_links_out_of_the_site_become_names() -> None:
    mend = hook("links").on_page_markdown
    assert mend("[More](../../benchmarks/README.md#a) [b](c.md)", page=None) == (
        "More (`benchmarks/README.md` in the repository) [b](c.md)"
    )
    assert mend("[CONTRIBUTING.md](../../CONTRIBUTING.md)", page=None) == "`CONTRIBUTING.md`"


# --- the command line -----------------------------------------------------------------------------


def every_command(
    command: click.Command = cluster_video, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command, with its path."""
    if path:
        yield path, command
    if isinstance(command, click.Group):
        for name in list(command.commands):
            # the default command is documented under the name of its group
            default = getattr(command, "default", None) if path else None
            yield from every_command(
                command.commands[name], path if name == default else (*path, name)
            )


def options_of(path: tuple[str, ...], command: click.Command) -> set[str]:
    context = click.Context(command, info_name=" ".join(path))
    return {
        name
        for each in command.get_params(context)
        if isinstance(each, click.Option) and not each.hidden
        for name in (*each.opts, *each.secondary_opts)
    }


def test_the_page_of_the_command_line_has_every_command_and_option() -> None:
    generated = hook("cli").on_page_markdown(text_of(REFERENCE / "cli.md"), page=None)
    found = list(every_command())
    assert len(found) > 15
    for path, command in found:
        below = section(generated, " ".join(["cluster-video", *path]))
        if isinstance(command, click.Group) and getattr(command, "default", None):
            continue  # its default command follows, under the same heading
        missing = {name for name in options_of(path, command) if f"`{name}`" not in below}
        assert not missing, path


def test_a_new_command_is_added_to_the_page() -> None:
    @click.command()
    @click.option("--loud/--silent", default=True, show_default=True, help="Sing <it> out|loud.")
    @click.option("--key", type=click.Choice(["a", "b"]), required=True)
    def sing(loud: bool, key: str) -> None:
        """Sing."""

    page = hook("cli").commands(click.Group("all", {"sing": sing}))
    assert "## cluster-video sing" in page
    assert "| `--loud` / `--silent` | Sing &lt;it> out\\|loud. \\[default: loud] |" in page
    assert "| `--key` `a` `b` |" in page


def blocks(text: str, language: str = "") -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def calls(text: str) -> Iterator[list[str]]:
    """Arguments of each call of the command in the code of a page."""
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))
    for code in [*blocks(text), *spans]:
        for line in re.split(r"\n|&&", code.replace("\\\n", " ")):
            match = re.match(r"(?:.* )?cluster-video (?![\d.])(.+)", line.strip())
            if match:
                yield shlex.split(match[1])


def unknown_options(words: list[str]) -> set[str]:
    """Options in a call that the command does not have."""
    command, path = typing.cast("click.Command", cluster_video), []
    for word in words:
        if not isinstance(command, click.Group) or word not in command.commands:
            break
        command, path = command.commands[word], [*path, word]
    while isinstance(command, click.Group) and getattr(command, "default", None):
        known = options_of(tuple(path), command)
        command = command.commands[command.default]
        if known & set(words):
            return set()
    if words[0] in {"help", "version"}:
        return set()
    known = options_of(tuple(path), command) | {"--version", "-V"}
    return {word for word in words if re.match(r"--?[a-z]", word)} - known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_on_a_page_are_valid(page: Path) -> None:
    if page.name != "CHANGELOG.md":
        assert [words for words in calls(text_of(page)) if unknown_options(words)] == []


def test_an_invalid_call_is_detected() -> None:
    (words,) = calls("```\ncluster-video export demo.people --farmat edl\n```")
    assert unknown_options(words) == {"--farmat"}
    assert unknown_options(["evaluate", "a.people", "--truth", "b.csv"]) == set()


# --- Python ---------------------------------------------------------------------------------------


def test_the_page_of_python_has_every_public_name() -> None:
    api = hook("api")
    page = api.on_page_markdown(text_of(REFERENCE / "api.md"), page=None)
    entries = re.findall(r"^::: clusterer\.(\w+)$", page, re.MULTILINE)
    assert sorted(entries) == sorted(set(clusterer.__all__) - {"__version__"})
    for name in entries:
        assert getattr(clusterer, name).__doc__, name
    every = re.findall(r"^::: .*\.(\w+)$", page, re.MULTILINE)
    assert len(every) == len(set(every))
    assert {"Identity", "Track", "OtherFilmError"} <= set(every)


def test_a_name_without_an_entry_gets_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusterer, "__all__", ["__version__", "decide", "load"])
    complete = hook("api").on_page_markdown
    page = "::: clusterer.load\n\n<!-- others of clusterer as More -->\n"
    assert complete(page, page=None) == ("::: clusterer.load\n\n## More\n\n::: clusterer.decide\n")
    assert complete(f"::: clusterer.decide\n{page}", page=None).endswith("load\n\n\n")


def test_docstrings_are_split_into_names_and_descriptions() -> None:
    tidy = hook("api").tidy
    text = "One : two.\n\nAttributes\n----------\na, b : array of\n    three\nc\n    d : e"
    assert tidy(text) == text.replace("a, b : array of", "a, b\n    array of")


def test_what_is_returned_stands_below_its_type() -> None:
    with_type = hook("api").with_type
    text = "One.\n\nReturns\n-------\nframe of\nk rows\n\nRaises\n------\nE\n    Why."
    typed = text.replace("frame of\nk rows", "DataFrame\n    frame of\n    k rows")
    assert with_type(text, "DataFrame") == typed
    assert with_type(typed, "DataFrame") == typed
    assert with_type(text.replace("frame of", "DataFrame; frame of"), "DataFrame") == typed
    bare = "One.\n\nReturns\n-------\nOutcome\n"
    assert with_type(bare, "Outcome") == bare
    assert with_type("One.", "int") == "One."


@pytest.mark.parametrize(
    "kind", [clusterer.Action, clusterer.Reason, clusterer.Verdict, clusterer.Move]
)
def test_the_members_of_enumerations_are_named(kind: type[StrEnum]) -> None:
    _, entry = text_of(REFERENCE / "api.md").split(f"::: clusterer.{kind.__name__}\n")
    entry = entry.partition(":::")[0]
    assert re.findall(r"`([A-Z_]+)`", entry) == [member.name for member in kind]


def test_the_examples_run(
    demo_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (DEMO, DEMO.with_suffix(".truth.csv")):
        shutil.copy(path, demo_folder.parent)
    monkeypatch.chdir(demo_folder.parent)
    names: dict[str, Any] = {"__name__": "examples"}
    for code in blocks(text_of(DOCS / "how-to" / "python.md"), "python"):
        exec(compile(code, "docs/how-to/python.md", "exec"), names)
    printed = capsys.readouterr().out
    assert "4 people, 0 unknown tracks" in printed
    assert "Anna ()" in printed
    assert "Cannot read missing.mp4 (no such file or directory) | \n" in printed


def test_the_commands_of_the_tutorial_run(
    demo_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(demo_folder.parent)
    shutil.copytree(DEMO.parent, "sample_videos")
    page = text_of(DOCS / "tutorial.md")
    printed = []
    for line in "".join(blocks(page)).splitlines():
        if line.startswith("cluster-video ") and " review " not in line:
            run = CliRunner().invoke(cluster_video, shlex.split(line)[1:])
            assert run.exit_code == 0, (line, run.output)
            printed.append(run.output)
    assert len(printed) == 5
    # As shown, except the number of faces, which depends on the version of FFmpeg.
    for people in ("4 people, 0 unknown tracks", "12 people, 0 unknown tracks"):
        assert f"demo.mp4: {people}" in page
        assert f"demo.mp4: {people}" in "".join(printed)


# --- settings, files, plug-ins --------------------------------------------------------------------

CONFIGS = [
    value
    for name, value in sorted(vars(settings).items())
    if name.endswith("Config") and dataclasses.is_dataclass(value) and name != "Config"
]
_RANGE = re.compile(r"(-?[\d.]+) to (-?[\d.]+)$")


def test_every_class_of_settings_is_checked() -> None:
    assert len(CONFIGS) == 12


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.__name__)
def test_the_page_of_settings_has_every_field_with_its_default(config: Any) -> None:
    table = rows(section(text_of(REFERENCE / "settings.md"), config.__name__))
    stated = {row[0].strip("`"): row[1].strip("`") for row in table}
    defaults = {}
    for field in dataclasses.fields(config):
        value = getattr(config(), field.name)
        nested = dataclasses.is_dataclass(value)
        defaults[field.name] = f"{type(value).__name__}()" if nested else json_like(value)
    assert stated == defaults


def json_like(value: object) -> str:
    return json.dumps(value) if isinstance(value, str) else repr(value)


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.__name__)
def test_documented_ranges_equal_those_of_the_code(config: Any) -> None:
    for row in rows(section(text_of(REFERENCE / "settings.md"), config.__name__)):
        name, match = row[0].strip("`"), _RANGE.match(row[2].split(",")[0])
        if match is None:
            continue
        low, high = (float(end) if "." in end else int(end) for end in match.groups())
        for inside in (low, high):
            config(**{name: inside})
        for outside in (low - 0.001 if low else -0.001, high + 0.001):
            with pytest.raises(ConfigError):
                config(**{name: outside})


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Detectors", detection.names()),
        ("Encoders", encoding.names()),
        ("Alignments", tuple(sorted(CHOICES["alignment"]))),
        ("Methods", clustering.names()),
        ("Export formats", export.names()),
    ],
)
def test_the_page_of_plug_ins_has_every_entry(title: str, names: tuple[str, ...]) -> None:
    table = section(text_of(REFERENCE / "plugins.md"), title)
    assert sorted(row[0].strip("`") for row in rows(table)) == list(names)


def test_every_export_format_has_import_instructions() -> None:
    page = text_of(DOCS / "how-to" / "export.md")
    assert [name for name in export.names() if f"{name}`" not in page] == []


@pytest.fixture(scope="module")
def files() -> str:
    return text_of(REFERENCE / "files.md")


def test_the_page_of_files_has_every_column(files: str, demo: clusterer.Outcome) -> None:
    for path in sorted(demo.folder.glob("*.csv")):
        columns = text_of(path).partition("\n")[0].split(",")
        assert sorted(listed(section(files, path.name))) == sorted(columns)


def test_the_page_of_files_has_every_file(files: str, demo: clusterer.Outcome) -> None:
    named = {name.strip("/") for name in listed(section(files, "The result folder"))}
    written = {path.name for path in demo.folder.iterdir()}
    assert written | {*TABLES} | {name for name in FOLDERS if "/" not in name} <= named


def test_the_page_of_files_has_every_key(files: str, demo: clusterer.Outcome) -> None:
    content = json.loads((demo.folder / "result.json").read_bytes())
    assert listed(section(files, "result.json")) == set(content)
    assert f"Schema {content['schema']}." in section(files, "result.json")
    with np.load(demo.folder / "analysis.npz") as arrays:
        assert listed(section(files, "analysis.npz")) == set(arrays.files)


def test_the_page_of_files_has_what_is_printed(files: str, demo: clusterer.Outcome) -> None:
    (facts,) = json.loads(outcome_json([demo]))
    assert listed(section(files, "What --json prints")) == set(facts)
    assert all(f"`{key}`" in files for key in facts["people"][0])


def test_the_page_of_files_has_what_a_run_over_a_project_prints(files: str, tmp_path: Path) -> None:
    film = FilmOutcome(Path("a.mp4"), RunStatus.FAILED)
    facts = facts_of(Project.create(tmp_path / "s.cast"), RunOutcome((film,), 1.0))
    text = section(files, "What a run over a project prints")
    assert listed(text) == set(facts)
    assert all(f"`{key}`" in text for key in facts["films"][0])
    assert all(f"`{status.value}`" in text for status in RunStatus)


def test_the_page_of_files_has_the_input_files(files: str) -> None:
    card = section(files, "The encoder's card")
    assert listed(card) == {field.name for field in dataclasses.fields(Card)}
    assert listed(section(files, "Truth files")) == {*PLACE, "person", "kind"}
    assert all(f"`{name}`" in section(files, "Lists of pairs") for name in PAIR_COLUMNS)


def test_the_page_of_files_has_every_correction(files: str) -> None:
    text = section(files, "edits.json")
    needed = {
        action: _NAMED_FIRST.findall(row[1])
        for row in rows(text)
        for action in _NAMED_FIRST.findall(row[0])
    }
    assert needed == {action.value: list(keys) for action, keys in NEEDS.items()}
    assert all(f"`{name}`" in text for name in (*LIMITS, "note", "at", "face", "name"))


def test_the_page_of_figures_has_every_figure() -> None:
    names = set(Scores().ratios())
    assert names - set(_NAMED_FIRST.findall(text_of(REFERENCE / "figures.md"))) == set()


def test_the_messages_of_the_troubleshooting_exist_in_the_code() -> None:
    page = text_of(DOCS / "how-to" / "troubleshooting.md").partition("## The review page")[0]
    package = Path(clusterer.__file__).parent
    source = " ".join(text_of(path) for path in sorted(package.rglob("*.py")))
    source = re.sub(r'"\s*f?"', "", source)  # texts that continue on the next line
    parts = [
        part.strip()
        for row in rows(page)
        for message in row[0].split("; ")
        for part in re.split(r"…(?: \.toml)?", message)
    ]
    assert len(parts) > 30
    assert [part for part in parts if part and part not in source] == []
