"""Bad input: whatever lies in a project, `kg` ends with 0, 1 or 2 and says in bounded words what is wrong and where."""

import os
import re
import shutil
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cli import Outcome, call
from support.paths import ROOT

from kg.output.reports.text import SHOWN
from kg.shacl import regex
from kg.validation.finding import LONGEST
from kg.validation.validate import validate

#: `pytest tests/cli/test_hostile.py --fuzz 2000` tries more inputs, and others each time.
fuzzed = settings.get_profile("fuzz")
pytestmark = pytest.mark.slow


DEEP = 10_000
PREFIXES = """PREFIX claim: <https://w3id.org/hearsay/claim/>
PREFIX kg: <https://w3id.org/hearsay/ns#>
PREFIX oa: <http://www.w3.org/ns/oa#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX passage: <https://w3id.org/hearsay/passage/>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX topic: <https://w3id.org/hearsay/topic/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
#: Turtle up to a predicate, which stands in line 14 and column 5.
TOPIC = f'{PREFIXES}topic:odd\n    a kg:Topic ;\n    rdfs:label "Odd"@en ;\n    '
NOTE = f"{TOPIC}skos:editorialNote "

#: What asks of the graph, on the sample's names.
READERS = (
    ("query", "-e", "SELECT ?s ?p ?o WHERE { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 50"),
    ("show", "unit:sample-legion"),
    ("search", "legion"),
    ("conflicts",),
    ("timeline",),
    ("export", "turtle"),
    ("export", "graphml"),
)


@pytest.fixture(scope="module")
def project(sample_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the sample with one stored question; what a test puts into it, it takes out again."""
    root = tmp_path_factory.mktemp("hostile") / "project"
    shutil.copytree(sample_root, root)
    for path in root.glob("queries/**/*.rq"):
        if path.stem != "strength":
            path.unlink()
    return root


@pytest.fixture
def own(project: Path, tmp_path: Path) -> Path:
    """Return a copy of the project to be damaged."""
    return shutil.copytree(project, tmp_path / "own")


