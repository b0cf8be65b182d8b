"""A graph that is hard to write out: nasty labels of every sort, and many statements between the same two things."""

from datetime import date

from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.project.dataset import Dataset
from kg.rdf.namespaces import expand

#: Labels by what is nasty about them.
LABELS = {
    "markup": "<b>bold</b> & <script>alert(1)</script> ]]> <!-- \"quoted\" 'too' -->",
    "page": "<HTML><img src=x onerror=alert(1)>",
    "formula": '=HYPERLINK("https://a.example","click")',
    "hebrew": "גדוד הדוגמה — ‏123",
    "override": "abc\u202etxt.exe",
    "control": "bell\x07 null\x00 escape\x1b[31m delete\x7f next\x85line\u2028separator",
    "space": "tab\there, line\nend, return\rend,  two spaces ",
    "nobody": "not\ufffea\uffffsign",
    "emoji": "\U0001f469\u200d\U0001f680 \U0001f3f4\U000e0067\U000e007f astral \U0001d54a",
    "backslash": 'C:\\new\\u0041 \\"{}',
    "long": "word " * 2000,
    "empty": "",
}
#: The graph in which what is added here stands.
ARTICLE = "article:legion-at-the-river"


def hostile(plain: Dataset) -> Dataset:
    """Return the sample with a unit for each nasty label, part of the Sample Legion by a claim labelled alike."""
    store = Store()
    store.extend(plain.store)
    for name, label in LABELS.items():
        describe(store, f"unit:hostile-{name}", "kg:Unit", label)
        say(store, f"hostile-{name}", f"unit:hostile-{name}", "kg:partOf", "unit:sample-legion", label=label)
    ends = ("unit:hostile-markup", "kg:partOf", "unit:sample-legion")
    # Parallel to the first: of one predicate at another time, denied, hoped, and of another predicate.
    say(store, "parallel-earlier", *ends, days=(date(2029, 1, 1), date(2029, 1, 31)))
    say(store, "parallel-later", *ends, days=(date(2030, 1, 1), date(2030, 1, 31)))
    say(store, "parallel-denied", *ends, polarity="kg:Denied")
    say(store, "parallel-hoped", *ends, modality="kg:Hoped")
    say(store, "parallel-member", ends[0], "kg:memberOf", ends[2], certainty="kg:Possible")
    say(store, "parallel-back", ends[2], ends[1], ends[0])
    return Dataset(plain.root, plain.sources, store)


def describe(store: Store, name: str, class_: str, label: str) -> None:
    """Add a thing with its class and label."""
    quads(store, name, ("rdf:type", node(class_)), ("rdfs:label", Literal(label, language="en")))


def say(
    store: Store,
    slug: str,
    subject: str,
    predicate: str,
    object_: str | Literal,
    *,
    label: str = "It is said.",
    polarity: str = "kg:Affirmed",
    modality: str = "kg:Actual",
    certainty: str = "kg:Certain",
    days: tuple[date, date] | None = None,
) -> None:
    """Add a claim to the sample's first article; names are short."""
    name = f"claim:{slug}"
    describe(store, name, "kg:Claim", label)
    said = object_ if isinstance(object_, Literal) else node(object_)
    quads(
        store,
        name,
        ("rdf:subject", node(subject)),
        ("rdf:predicate", node(predicate)),
        ("rdf:object", said),
        ("kg:attribution", node("kg:Unattributed")),
        ("kg:certainty", node(certainty)),
        ("kg:polarity", node(polarity)),
        ("kg:modality", node(modality)),
        ("kg:passage", node("passage:legion-at-the-river-02")),
    )
    if days is not None:
        quads(
            store,
            name,
            ("kg:notBefore", Literal(days[0].isoformat(), datatype=node("xsd:date"))),
            ("kg:notAfter", Literal(days[1].isoformat(), datatype=node("xsd:date"))),
            ("kg:extent", node("kg:Throughout")),
        )


def quads(store: Store, name: str, *said: tuple[str, NamedNode | Literal]) -> None:
    """Add what is said of the thing; properties are short names."""
    for property_, value in said:
        store.add(Quad(node(name), node(property_), value, node(ARTICLE)))


def node(name: str) -> NamedNode:
    """Return the node of a short name."""
    return NamedNode(expand(name))
