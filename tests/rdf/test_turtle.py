"""The parser that knows places: it reads what the other parsers read, and every term stands where it says."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import CanonicalizationAlgorithm, Dataset, Literal, NamedNode, Quad, RdfFormat, parse, serialize
from rdflib import Graph
from rdflib.compare import isomorphic
from support.paths import ROOT, SHAPES

from kg.errors import SourceError
from kg.project.dataset import sources
from kg.rdf.turtle import Places, Statement, read, refuse_newer

FILES = [*(source.path for source in sources(ROOT)), *SHAPES]
#: A triple's offsets: of the block, of the predicate, of the object.
Offsets = tuple[int, int, int]

SPACES = st.sampled_from([" ", "  ", "\n", "\r\n", "\t", "\n\n    ", ' # a comment; with "marks" . é\n', "#\n", "\r"])
IRIS = st.sampled_from(["a:x", "a:é-1", "a:x.y", "a:", "b:%20", r"a:x\,y", "<http://e.org/x>", "<http://e.org/é#z>"])
LITERALS = st.sampled_from(
    [
        '"plain"',
        "'single \"inside\"'",
        '"""long\n"quoted" \\" # no comment ; .\n"""',
        "'''also\nlong '' '''",
        r'"esc\"aped \\ \u00e9"',
        '""',
        '"x"@en',
        '"x"@de-at',
        '"2022-02-20"^^<http://www.w3.org/2001/XMLSchema#date>',
        '"7"^^a:number',
        "7",
        "-007",
        "+1.50",
        ".5",
        "1e3",
        "true",
        "false",
    ]
)


class Writer:
    """Writes a random document and notes the offsets of each triple that it writes."""

    def __init__(self, draw: Callable[[st.SearchStrategy[object]], object]) -> None:
        self.text = ""
        self.triples: list[Offsets] = []
        self._draw = draw

    def one_of(self, choices: st.SearchStrategy[str]) -> str:
        """Draw one of the texts."""
        return str(self._draw(choices))

    def number(self, least: int, most: int) -> int:
        """Draw a number, both ends included."""
        return int(str(self._draw(st.integers(least, most))))

    def word(self, word: str) -> int:
        """Write a word and the space behind it; return its offset."""
        offset = len(self.text)
        self.text += word + self.one_of(SPACES)
        return offset

    def document(self) -> None:
        """Write prefixes, then statements with directives between them."""
        self.text += self.one_of(st.just("") | SPACES)
        self.word("PREFIX a: <http://e.org/a/>")
        self.word("@prefix b: <http://e.org/b#> .")
        for _ in range(self.number(0, 4)):
            if self.number(0, 4) == 0:
                self.word(self.one_of(st.sampled_from(["BASE <http://e.org/base/>", "prefix a: <http://e.org/a2/>"])))
            self.statement()

    def statement(self) -> None:
        """Write one subject with its properties."""
        kind = self.number(0, 5)
        if kind == 0:
            start = self.list(1)
        elif kind == 1:
            start = self.nested(1)
        else:
            start = self.word(self.one_of(IRIS | st.sampled_from(["_:b1", "_:b.2"])))
        if kind != 1 or self.number(0, 1):  # a blank node with properties of its own may stand alone
            self.properties(start, 2)
        self.word(".")

    def properties(self, block: int, depth: int) -> None:
        """Write a list of predicates and objects, with idle semicolons at times."""
        for turn in range(self.number(1, 3)):
            if turn:
                self.word(";")
            verb = self.word(self.one_of(st.just("a") | IRIS))
            for further in range(self.number(1, 3)):
                if further:
                    self.word(",")
                self.triples.append((block, verb, self.object(depth)))
        for _ in range(self.number(0, 2)):
            self.word(";")

    def object(self, depth: int) -> int:
        """Write an object; return its offset."""
        kind = self.number(0, 7) if depth else 7
        if kind == 0:
            return self.list(depth - 1)
        if kind == 1:
            return self.nested(depth - 1)
        return self.word(self.one_of(IRIS | LITERALS | st.sampled_from(["_:b1", "[]", "()"])))

    def nested(self, depth: int) -> int:
        """Write a blank node with properties; return its offset."""
        start = self.word("[")
        self.properties(start, depth)
        self.word("]")
        return start

    def list(self, depth: int) -> int:
        """Write a list; return its offset."""
        start = self.word("(")
        items = [self.object(depth) for _ in range(self.number(0, 3))]
        end = self.word(")")
        for number, (item, then) in enumerate(zip(items, [*items[1:], end], strict=False)):
            self.triples += [(item if number else start, item, item), (item if number else start, item, then)]
        return start