@pytest.fixture(autouse=True)
def listener() -> Iterator[int]:
    """Give a port at which nobody may ring while a test runs."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


def bounded(done: Outcome, codes: tuple[int, ...] = (0, 1, 2)) -> str:
    """Hold a call to its manners and return all that it said."""
    said = done.stdout + done.stderr
    assert done.returncode in codes, (done.returncode, said[-500:])
    assert "Traceback" not in said
    assert "this is a bug" not in said
    assert len(done.stderr) < 5_000
    return said


def check(root: Path, *words: str) -> str:
    """Return what the check says."""
    said = bounded(call("-C", str(root), "validate", *words))
    assert len(said) < 3_000_000
    return said


def readers(root: Path) -> None:
    """Hold all that reads the graph to its manners."""
    for words in READERS:
        bounded(call("-C", str(root), *words))


# --- Turtle ---

#: What stands in graph/odd.ttl, and where and how the check begins about it; nothing for what is no fault of its own.
TURTLE: dict[str, tuple[str | bytes, str]] = {
    "brackets": (f"{TOPIC}kg:odd {'[ kg:odd ' * DEEP}1{' ]' * DEEP} .", "14:5: violation rule:undefined-term"),
    "brackets as a subject": (f"{PREFIXES}{'[ kg:odd ' * DEEP}1{' ]' * DEEP} .", "11:3: violation rule:undefined-term"),
    "lists": (f"{TOPIC}kg:odd {'(' * DEEP}{')' * DEEP} .", "14:5: violation rule:undefined-term"),
    "open brackets": (TOPIC + "kg:odd " + "[" * DEEP, "14:13: violation syntax:turtle"),
    "open lists": (TOPIC + "kg:odd " + "(" * DEEP, "violation syntax:turtle: Unexpected end"),
    "a long literal": (f'{TOPIC}kg:odd "{"x" * 1_000_000}" .', "14:5: violation rule:undefined-term"),
    "escapes in a long literal": (TOPIC + 'kg:odd "' + r"\n\"" * 200_000 + '" .', "14:5: violation rule:undefined"),
    "a literal beyond the parser": (f'{TOPIC}kg:odd "{"x" * 50_000_000}" .', "1:1: violation syntax:turtle: has a"),
    "a long line": (TOPIC + "kg:odd " + " , ".join(f'"{i:05000}"' for i in range(2_000)) + " .", "14:5: violation"),
    "a long name": (f"{TOPIC}kg:odd topic:{'x' * 1_000_000} .", "is not described"),
    "a long language": (f'{TOPIC}kg:odd "x"@{"-".join(["abcdefgh"] * 120)} .', "14:5: violation rule:undefined-term"),
    "a long subtag": (f'{TOPIC}kg:odd "x"@{"a" * 1000} .', "A subtag may be eight characters"),
    "prefixes": ("".join(f"PREFIX p{i}: <http://e.org/{i}/>\n" for i in range(DEEP)) + TOPIC + "p1:x p2:y .", "10014:"),
    "Latin-1": (f'{TOPIC}kg:odd "é" .'.encode("latin-1"), "14:13: violation syntax:turtle: not UTF-8: save"),
    "UTF-16": (f'{TOPIC}kg:odd "é" .'.encode("utf-16"), "1:1: violation syntax:turtle: not UTF-8 but UTF-16: save"),
    "UTF-32": (f'{TOPIC}kg:odd "é" .'.encode("utf-32"), "1:1: violation syntax:turtle: not UTF-8 but UTF-32: save"),
    "surrogates in bytes": (TOPIC.encode() + b'kg:odd "\xed\xa0\x80" .', "14:13: violation syntax:turtle: not UTF-8"),
    "an overlong NUL": (TOPIC.encode() + b'kg:odd "\xc0\x80" .', "14:13: violation syntax:turtle: not UTF-8"),
    "NUL": (b"\0", "1:1: violation syntax:turtle"),
    "NUL in a literal": (f'{NOTE}"\0"@en .', ""),
    "a surrogate": (TOPIC + r'kg:odd "\uD800" .', "14:13: violation syntax:turtle: … is not a valid unicode"),
    "a pair of surrogates": (TOPIC + r'kg:odd "\uD83D\uDE00" .', "14:13: violation syntax:turtle"),
    "beyond Unicode": (TOPIC + r'kg:odd "\U00110000" .', "14:13: violation syntax:turtle: … is not a valid"),
    "an open literal": (f'{TOPIC}kg:odd "open', "14:12: violation syntax:turtle: Unexpected end of file"),
    "an open long literal": (f'{TOPIC}kg:odd """open\n\n', "14:12: violation syntax:turtle: Unexpected end of"),
    "a literal over two lines": (f'{TOPIC}kg:odd "one\ntwo" .', "violation syntax:turtle: Line jumps are not allowed"),
    "a blank in an IRI": (f"{TOPIC}kg:odd <http://e.org/a b> .", "14:12: violation syntax:turtle: Invalid IRI"),
    "an escaped blank in an IRI": (TOPIC + r"kg:odd <http://e.org/\u0020> .", "14:12: violation syntax:turtle"),
    "a relative IRI": (f"{TOPIC}kg:odd <odd> .", "14:12: violation syntax:turtle: No scheme found"),
    "a base": (f"BASE <http://e.org/a/b>\n{TOPIC}kg:odd <x>, <../y>, <#z>, <>, <//h/p>, <?q> .", "15:5: violation"),
    "a relative base": (f"BASE <odd>\n{TOPIC}kg:odd 1 .", "1:6: violation syntax:turtle"),
    "classes in a circle": (
        f"{PREFIXES}kg:A a rdfs:Class ; rdfs:subClassOf kg:B .\nkg:B rdfs:subClassOf kg:A , kg:B .\ntopic:odd a kg:A .",
        "is not described",
    ),
    "a list in a circle": (f"{TOPIC}kg:odd _:l . _:l rdf:first 1 ; rdf:rest _:l .", "14:5: violation rule:undefined"),
    "RDF 1.2, a statement": (f"{TOPIC}kg:odd << topic:odd kg:odd 1 >> .", "14:12: violation syntax:turtle: '<<' is"),
    "RDF 1.2, a term": (f"{TOPIC}kg:odd <<( topic:odd kg:odd 1 )>> .", "14:12: violation syntax:turtle: '<<' is"),
    "RDF 1.2, an annotation": (TOPIC + "kg:odd 1 {| kg:odd 2 |} .", "14:14: violation syntax:turtle: '{|' is"),
    "RDF 1.2, a reifier": (f"{TOPIC}kg:odd 1 ~ topic:r .", "14:14: violation syntax:turtle: '~' is RDF 1.2"),
    "RDF 1.2, a direction": (f'{TOPIC}kg:odd "x"@ar--rtl .', "14:18: violation syntax:turtle: '--rtl' is RDF 1.2"),
    "RDF 1.2, in strings only": (f'{NOTE}"<< ~ {{| @en--ltr |}} ~ >>"@en .', ""),
    "a version": (f'@version "1.2" .\nVERSION "1.1"\n{NOTE}"x"@en .', ""),
    "TriG": (f"{PREFIXES}GRAPH topic:g {{ topic:odd a kg:Topic }}", "11:1: violation syntax:turtle"),
    "a formula": (PREFIXES + "{ topic:odd a kg:Topic } => { topic:odd a kg:Unit } .", "11:1: violation syntax:turtle"),
    "a variable": (f"{TOPIC}kg:odd ?x .", "violation syntax:turtle"),
    "a as a subject": (f"{PREFIXES}a a kg:Topic .", "11:1: violation syntax:turtle: a is not a valid subject"),
    "a as an object": (f"{TOPIC}kg:odd a .", "14:12: violation syntax:turtle: a is not a valid RDF object"),
    "a number of many digits": (f"{TOPIC}oa:start {'9' * 100_000} .", "14:5: violation shape:Topic"),
    "a start of many digits": (
        f"{PREFIXES}passage:odd a kg:Passage ; oa:start {'9' * 22} , {'9' * 6000} , -0 ; oa:end +1 .",
        "violation shape:Passage-start",
    ),
    "days of far years": (
        f'{PREFIXES}claim:odd a kg:Claim ; kg:notBefore "99999-01-01"^^xsd:date ; kg:extent kg:Throughout ; '
        f'kg:notAfter "{"9" * 6000}-02-29"^^xsd:date , "0000-01-01"^^xsd:date , "-0001-01-01"^^xsd:date .',
        "violation shape:NotAfter",
    ),
    "no numbers": (
        f'{PREFIXES}passage:odd a kg:Passage ; oa:start "NaN"^^xsd:decimal , "INF"^^xsd:integer , 1e999999999 , -0.0 .',
        "violation shape:Passage-start",
    ),
    "control characters": (f'{NOTE}"\x01\x1b[31m\x07\u202e\ufffe"@en .', ""),
    "an escape in a name": (f"{TOPIC}kg:odd kg:x\x1b[31m .", "14:16: violation syntax:turtle"),
    "a wrong percent sign": (f"{TOPIC}kg:odd topic:%zz .", "violation syntax:turtle: escapes in IRIs"),
    "imports": (f"{PREFIXES}<https://e.org/o> a owl:Ontology ; owl:imports <http://127.0.0.1:PORT/> .", "kind-unknown"),
    "two versions": (f"{TOPIC}\n<<<<<<< HEAD\nkg:odd 1 .\n", "; resolve the merge conflict here"),
    "nothing": (b"", "1:1: violation syntax:empty"),
    "a byte-order mark": (b"\xef\xbb\xbf", "1:1: violation syntax:empty"),
    "a comment": (b"# PREFIX kg: <https://w3id.org/hearsay/ns#>\r\n", "1:1: violation syntax:empty"),
    "lone carriage returns": (f'{NOTE}"x"@en .'.replace("\n", "\r"), ""),
    "line ends of Windows": (f'{NOTE}"x"@en .'.replace("\n", "\r\n"), ""),
    "no Turtle at all": (b"\x1f\x8b\x08\0\0\0\0\0", "1:2: violation syntax:turtle: not UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("name", TURTLE)
def test_odd_turtle_is_a_finding_at_its_place(project: Path, listener: int, name: str) -> None:
    written, expected = TURTLE[name]
    path = project / "graph" / "odd.ttl"
    data = written.encode() if isinstance(written, str) else written
    path.write_bytes(data.replace(b"PORT", str(listener).encode()))
    try:
        told = check(project)
        lines = [line for line in told.splitlines() if line.startswith("graph/odd.ttl:")]
        assert any(expected in line for line in lines), lines[:5]
        if not expected:
            assert [line for line in lines if " violation " in line] == []
        assert all(len(line) < 3 * LONGEST for line in lines)
        if len(data) < 5_000_000:
            readers(project)
        else:
            bounded(call("-C", str(project), *READERS[0]))
    finally:
        path.unlink()


@pytest.mark.parametrize("form", ["json", "sarif", "github", "junit", "turtle"])
def test_the_other_forms_keep_their_manners(own: Path, form: str) -> None:
    odd = own / "graph" / "odd\n\x1b[31m%.ttl"
    for written in (TURTLE["control characters"][0], TURTLE["a long name"][0], TURTLE["NUL"][0]):
        odd.write_bytes(written.encode() if isinstance(written, str) else written)
        told = check(own, "--format", form)
        assert "\x1b" not in told or form == "turtle"  # which is data, as SHACL has it


# --- Queries ---

_TRIPLE = "?s ?p ?o"
QUERIES: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", "expected SELECT, ASK, CONSTRUCT or DESCRIBE"),
    "a comment": ("# SELECT\n", "expected SELECT, ASK, CONSTRUCT or DESCRIBE"),
    "groups": (f"ASK {'{' * DEEP}{'}' * DEEP}", "more than 100 nested brackets"),
    "open groups": (f"ASK {'{' * 10 * DEEP}", "more than 100 nested brackets"),
    "parentheses": (f"ASK {{ FILTER{'(' * DEEP}1{')' * DEEP} }}", "more than 100 nested brackets"),
    "blank nodes": (f"ASK {{ ?s ?p {'[ ?p ' * DEEP}1{' ]' * DEEP} }}", "more than 100 nested brackets"),
    "lists": (f"ASK {{ ?s ?p {'(' * DEEP}{')' * DEEP} }}", "more than 100 nested brackets"),
    "paths": (f"ASK {{ ?s {'(' * DEEP}<a:x>{')' * DEEP} ?o }}", "more than 100 nested brackets"),
    "subselects": (f"SELECT * WHERE {'{ SELECT * WHERE ' * DEEP}{{}}{' }' * DEEP}", "more than 100 nested brackets"),
    "triples in triples": (f"ASK {{ ?s ?p {'<<( ?s ?p ' * DEEP}1{' )>>' * DEEP} }}", "more than 100 nested brackets"),
    "nots": (f"ASK {{ FILTER({'!' * DEEP}true) }}", "more than 1,000 brackets and operators"),
    "unions": (f"ASK {{ {' UNION '.join([f'{{ {_TRIPLE} }}'] * DEEP)} }}", "more than 1,000 brackets and operators"),
    "sums": (f"ASK {{ FILTER({'+'.join('1' * DEEP)} = 1) }}", "more than 1,000 brackets and operators"),
    "alternatives": (f"ASK {{ ?s {'|'.join(['<a:x>'] * DEEP)} ?o }}", "more than 1,000 brackets and operators"),
    "bindings": (f"ASK {{ {' '.join(f'BIND(1 AS ?v{i})' for i in range(DEEP))} }}", "more than 1,000 brackets"),
    "values": (f"SELECT (COUNT(*) AS ?n) {{ VALUES ?x {{ {' '.join(map(str, range(DEEP)))} }} }}", f"n\n{DEEP}\n"),
    "rows of values": (f"SELECT (COUNT(*) AS ?n) {{ VALUES (?x) {{ {'(-1) ' * DEEP} }} }}", f"n\n{DEEP}\n"),
    "a long literal": (f'ASK {{ ?s ?p "{"x" * 1_000_000}" }}', "false"),
    "dots": (f"ASK {{ ?s ?p {'a.' * 100_000} }}", ":1:"),
    "an open literal": ('ASK { ?s ?p "open }', ":1:"),
    "an undeclared prefix": ("ASK { ?s odd:x ?o }", ":1:10: unknown prefix 'odd:'"),
    "a surrogate": (r'ASK { ?s ?p "\uD800" }', ":1:"),
    "not UTF-8": (b"ASK { \xff }", ":1:7: not UTF-8"),
    "UTF-16": ("ASK {}".encode("utf-16"), ":1:1: not UTF-8 but UTF-16"),
    "NUL": (b"\0", "expected SELECT"),
    "another graph": ("SELECT * FROM <http://127.0.0.1:PORT/x> WHERE { kg:x kg:y ?o }", "o\n"),
    "a service": ("ASK { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }", "SERVICE queries another endpoint"),
    "a service behind a name": ("ASK { kg:a kg:b true.SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }", "SERVICE q"),
    "a load": ("LOAD <http://127.0.0.1:PORT/x>", "LOAD is an update"),
    "a regular expression": ('ASK { ?s rdfs:label ?o FILTER REGEX("' + "a" * 100 + '!", "^(a+)+$") }', "false"),
    "a wrong regular expression": ('ASK { ?s rdfs:label ?o FILTER REGEX(?o, "(") }', "false"),
}  # fmt: skip


