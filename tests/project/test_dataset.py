"""The project on disk."""

from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Store

from kg.errors import SourceError
from kg.project.config import find_root
from kg.project.dataset import Source, load, read, read_text, rules, shapes, source_entries, sources
from kg.project.files import clashes


def test_each_article_stands_in_the_graph_that_bears_its_name(sample_root: Path) -> None:
    for source in sources(sample_root):
        if source.name.startswith("graph/articles/"):
            assert source.graph == f"https://w3id.org/hearsay/article/{source.path.stem}"


def test_shapes_are_not_part_of_the_graph(sample_root: Path) -> None:
    assert "ontology/core/kg.ttl" in [source.name for source in sources(sample_root)]
    assert "ontology/core/shapes/claim.ttl" not in [source.name for source in sources(sample_root)]


def test_the_project_is_found_from_a_directory_within_it(sample_root: Path) -> None:
    assert find_root(sample_root / "graph" / "articles") == sample_root


def test_outside_a_project_the_graph_that_ships_answers(tmp_path: Path) -> None:
    assert (find_root(tmp_path) / "graph" / "units.ttl").is_file()


def _project(tmp_path: Path, text: bytes) -> Path:
    (tmp_path / "ontology").mkdir()
    (tmp_path / "graph").mkdir()
    (tmp_path / "graph" / "broken.ttl").write_bytes(text)
    (tmp_path / "graph" / "whole.ttl").write_text("<https://a.example/s> <https://a.example/p> 1 .\n")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b"PREFIX a: <https://a.example/>\na:s a:p a:x a:y .\n", "graph/broken.ttl:2:13: "),
        (b"a:s a:p 1 .\n", "graph/broken.ttl:1:1: The prefix a: has not been declared"),
        (b'<https://a.example/s> <https://a.example/p> "open .\n', "graph/broken.ttl:1:"),
        ('<https://a.example/é> <https://a.example/p> "\U0001d11e" oops .\n'.encode(), "graph/broken.ttl:1:49: "),
        (b"# one\r\n<https://a.example/s> oops .\r\n", "graph/broken.ttl:2:23: "),
        ("# é\n# é".encode() + b"\xff\n", "graph/broken.ttl:2:4: not UTF-8"),
        ("\ufeff# é".encode() + b"\xff\n", "graph/broken.ttl:1:4: not UTF-8"),
        ("\ufeffnonsense".encode(), "graph/broken.ttl:1:1: … is not a valid"),
    ],
)
def test_a_broken_file_is_named_with_line_and_column(tmp_path: Path, text: bytes, place: str) -> None:
    with pytest.raises(SourceError) as error:
        load(_project(tmp_path, text))
    assert str(error.value).startswith(place)


def test_a_byte_order_mark_is_no_part_of_a_file(tmp_path: Path) -> None:
    root = _project(tmp_path, "\ufeff<https://a.example/s> <https://a.example/p> 2 .\n".encode())
    assert len(load(root).store) == 2
    assert read_text(root / "graph" / "broken.ttl", "x").startswith("<https:")


@pytest.mark.parametrize("name", ["units (copy)", "a%20b", "100%", "a<b", "a.b", "é", "\udcff", "articles/A B"])
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    root = _project(tmp_path, b"")
    (root / "graph" / "articles").mkdir()
    (root / "graph" / f"{name}.ttl").write_text("<https://a.example/s> <https://a.example/p> 2 .\n")
    graphs = {str(quad.graph_name) for quad in load(root).store}
    assert len(graphs) == 2


def test_names_that_look_alike_in_an_iri_make_two_graphs(tmp_path: Path) -> None:
    root = _project(tmp_path, b"")
    for name in ("a b", "a%20b"):
        (root / "graph" / f"{name}.ttl").write_text("")
    assert len({source.graph for source in sources(root)}) == len(sources(root)) == 4


def test_faults_can_be_gathered_while_the_other_files_are_read(tmp_path: Path) -> None:
    faults: list[SourceError] = []
    dataset = load(_project(tmp_path, b"nonsense"), faults)
    assert [fault.file for fault in faults] == ["graph/broken.ttl"]
    assert len(dataset.store) == 1


def test_nothing_of_a_broken_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text("<https://a.example/s> <https://a.example/p> 1 .\n<https://a.example/s> oops")
    store = Store()
    with pytest.raises(SourceError):
        read(store, Source(path, "x.ttl", graph="https://a.example/g"))
    assert len(store) == 0
    assert not store.contains_named_graph(NamedNode("https://a.example/g"))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"x\.ttl:1:1: cannot be read: No such file"):
        read_text(tmp_path / "x.ttl", "x.ttl")


def test_folders_at_any_depth_tell_shapes_rules_and_examples_from_the_vocabulary(tmp_path: Path) -> None:
    names = (
        "a.ttl",
        "x/y/b.ttl",
        "shapes/c.ttl",
        "x/shapes/z/d.ttl",
        "x/rules/e.rq",
        "examples/f.ttl",
        "examples/g.rq",
    )
    for name in (*names, "examples/shapes/h.ttl", "examples/rules/i.rq"):
        (tmp_path / "ontology" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "ontology" / name).write_text("")
    assert [source.name for source in sources(tmp_path)] == ["ontology/a.ttl", "ontology/x/y/b.ttl"]
    assert sorted(name for name, *_ in source_entries(tmp_path)) == ["ontology/a.ttl", "ontology/x/y/b.ttl"]
    assert [source.name for source in shapes(tmp_path)] == ["ontology/shapes/c.ttl", "ontology/x/shapes/z/d.ttl"]
    assert [file.name for file in rules(tmp_path)] == ["ontology/x/rules/e.rq"]


def test_two_files_of_one_stem_clash(tmp_path: Path) -> None:
    for name in ("ontology/a/rules/x.rq", "ontology/b/rules/x.rq", "ontology/b/rules/y.rq"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    (error,) = clashes(rules(tmp_path), "rule")
    assert error.file == "ontology/b/rules/x.rq"
    assert error.message == "'x' is the name of the rule in ontology/a/rules/x.rq already; rename one of the files"