@st.composite
def documents(draw: Callable[[st.SearchStrategy[object]], object]) -> tuple[str, list[Offsets]]:
    writer = Writer(draw)
    writer.document()
    return writer.text, writer.triples


def canonical(quads: "list[Quad]") -> Dataset:
    found = Dataset(quads)
    found.canonicalize(CanonicalizationAlgorithm.UNSTABLE)
    return found


def quads_of(places: Places) -> list[Quad]:
    return [Quad(one.subject, one.predicate, one.object) for one in places.statements]


@settings(deadline=None)
@given(documents())
def test_every_term_stands_where_the_parser_says(document: tuple[str, list[Offsets]]) -> None:
    text, triples = document
    places = read(text, "x.ttl")
    assert sorted((one.block, one.verb, one.value) for one in places.statements) == sorted(triples)


@settings(deadline=None)
@given(documents())
def test_the_triples_are_those_of_the_store(document: tuple[str, list[Offsets]]) -> None:
    text, _ = document
    theirs = list(parse(text, RdfFormat.TURTLE))
    assert canonical(quads_of(read(text, "x.ttl"))) == canonical(theirs)


@settings(deadline=None)
@given(documents())
def test_the_triples_are_those_of_rdflibs_own_parser(document: tuple[str, list[Offsets]]) -> None:
    text, _ = document
    # rdflib takes a lone carriage return for no white space, and writes numbers its own way.
    theirs = Graph().parse(data=text.replace("\r", "\n"), format="turtle")
    ours = serialize(quads_of(read(text.replace("\r", "\n"), "x.ttl")), format=RdfFormat.N_TRIPLES)
    assert ours is not None
    assert isomorphic(Graph().parse(data=ours, format="nt"), theirs)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_project_reads_alike_with_and_without_places(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert canonical(quads_of(read(text, path.name))) == canonical(list(parse(text, RdfFormat.TURTLE)))


def place(text: str, find: str, part: str) -> tuple[int, int]:
    """Return the place of one part of the statement whose object is the literal or IRI `find`."""
    places = read(text, "x.ttl")
    found: list[Statement] = [one for one in places.statements if one.object.value == find]
    offset: int = getattr(found[0], part)
    return places.place(offset)


def test_lines_and_columns_count_from_one_in_characters() -> None:
    text = 'PREFIX a: <http://e/>\n\na:s\n\ta:p "né𝄞e" , "second" ;\n.\n'
    assert place(text, "né𝄞e", "block") == (3, 1)
    assert place(text, "né𝄞e", "verb") == (4, 2)
    assert place(text, "second", "value") == (4, 15)


def test_windows_line_ends_and_a_byte_order_mark_do_not_shift_places() -> None:
    text = "\ufeffPREFIX a: <http://e/>\r\na:s\r\n  a:p a:o .\r\n"
    assert place(text, "http://e/o", "value") == (3, 7)
    assert read(text, "x.ttl").prefixes[0].offset == text.index("<")


def test_a_long_string_over_several_lines_counts_its_lines() -> None:
    text = 'PREFIX a: <http://e/>\na:s a:p """one\ntwo\n""" , a:o .\n'
    assert place(text, "http://e/o", "value") == (4, 7)


def test_a_list_gives_each_cell_the_place_of_its_item() -> None:
    text = "PREFIX a: <http://e/>\na:s a:p (\n  a:one\n  a:two\n) .\n"
    assert place(text, "http://e/one", "block") == (2, 9)
    assert place(text, "http://e/two", "value") == (4, 3)
    assert place(text, "http://e/two", "block") == (4, 3)


def test_the_same_triple_twice_has_two_places() -> None:
    text = "PREFIX a: <http://e/>\na:s a:p a:o .\na:s a:p a:o .\n"
    assert [one.value for one in read(text, "x.ttl").statements] == [30, 44]


def test_numbers_keep_the_form_in_which_they_are_written() -> None:
    found = read("<s:s> <p:p> 007 , +1.50 , 1E3 .", "x.ttl").statements
    assert [one.object for one in found] == [
        Literal("007", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")),
        Literal("+1.50", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#decimal")),
        Literal("1E3", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#double")),
    ]


def test_ill_typed_literals_are_kept_without_a_word(caplog: pytest.LogCaptureFixture) -> None:
    (one,) = read('<s:s> <p:p> "2014-13-45"^^<http://www.w3.org/2001/XMLSchema#date> .', "x.ttl").statements
    assert one.object.value == "2014-13-45"
    assert not caplog.records


def test_prefixes_are_given_with_their_lines() -> None:
    places = read("PREFIX a: <http://e/>\n@prefix b: <http://f/> .\n", "x.ttl")
    assert [(one.prefix, one.namespace, places.place(one.offset)) for one in places.prefixes] == [
        ("a", "http://e/", (1, 11)),
        ("b", "http://f/", (2, 12)),
    ]


#: What a text may be made of, whole or not: the store says which texts are Turtle.
PIECES = (
    *(
        "a:x",
        "a:x.y",
        "a:",
        "a:-",
        "a:0",
        r"a:x\,y",
        "a:%41",
        "a:é",
        "b:b",
        "_:b",
        "_:b.c",
        "_:0",
        "a",
        "true",
        "false",
    ),
    *("<http://e.org/x>", "<x>", "<#y>", "<>", "<//h/p>", "<../z>", r"<http://e.org/\u00e9>", "<http://e.org/a/../b>"),
    *('"x"', "'x'", '"""x"y"""', "''''''", '""', r'"\u00e9\n\\"', '"""a""b\n"""', "@en", "@en-GB", "^^", "^^a:t"),
    *(
        "1",
        "-1",
        "+1.0",
        ".5",
        "1.",
        "1e3",
        "1.e3",
        "-.5E-3",
        "1.5.",
        "[",
        "]",
        "(",
        ")",
        "[]",
        "()",
        ",",
        ";",
        ".",
        ";;",
    ),
    *("PREFIX a: <http://e.org/c/>", "@prefix b: <http://e.org/d/> .", "BASE <http://e.org/e/f>", "@base <g/> ."),
    *(
        "# a comment",
        "\n",
        "\t",
        "\r",
        "a:s a:p a:o .",
        "a:s a:p",
        "[ a:p a:o ]",
        "( 1 2 )",
        '@version "1.2" .',
        "~",
        "<<",
    ),
)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=14), st.sampled_from([" ", "", "\n"]))
def test_whatever_the_store_reads_is_read_alike(pieces: list[str], between: str) -> None:
    text = "PREFIX a: <http://e.org/a/>\nPREFIX b: <http://e.org/b/>\n" + between.join(pieces)
    try:
        theirs = list(parse(text, RdfFormat.TURTLE))
    except SyntaxError:
        return
    try:
        ours = quads_of(read(text, "x.ttl"))
    except SourceError as error:
        assert "RDF 1.2" in error.message
    else:
        assert canonical(ours) == canonical(theirs)


@pytest.mark.parametrize("deep", ["[ a:p " * 10_000 + "1" + " ]" * 10_000, "(" * 10_000 + ")" * 10_000])
def test_no_depth_is_too_deep(deep: str) -> None:
    text = f"PREFIX a: <http://e.org/a/>\na:s a:p {deep} ."
    assert len(read(text, "x.ttl").statements) == len(list(parse(text, RdfFormat.TURTLE)))


@pytest.mark.parametrize(
    ("text", "column", "mark"),
    [
        ("a:s a:p << a:s a:p 1 >> .", 9, "<<"),
        ("a:s a:p 1 {| a:p 2 |} .", 11, "{|"),
        ("a:s a:p 1 ~ a:r .", 11, "~"),
        ('a:s a:p "x"@ar--rtl .', 15, "--rtl"),
    ],
)
def test_what_only_rdf_1_2_knows_is_refused_at_its_place(text: str, column: int, mark: str) -> None:
    for refuse in (read, refuse_newer):
        with pytest.raises(SourceError) as refused:
            refuse(f"PREFIX a: <http://e/>\n{text}", "x.ttl")
        assert (refused.value.line, refused.value.column) == (2, column)
        assert refused.value.message.startswith(f"'{mark}' is RDF 1.2")


def test_broken_turtle_is_refused_with_its_place() -> None:
    with pytest.raises(SourceError) as refused:
        read("PREFIX a: <http://e/>\na:s a:p a:o\na:s a:p a:o .", "x.ttl")
    assert (refused.value.file, refused.value.line) == ("x.ttl", 3)