@pytest.mark.parametrize("name", QUERIES)
def test_an_odd_query_is_answered_or_refused_with_its_file(
    project: Path, tmp_path: Path, listener: int, name: str
) -> None:
    written, expected = QUERIES[name]
    data = (written.encode() if isinstance(written, str) else written).replace(b"PORT", str(listener).encode())
    path = tmp_path / "odd.rq"
    path.write_bytes(data)
    told = bounded(call("-C", str(project), "query", "-f", str(path))).replace("\r\n", "\n")
    assert expected in told, told[:300]
    if expected.startswith(":"):
        assert f"kg: {path}{expected}" in told
    if "more than" in expected or "no SELECT" in expected:
        for file in ("queries/odd.rq", "ontology/core/rules/odd.rq"):
            header = b"#+ summary: Is it odd.\n#+ severity: violation\n"
            (project / file).write_bytes(header + data)
            try:
                # Where no limit of time holds, a query may not have as much else either.
                said = expected if "deep" in expected or "no SELECT" in expected else "more than"
                assert re.search(rf"(?m)^{file}:\d+:\d+: violation syntax:sparql: .*{said}", check(project))
            finally:
                (project / file).unlink()


def test_an_empty_query_on_the_command_line_is_said_so(project: Path) -> None:
    for text in ("", " ", "#"):
        done = call("-C", str(project), "query", "-e", text)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "kg: query:1:1: expected SELECT, ASK, CONSTRUCT or DESCRIBE\n"


