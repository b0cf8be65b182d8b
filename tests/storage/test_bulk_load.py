"""Many files as one document: each means the same as alone, and no file hides the syntax error of another."""

from pathlib import Path
from typing import IO, cast

import pytest
from pyoxigraph import RdfFormat, Store
from support.paths import ROOT, SAMPLE

from kg.errors import SourceError
from kg.project.dataset import Source, load, read, sources
from kg.storage import store
from kg.storage.bulk_load import Bundle, Stream

HEAD = "PREFIX x: <https://a.example/>\n\n"
WHOLE = "x:a x:b x:c .\n"
#: What is Turtle, and would be other triples, or another number of them, if it were put between braces unseen.
TURTLE = {
    "plain": f"{HEAD}{WHOLE}",
    "no line feed at the end": f"{HEAD}x:a x:b x:c .",
    "a comment at the end": f"{HEAD}{WHOLE}# that is all .",
    "a comment behind the end": f"{HEAD}x:a x:b x:c . # that is all",
    "lines of Windows": f"{HEAD}{WHOLE}".replace("\n", "\r\n"),
    "lines of an old Macintosh": f"# one\r{HEAD}{WHOLE}".replace("\n", "\r"),
    "nothing": "",
    "nothing but a declaration": HEAD,
    "the old way to declare": f"@prefix x: <https://a.example/> . # of x\n{WHOLE}",
    "a declaration in small letters": f"prefix x: <https://a.example/>\n{WHOLE}",
    "a declaration with a base": "BASE <https://a.example/>\n<a> <b> <c> .\n",
    "a base in the old way": "@base <https://a.example/> .\n<a> <b> <c> .\n",
    "a declaration further down": f"{HEAD}{WHOLE}PREFIX y: <https://b.example/>\ny:a x:b x:c .\n",
    "another meaning of a prefix": f"PREFIX x: <https://b.example/>\n{WHOLE}",
    "the same prefix twice": f"PREFIX x: <https://b.example/>\n{HEAD}{WHOLE}",
    "a prefix without a name": "PREFIX : <https://a.example/>\n:a :b :c .\n",
    "a prefix with a dot": "PREFIX x.y: <https://a.example/>\nx.y:a x.y:b x.y:c .\n",
    "labels of blank nodes": f"{HEAD}_:a x:b _:c .\n",
    "blank nodes without labels": f"{HEAD}x:a x:b [ x:b x:c ] , ( 1 2 ) .\n",
    "braces in a string": f'{HEAD}x:a x:b "}} <https://c.example/> {{" .\n',
    "a string of many lines": f'{HEAD}x:a x:b """one\n}}\n.""" .\n',
    "one of single quotes": f"{HEAD}x:a x:b '''one\n.''' .\n",
    "what looks like a comment in a string": f'{HEAD}x:a x:b "# ." .\n',
    "a name of another file's prefix in a string": f'{HEAD}x:a x:b "see y:a and z:b" .\n',
    "an escaped dot at the end": f"{HEAD}x:a x:b x:c\\. .\n",
    "a number before the end": f"{HEAD}x:a x:b 1 .\n",
}
#: What is no Turtle. Alone each fails; beside others, between braces, it might not.
BROKEN = {
    "no full stop at the end": f"{HEAD}x:a x:b x:c\n",
    "no full stop, and a comment": f"{HEAD}x:a x:b x:c # .\n",
    "a full stop that belongs to the name": f"{HEAD}x:a x:b x:c\\.\n",
    "a number with a full stop and a blank": f"{HEAD}x:a x:b . \n",
    "another file's prefix": "x:a x:b x:c .\n",
    "another file's prefix beside its own": "PREFIX w: <https://a.example/>\nw:a x:b w:c .\n",
    "another file's base": f"{HEAD}<a> x:b x:c .\n",
    "a graph of its own": f"{HEAD}{WHOLE}}} GRAPH x:g {{ x:a x:b x:d .\n",
    "a graph of its own at the top": f"{HEAD}x:g {{ x:a x:b x:d .\n}}\n{WHOLE}",
    "a string that does not end": f'{HEAD}x:a x:b """one .\n',
    "a string that does not end on its line": f'{HEAD}x:a x:b "one .\n',
    "a string that only ends": f'{HEAD}x:a x:b one""" .\n',
    "an IRI that does not end": f"{HEAD}x:a x:b <https://a.example/ .\n",
    "a bracket that does not end": f"{HEAD}x:a x:b [ x:b x:c .\n",
    "a full stop behind a declaration": f"PREFIX x: <https://a.example/> .\n{WHOLE}",
    "none behind one of the old way": f"@prefix x: <https://a.example/>\n{WHOLE}",
    "a triple as a term": f"{HEAD}<<( x:a x:b x:c )>> x:b x:c .\n",
    "a note on a triple": f"{HEAD}x:a x:b x:c {{| x:b x:c |}} .\n",
    "a triple as a value": f"{HEAD}x:a x:b <<( x:a x:b x:c )>> .\n",
    "a triple that is spoken of": f"{HEAD}<< x:a x:b x:c >> x:b x:c .\n",
    "a name for a triple": f"{HEAD}x:a x:b x:c ~ x:r .\n",
    "a direction of writing": f'{HEAD}x:a x:b "a"@ar--rtl .\n',
    "an indented prefix of another file": "PREFIX w: <https://a.example/>\nw:a yé:b w:c .\n",
    "a triple behind a comment of another line end": "PREFIX w: <https://a.example/>\n# one\rx:a x:b x:c .\n",
}
ENDING = f'{HEAD}x:a x:b """ .\nx:e x:f x:g . # """ .\nx:q x:r x:s .\n'
#: What goes wrong only together: the first is broken, the second is not.
PAIRS = {
    "a string that the next ends": (
        f'{HEAD}x:a x:b """one .\n',
        ENDING,
    ),
    "one of single quotes": (
        f"{HEAD}x:a x:b '''one .\n",
        ENDING.replace('"', "'"),
    ),
    "a prefix declared with blanks before": ("x:a x:b x:c .\n", f"  PREFIX x: <https://a.example/>\n{WHOLE}"),
    "a prefix that is not ASCII": (
        "PREFIX w: <https://a.example/>\nw:a yé:b w:c .\n",
        "PREFIX yé: <https://a.example/>\nyé:a yé:b yé:c .\n",
    ),
}


