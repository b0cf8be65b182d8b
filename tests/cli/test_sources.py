"""The three sources of a graph: the same answers, behind the same privacy gate."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import FrozenInstanceError
from pathlib import Path

import click
import pytest
from pyoxigraph import QuerySolutions
from support.endpoint_commands import GIVEN_AWAY, HEAD
from support.http_server import habit, serving

from kg.analysis.dossier import dossier
from kg.cli.context import Options
from kg.cli.sources import EndpointSource, FileSource, GraphSource, IndexSource, graph_source
from kg.errors import PrivacyError
from kg.project.dataset import load
from kg.rdf.namespaces import expand

KINDS: dict[str, type[GraphSource]] = {"files": FileSource, "index": IndexSource, "endpoint": EndpointSource}
LEGION = expand("unit:sample-legion")
Opened = Callable[[str], GraphSource]


@pytest.fixture
def project(sample_root: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sample_root, tmp_path / "project")


@pytest.fixture
def opened(project: Path, alone: None) -> Iterator[Opened]:
    """Return a function that opens the project as one kind of source."""
    with ExitStack() as stack:
        stack.enter_context(click.Context(click.Command("kg")).scope())

        def open_(kind: str) -> GraphSource:
            index = str(project.parent / "index") if kind == "index" else "off"
            server = stack.enter_context(serving(habit(load(project).store))) if kind == "endpoint" else None
            return graph_source(Options(project, index=index, endpoint=server.url if server else None, quiet=True))

        yield open_


def test_options_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        setattr(Options(), "quiet", True)  # noqa: B010


@pytest.mark.parametrize("kind", KINDS)
def test_each_source_gives_the_same_answers(opened: Opened, project: Path, kind: str) -> None:
    store, source = load(project).store, opened(kind)
    assert type(source) is KINDS[kind]
    source.admit()
    assert source.resolve("Sample Legion") == LEGION
    rows = source.run("SELECT ?unit WHERE { ?unit a kg:Unit } ORDER BY ?unit")
    assert isinstance(rows, QuerySolutions)
    assert LEGION in [row["unit"].value for row in rows]
    assert dossier(source.about(LEGION), LEGION).sections == dossier(store, LEGION).sections
    assert set(source.whole()) == set(store)
    assert set(source.about(None)) == set(store)
    assert source.resolve("sample-legion") == LEGION


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "method",
    [
        lambda source: source.admit(),
        lambda source: source.whole(),
        lambda source: source.about(LEGION),
        lambda source: source.resolve("Sample Legion"),
        lambda source: source.run("ASK {}"),
    ],
    ids=["admit", "whole", "about", "resolve", "run"],
)
def test_no_method_of_a_source_passes_the_privacy_gate(
    opened: Opened, project: Path, kind: str, method: Callable[[GraphSource], object]
) -> None:
    (project / "graph" / "planted.ttl").write_text(f"{HEAD}{GIVEN_AWAY['claim of a name']}", encoding="utf-8")
    with pytest.raises(PrivacyError):
        method(opened(kind))