def test_what_is_no_query_is_named(project: Path, tmp_path: Path) -> None:
    (tmp_path / "x.rq").write_bytes(os.urandom(2) + b"\xff" * 100)
    for path, message in ((tmp_path, "is a directory, not a file"), (tmp_path / "x.rq", "not UTF-8")):
        done = call("-C", str(project), "query", "-f", str(path))
        assert done.returncode == 2
        assert done.stderr.startswith(f"kg: {path}:1:")
        assert message in done.stderr


def test_a_query_may_come_through_a_pipe(project: Path, tmp_path: Path) -> None:
    from threading import Thread

    os.mkfifo(tmp_path / "pipe")
    writer = Thread(target=(tmp_path / "pipe").write_text, args=("ASK {}",))
    writer.start()
    assert call("-C", str(project), "query", "-f", str(tmp_path / "pipe")).stdout == "true\n"
    writer.join()


def test_a_broken_stored_question_is_named_by_its_file(own: Path) -> None:
    path = own / "queries" / "core" / "strength.rq"
    path.write_text(path.read_text(encoding="utf-8").replace("SELECT", "SELECT SELECT", 1), encoding="utf-8")
    done = call("-C", str(own), "query", "strength")
    assert done.returncode == 2
    assert done.stderr.startswith("kg: queries/core/strength.rq:")


def test_a_rule_asks_nobody_elsewhere(own: Path, listener: int) -> None:
    head = "#+ summary: It is there.\n#+ severity: violation\n"
    query = f"SELECT ?focus WHERE {{ SERVICE <http://127.0.0.1:{listener}/> {{ ?focus ?p ?o }} }}"
    (own / "ontology" / "core" / "rules" / "odd.rq").write_text(head + query)
    assert "ontology/core/rules/odd.rq:1:1: violation syntax:rule: the query calls another endpoint" in check(own)


# --- Shapes ---