def written(place: Path, *texts: str) -> list[Source]:
    """Return the sources that have these texts."""
    found = []
    for number, text in enumerate(texts):
        path = place / f"{number}.ttl"
        path.write_bytes(text.encode())
        found.append(Source(path, path.name, graph=f"https://w3id.org/hearsay/graph/{number}"))
    return found


def shape(found: Store) -> list[tuple[str, ...]]:
    """Return the quads with equal blank nodes: their labels differ from one reading to the next."""
    return sorted(tuple("_" if str(term).startswith("_:") else str(term) for term in quad) for quad in found)


def joined(files: list[Source]) -> Store:
    """Return the quads of one document of these files."""
    bundle, found = Bundle(), Store()
    found.bulk_load(cast("IO[bytes]", Stream(bundle.part(one)[1] for one in files)), RdfFormat.TRIG)
    return found


def apart(files: list[Source]) -> Store:
    """Return the quads of the files, each read by itself."""
    found = Store()
    for one in files:
        read(found, one)
    return found


def nodes(found: Store) -> int:
    """Return the number of different blank nodes."""
    return len({str(term) for quad in found for term in quad if str(term).startswith("_:")})


@pytest.mark.parametrize("text", TURTLE.values(), ids=TURTLE)
def test_a_file_means_the_same_among_others(tmp_path: Path, text: str) -> None:
    other = "PREFIX y: <https://b.example/>\nPREFIX z: <https://c.example/>\ny:a z:b y:c .\n"
    for texts in ([text], [text, text], [other, text, other], [TURTLE["plain"], text, TURTLE["plain"]]):
        files = written(tmp_path, *texts)
        found, wanted = joined(files), apart(files)
        assert shape(found) == shape(wanted)
        assert nodes(found) == nodes(wanted)
        assert set(map(str, found.named_graphs())) == set(map(str, wanted.named_graphs()))


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_syntax_error_is_not_hidden_by_other_files(tmp_path: Path, text: str) -> None:
    base = "BASE <https://a.example/>\n<a> <b> <c> .\n"
    for texts in ([text], [text, text], [TURTLE["plain"], text], [base, TURTLE["plain"], text, TURTLE["plain"]]):
        files = written(tmp_path, *texts)
        with pytest.raises((SyntaxError, SourceError)):
            joined(files)
        with pytest.raises(SourceError):
            apart(files)