SHAPES_AT_ODDS: dict[str, tuple[str, str]] = {
    "a shape of itself": ("shape:Odd sh:node shape:Odd", "a shape refers to itself"),
    "a shape that is not itself": ("shape:Odd sh:not shape:Odd", "a shape refers to itself"),
    "a property of itself": ("shape:Odd sh:path rdfs:label ; sh:property shape:Odd", "a shape refers to itself"),
    "a list in a circle": ("shape:Odd sh:in _:l . _:l rdf:first 1 ; rdf:rest _:l", "is not a list"),
    "a list of two beginnings": ("shape:Odd sh:in _:l . _:l rdf:first 1 , 2 ; rdf:rest ()", "is not a list"),
    "a list without end": ("shape:Odd sh:or _:l . _:l rdf:first shape:Odd", "is not a list"),
    "a path in a circle": ("shape:Odd sh:path _:p . _:p sh:inversePath _:p", "sh:path"),
    "a deep shape": (f"shape:Odd {'sh:or ( [ ' * 999}sh:nodeKind sh:IRI{' ] )' * 999}", "more than 50 deep"),
    "a deep path": (f"shape:Odd sh:path {'[ sh:inversePath ' * DEEP}rdfs:label{' ]' * DEEP}", "more than 50 deep"),
    "a wrong pattern": ('shape:Odd sh:pattern "("', "sh:pattern is not a valid regular expression: missing )"),
    "a vast pattern": ('shape:Odd sh:pattern "a{999999999999}"', "sh:pattern is not a valid regular expression"),
    "a deep pattern": (f'shape:Odd sh:pattern "{"(" * DEEP}"', "sh:pattern is not a valid regular expression"),
    "an endless pattern": ('shape:Odd sh:pattern "(?=a)(a+)+$"', "sh:pattern may take exponential time"),
    "a number of many digits": (
        f"shape:Odd sh:path rdfs:label ; sh:minCount {'9' * 6000}",
        "the shapes are invalid: sh:minCount",
    ),
    "a bound of many digits": (f"shape:Odd sh:path rdfs:label ; sh:minInclusive {'9' * 6000}", "shape:Odd"),
    "a query elsewhere": (
        'shape:Odd sh:sparql [ sh:select "SELECT $this WHERE { SERVICE <http://127.0.0.1:PORT/> { ?s ?p ?o } }" ]',
        "a query in them has SERVICE",
    ),
    "a graph elsewhere": (
        'shape:Odd sh:sparql [ sh:select "SELECT $this FROM <http://127.0.0.1:PORT/> WHERE { $this ?p ?o }" ]',
        "a query in them has FROM",
    ),
    "imports": ("shape:Odd sh:nodeKind sh:IRI . shape: owl:imports <http://127.0.0.1:PORT/x.ttl>", ""),
    "a long message": (
        f'shape:Odd sh:nodeKind sh:Literal ; sh:message "{"x" * 1_000_000}"',
        f": it is an IRI: {'x' * (LONGEST - len('it is an IRI: '))}…",
    ),
    "a message of two lines": (r'shape:Odd sh:nodeKind sh:Literal ; sh:message "a\n::error::b"', "a ::error::b"),
}
SHAPED = """PREFIX kg: <https://w3id.org/hearsay/ns#>
PREFIX owl: <http://www.w3.org/2002/07/owl#>
PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX shape: <https://w3id.org/hearsay/shapes#>

shape:Odd sh:targetClass kg:Unit .
"""


@pytest.mark.parametrize("name", SHAPES_AT_ODDS)
def test_odd_shapes_are_said_to_be_so(project: Path, tmp_path: Path, listener: int, name: str) -> None:
    written, expected = SHAPES_AT_ODDS[name]
    path = tmp_path / "odd.ttl"
    path.write_text(f"{SHAPED}{written} .\n".replace("PORT", str(listener)), encoding="utf-8")
    told = check(project, "--shapes", str(path))
    assert expected in told, told[:500]
    bounded(call("-C", str(project), "explain", "--shapes", str(path)))


def test_no_pattern_takes_long_however_it_repeats() -> None:
    long = "a" * 50_000
    assert regex.matching("^(a+)+$", "", [long, f"{long}!", "b"]) == {long}
    assert regex.matching("(a|a)*(a|a)*(a|a)*$", "i", [f"{long}!", long.upper()]) == {f"{long}!", long.upper()}
    assert regex.matching(r"\s+$", "", [f"{' ' * 500_000}x", "x "]) == {"x "}
    assert regex.matching("(?<=x)a+$", "", ["xa", "a", f"x{long}"]) == {"xa"}


@given(
    st.sampled_from(["^[a-z]+(-[a-z]+)*$", "^(a|b)+$", "a.c", r"\S", "^x?$", "[.]$"]), st.text("abcx-. ", max_size=8)
)
@fuzzed
def test_both_engines_of_patterns_agree(pattern: str, text: str) -> None:
    assert (text in regex.matching(pattern, "", [text])) == (re.search(pattern, text) is not None)
    assert regex.fault(pattern, "") == ""


# --- Files ---


SHAPES = "ontology/core/shapes/claim.ttl"


def _odd(root: Path) -> Path:
    return root / "graph" / "odd.ttl"


def _link_out(root: Path) -> None:
    (root.parent / "out.ttl").write_text("secret", encoding="utf-8")
    _odd(root).symlink_to(root.parent / "out.ttl")


def _vocabulary_out(root: Path) -> None:
    (root / "ontology").rename(root.parent / "ontology")
    (root / "ontology").symlink_to("../ontology")


def _shapes_out(root: Path) -> None:
    (root / SHAPES).rename(root.parent / "claim.ttl")
    (root / SHAPES).symlink_to("../../../../claim.ttl")