@pytest.mark.parametrize(("broken", "other"), PAIRS.values(), ids=PAIRS)
def test_a_syntax_error_is_not_repaired_by_another_file(tmp_path: Path, broken: str, other: str) -> None:
    assert apart(written(tmp_path, other))
    for texts in ([broken, other], [other, broken], [other, broken, other]):
        with pytest.raises((SyntaxError, SourceError)):
            joined(written(tmp_path, *texts))


def test_a_document_has_a_bounded_number_of_prefixes(tmp_path: Path) -> None:
    """A document that had them all would be searched for each of them, file by file."""
    texts = [f"PREFIX p{one}: <https://a.example/>\np{one}:a p{one}:b p{one}:c .\n" for one in range(300)]
    bundle, files = Bundle(), written(tmp_path, *texts)
    parts = [bundle.part(one)[1] for one in files]
    assert b"PREFIX" in parts[0]
    assert b"PREFIX" not in parts[-1]
    assert shape(joined(files)) == shape(apart(files))


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_an_index_names_the_place_of_a_syntax_error(tmp_path: Path, text: str) -> None:
    for name, content in {"ontology/a.ttl": TURTLE["plain"], "graph/b.ttl": text, "graph/c.ttl": WHOLE}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    with pytest.raises(SourceError) as wanted:
        load(tmp_path)
    with pytest.raises(SourceError) as found:
        store.open(tmp_path, tmp_path / "store")
    assert str(found.value) == str(wanted.value)
    noted: list[SourceError] = []
    left: list[SourceError] = []
    kept, memory = store.open(tmp_path, tmp_path / "store", noted), load(tmp_path, left)
    assert list(map(str, noted)) == list(map(str, left))
    assert shape(kept.dataset.store) == shape(memory.store)


@pytest.mark.parametrize(
    "late",
    [
        f"{HEAD}{WHOLE}x:a x:b x:d . base <https://b.example/>\n<a> x:b x:c .\n",
        f'{HEAD}x:a x:b """{chr(10) * 9_000_000}""" .\n',
    ],
    ids=["a declaration within a line", "what is too long as N-Triples"],
)
@pytest.mark.slow
def test_what_a_document_cannot_hold_is_read_file_by_file(tmp_path: Path, late: str) -> None:
    for name, content in {"ontology/a.ttl": TURTLE["plain"], "graph/b.ttl": late}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content)
    with pytest.raises((SyntaxError, MemoryError)):
        joined(list(sources(tmp_path)))
    assert set(store.open(tmp_path, tmp_path / "store").dataset.store) == set(load(tmp_path).store)


@pytest.mark.parametrize("root", [ROOT, SAMPLE], ids=["shipped", "sample"])
def test_nearly_all_files_in_our_layout_are_taken_as_they_are(root: Path) -> None:
    """A text that looks like a name of a prefix, as in "a claim: …", costs a file its speed, but nothing else."""
    bundle, files = Bundle(), sources(root)
    parts = [bundle.part(source) for source in files]
    assert sum(data.rstrip()[-200:] in part for data, part in parts) >= 0.9 * len(files)