FILES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a named pipe": (lambda root: os.mkfifo(_odd(root)), "graph/odd.ttl:1:1: is a device or pipe, not a file"),
    "a directory": (lambda root: _odd(root).mkdir(), "graph/odd.ttl:1:1: is a directory, not a file"),
    "a link to a device": (
        lambda root: _odd(root).symlink_to("/dev/zero"),
        "graph/odd.ttl:1:1: is a link to a file outside the",
    ),
    "a link out": (
        _link_out,
        "graph/odd.ttl:1:1: is a link to a file outside the project, which is not followed: put the file",
    ),
    "a link to nothing": (lambda root: _odd(root).symlink_to("none.ttl"), "graph/odd.ttl:1:1: cannot be read: No such"),
    "a link to itself": (lambda root: _odd(root).symlink_to("odd.ttl"), "graph/odd.ttl:1:1: cannot be read: Too many"),
    "a circle of directories": (
        lambda root: (root / "graph" / "again").symlink_to("."),
        "graph/again:1:1: is a link to a directory, and such links are not followed",
    ),
    "a directory elsewhere": (_vocabulary_out, "ontology:1:1: is a link to a file outside the project"),
    "two lines in a name": (
        lambda root: (root / "graph" / "a\nb\x1b[31m.ttl").write_text("odd", encoding="utf-8"),
        r"graph/a b\x1b[31m.ttl:1:1: … is not a valid subject",
    ),
    "a name that is not UTF-8": (
        lambda root: (root / "graph" / "\udcff.ttl").write_text("odd", encoding="utf-8"),
        r"graph/\xdcff.ttl:1:1: … is not a valid subject",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_what_cannot_be_read_is_named(own: Path, name: str) -> None:
    make, expected = FILES[name]
    make(own)
    place, message = re.fullmatch(r"(.*?:1:1): (.*)", expected).groups()  # type: ignore[union-attr]
    told = check(own)
    assert f"{place}: violation syntax:turtle: {message}" in told
    assert "secret" not in told
    for words in READERS:
        done = call("-C", str(own), *words)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"kg: {expected}")


def test_shapes_and_questions_out_of_the_project_are_refused(own: Path) -> None:
    _shapes_out(own)
    (own / "queries" / "odd.rq").symlink_to("/etc/hosts")
    told = check(own)
    assert f"{SHAPES}:1:1: violation syntax:turtle: is a link to a file outside the project" in told
    assert "queries/odd.rq:1:1: violation syntax:sparql: is a link to a file outside the project" in told
    done = call("-C", str(own), "query", "odd")
    assert (done.returncode, done.stderr[:58]) == (2, "kg: queries/odd.rq:1:1: is a link to a file outside the pr")


@pytest.fixture
def nobody(project: Path) -> Iterator[Path]:
    """Return a copy of the project, to be read by somebody whom permissions concern: root may read everything."""
    check(project)
    readers(project)  # all that is imported late has to be there before
    with TemporaryDirectory() as directory:
        Path(directory).chmod(0o755)
        root = shutil.copytree(project, Path(directory) / "project")
        root.chmod(0o755)
        me = os.geteuid()
        if me == 0:
            os.seteuid(65534)
        try:
            yield root
        finally:
            os.seteuid(me)


@pytest.mark.parametrize("name", ["graph/units.ttl", "graph/articles", "graph", SHAPES, "queries"])
def test_what_may_not_be_read_is_named(nobody: Path, name: str) -> None:
    me = os.geteuid()
    os.seteuid(os.getuid())
    mode = (nobody / name).stat().st_mode
    (nobody / name).chmod(0)
    os.seteuid(me)
    try:
        rule = "syntax:turtle"
        assert f"{name}:1:1: violation {rule}: cannot be read: Permission denied" in check(nobody)
        readers(nobody)
        told = bounded(call("-C", str(nobody), "queries"), (2,) if name == "queries" else (0,))
        assert ("queries:1:1: cannot be read: Permission denied" in told) == (name == "queries")
    finally:
        os.seteuid(os.getuid())
        (nobody / name).chmod(mode)
        os.seteuid(me)


def test_a_directory_that_cannot_be_looked_into_is_named(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look = os.scandir

    def refusing(path: str | Path) -> object:
        if str(path).endswith("articles"):
            raise PermissionError(13, "Permission denied")
        return look(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert "graph/articles:1:1: violation syntax:turtle: cannot be read: Permission denied" in check(own)
    assert call("-C", str(own), "stats").stderr == "kg: graph/articles:1:1: cannot be read: Permission denied\n"


def test_what_editors_leave_behind_is_not_read(own: Path) -> None:
    before = check(own)
    for name in ("odd.ttl~", "#odd.ttl#", ".odd.ttl.swp", ".odd.ttl", "._odd.ttl", "odd.ttl.orig"):
        (own / "graph" / name).write_bytes(b"odd \xff")
    (own / "graph" / ".#odd.ttl").symlink_to("somebody@there.1234:1")
    (own / "graph" / ".hidden").mkdir()
    (own / "graph" / ".hidden" / "odd.ttl").write_bytes(b"odd")
    assert check(own) == before
    readers(own)


def test_a_file_that_vanishes_or_changes_while_it_is_checked(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kg.project import dataset
    from kg.validation.evaluate import FullEvaluator

    units = own / "graph" / "units.ttl"
    read, evaluate = dataset.read_text, FullEvaluator.evaluate

    def gone(path: Path, name: str) -> str:
        if path == units:
            units.unlink(missing_ok=True)
        return read(path, name)

    def changing(*given: object) -> object:
        found = evaluate(*given)  # type: ignore[arg-type]
        units.write_text("odd", encoding="utf-8")
        return found

    text = units.read_text(encoding="utf-8")
    monkeypatch.setattr(dataset, "read_text", gone)
    assert "graph/units.ttl:1:1: violation syntax:turtle: cannot be read: No such file" in check(own)
    monkeypatch.setattr(dataset, "read_text", read)
    units.write_text(text.replace("a kg:Unit", 'skos:note "x" ; a kg:Unit'), encoding="utf-8")
    monkeypatch.setattr(FullEvaluator, "evaluate", changing)
    assert "graph/units.ttl:1:1: violation shape:Organisation" in check(own)


def test_names_that_differ_in_case_are_two_files(own: Path) -> None:
    (own / "graph" / "UNITS.ttl").write_text(f'{NOTE}"x"@en .', encoding="utf-8")
    if len(list((own / "graph").glob("[Uu][Nn]*.ttl"))) < 2:
        pytest.skip("this file system does not tell case apart")
    assert "topic:odd" in call("-C", str(own), "query", "-e", "SELECT ?s { ?s a kg:Topic }", "--format", "table").stdout


# --- One cause is one finding ---


def _rules(root: Path) -> list[tuple[str, str, int, int]]:
    found = validate(root).findings
    return [(one.rule, one.file, one.line, one.column) for one in found if one.severity == "violation"]


def _replace(root: Path, file: str, old: str, new: str) -> tuple[int, int]:
    """Replace the first `old` by `new`; return line and column."""
    path = root / file
    text = path.read_text(encoding="utf-8")
    at = text.index(old)
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


ARTICLE = "graph/articles/legion-at-the-river.ttl"


@pytest.mark.parametrize(
    ("file", "prefix"),
    [(ARTICLE, "claim"), (ARTICLE, "kg"), (ARTICLE, "rdf"), ("graph/units.ttl", "unit"), ("graph/units.ttl", "rdfs"),
     ("ontology/core/kg.ttl", "kg"), ("ontology/core/codes.ttl", "kg"), (SHAPES, "kg"),
     ("ontology/core/rules/entity/unused.rq", "kg"), ("queries/core/strength.rq", "kg")],
)  # fmt: skip
def test_a_wrong_prefix_is_one_finding(own: Path, file: str, prefix: str) -> None:
    (line, column) = _replace(own, file, f"PREFIX {prefix}: <http", f"PREFIX {prefix}: <odd+http")
    assert _rules(own) == [("rule:prefix", file, line, column + len(f"PREFIX {prefix}: "))]


def test_a_fault_beside_a_wrong_prefix_is_found_in_other_files(own: Path) -> None:
    _replace(own, "graph/units.ttl", "PREFIX unit: <http", "PREFIX unit: <odd+http")
    line, column = _replace(own, ARTICLE, "kg:polarity kg:Affirmed", "kg:polarity kg:Afirmed")
    found = _rules(own)
    assert [rule for rule, *_ in found] == ["rule:undefined-term", "rule:prefix"]
    assert found[0][1:] == (ARTICLE, line, column + len("kg:polarity "))


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [(ARTICLE, "a kg:Claim ;", "a kg:Passage ;"), (ARTICLE, "a kg:Passage ;", "a kg:Claim ;"),
     (ARTICLE, "a kg:Article ;", "a kg:Event ;"), ("graph/people.ttl", "a kg:Person ;", "a kg:Topic ;"),
     ("graph/units.ttl", "a kg:Unit ;", "a kg:Battle ;"), ("graph/quantities.ttl", "a kg:Quantity ;", "a kg:Unit ;")],
)  # fmt: skip
def test_a_wrong_class_is_one_finding_at_the_class(own: Path, file: str, old: str, new: str) -> None:
    line, column = _replace(own, file, old, new)
    (found,) = [one for one in validate(own).findings if one.severity == "violation"]
    assert re.fullmatch("shape:[A-Z][a-z]+-name", found.rule)
    assert (found.file, found.line, found.column, found.path) == (file, line, column + 2, "rdf:type")
    assert re.match("the name is that of an? [a-z]+: the name of an? [a-z]+ must be ", found.message)


@pytest.mark.parametrize("file", [ARTICLE, "graph/units.ttl", "graph/people.ttl", "ontology/core/kg.ttl", SHAPES])
def test_a_file_that_was_emptied_is_one_finding(own: Path, file: str) -> None:
    (own / file).write_text("", encoding="utf-8")
    report = validate(own)
    assert [(one.rule, one.file, one.severity) for one in report.findings] == [("syntax:empty", file, "violation")]
    assert any(file in one for one in report.skipped)


@pytest.mark.parametrize(
    "file", [ARTICLE, "graph/units.ttl", "graph/people.ttl", "ontology/core/kg.ttl", "ontology/core/codes.ttl"]
)
def test_a_file_that_was_cut_off_is_one_finding(own: Path, file: str) -> None:
    text = (own / file).read_text(encoding="utf-8")
    (own / file).write_text(text[: len(text) * 2 // 3], encoding="utf-8")
    assert [(one.rule, one.file) for one in validate(own).findings] == [("syntax:turtle", file)]


def test_very_many_findings_are_counted_and_the_first_are_shown(own: Path) -> None:
    claims = "".join(f"claim:odd-{number}\n    a kg:Claim ;\n.\n\n" for number in range(1_000))
    (own / "graph" / "articles" / "odd.ttl").write_text(PREFIXES + claims, encoding="utf-8")
    found = len(validate(own).findings)
    assert found > 5 * SHOWN
    told = check(own)
    assert f"\n... and {found - SHOWN:,} more; --format json has all\n" in told
    violations = re.search(r"(?m)^([\d,]+) violations, (\d+) warnings? in", told)
    assert violations
    assert int(violations[1].replace(",", "")) + int(violations[2]) == found


# --- Fuzz ---

_WORDS = re.compile(r'"""(?s:.)*?"""|"(?:[^"\\\n]|\\.)*"|<[^<>\s]*>|[\w:.@^-]+|\s+|.')
_ODD = [
    *("", " ", "\n", ".", ";", ",", "[", "]", "(", ")", "{", "}", "<<", ">>", "{|", "|}", "~", "^^", "@en", "@prefix"),
    *("a", "true", "PREFIX", "BASE", "SELECT", "kg:Claim", "kg:", "_:b", ":", "?x", "<>", "<odd>", "<http://e.org/ >"),
    *(
        '""',
        '"',
        '"""',
        "'",
        r'"\uD800"',
        r'"\u0000"',
        '"\x1b[0m"',
        "0",
        "-0",
        "1e400",
        "9" * 5000,
        "#",
        "\\",
        "%",
        "\0",
    ),
    *("\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "é", "\u202e", "\U0010ffff", "\r", "*", "+", "/"),
]
DAMAGED = (ARTICLE, "graph/units.ttl", "graph/people.ttl", "ontology/core/predicates.ttl", SHAPES,
           "ontology/core/rules/entity/circle.rq", "queries/core/strength.rq")  # fmt: skip


@st.composite
def damage(draw: Callable[[st.SearchStrategy[object]], object]) -> tuple[str, list[tuple[str, float, float, str]]]:
    """Return a file, and what to do to it: the operation, at which and with which part of it, and what comes in."""
    file = str(draw(st.sampled_from(DAMAGED)))
    part = st.floats(0, 1, exclude_max=True)
    step = st.tuples(st.sampled_from(["drop", "double", "swap", "put", "cut"]), part, part, st.sampled_from(_ODD))
    return file, draw(st.lists(step, min_size=1, max_size=3))  # type: ignore[return-value]


def damaged(text: str, steps: list[tuple[str, float, float, str]]) -> str:
    words = _WORDS.findall(text)
    for what, one, other, new in steps:
        first, second = int(one * len(words)), int(other * len(words))
        if not words:
            break
        match what:
            case "drop":
                del words[first : first + 1 + second % 5]
            case "double":
                words[first:first] = words[first : first + 1 + second % 5]
            case "swap":
                words[first], words[second] = words[second], words[first]
            case "put":
                words[first] = new
            case _:
                del words[first:]
    return "".join(words)


def _try(project: Path, file: str, data: bytes) -> None:
    path = project / file
    before = path.read_bytes() if path.exists() else None
    path.write_bytes(data)
    try:
        check(project)
        readers(project)
        bounded(call("-C", str(project), "query", "strength"))
        bounded(call("-C", str(project), "diff", str(project), str(project)))
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_bytes(before)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a project that has classes and nothing else."""
    root = tmp_path_factory.mktemp("small")
    for folder in ("graph", "ontology/rules", "ontology/shapes", "queries"):
        (root / folder).mkdir(parents=True)
    shutil.copy(ROOT / "ontology" / "core" / "kg.ttl", root / "ontology")
    return root


@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
@fuzzed
def test_any_bytes_in_a_file_keep_the_manners(small: Path, data: bytes) -> None:
    names = ("graph/odd.ttl", "ontology/odd.ttl", "ontology/shapes/odd.ttl", "ontology/rules/odd.rq", "queries/odd.rq")
    files = [small / name for name in names]
    for path in files:
        path.write_bytes(data)
    check(small)
    readers(small)
    bounded(call("-C", str(small), "queries"))


@given(damage())
@fuzzed
def test_any_damage_of_a_real_file_keeps_the_manners(
    project: Path, one: tuple[str, list[tuple[str, float, float, str]]]
) -> None:
    file, steps = one
    text = (project / file).read_text(encoding="utf-8")
    _try(project, file, damaged(text, steps).encode(errors="surrogatepass"))


@given(
    st.sampled_from(sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "queries").rglob("*.rq"))), damage()
)
@fuzzed
def test_any_damage_of_a_query_keeps_the_manners(
    tmp_path_factory: pytest.TempPathFactory, name: str, one: tuple[str, list[tuple[str, float, float, str]]]
) -> None:
    root = tmp_path_factory.mktemp("empty")  # without data no query takes long
    for folder in ("graph", "ontology"):
        (root / folder).mkdir()
    text = damaged((ROOT / name).read_text(encoding="utf-8"), one[1])
    (root / "odd.rq").write_bytes(text.encode(errors="surrogatepass"))
    bounded(call("-C", str(root), "query", "-f", str(root / "odd.rq"), "--timeout", "60"))


# --- With a store ---


def test_a_store_changes_nothing_of_what_is_found(own: Path, tmp_path: Path) -> None:
    units, odd = own / "graph" / "units.ttl", own / "graph" / "odd.ttl"
    text = units.read_text(encoding="utf-8")
    for new in (
        text,
        text.replace("PREFIX unit: <https", "PREFIX unit: <odd+https"),
        text,
        text.replace("a kg:Unit", "a kg:Battle", 1),
        "",
        text[: len(text) * 2 // 3],
        f"{text}\nunit:odd skos:note << unit:odd a unit:odd >> .",
        text,
    ):
        units.write_text(new, encoding="utf-8")
        assert validate(own, index=tmp_path / "store") == validate(own)
    for make, unmake in (
        (lambda: odd.symlink_to("/etc/hosts"), odd.unlink),
        (lambda: os.mkfifo(odd), odd.unlink),
        (odd.mkdir, odd.rmdir),
        (lambda: odd.write_text(f"{TOPIC}kg:odd ( [ kg:odd ( 1 ) ] ) .", encoding="utf-8"), odd.unlink),
    ):
        make()
        assert validate(own, index=tmp_path / "store") == validate(own)
        unmake()
