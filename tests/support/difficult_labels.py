"""Labels that are hard to export, and the sample with them and with many claims between the same two entities."""

from datetime import date

from pyoxigraph import Literal, NamedNode, Quad, Store

from kg.project.dataset import Dataset
from kg.rdf.namespaces import expand

#: Labels by the difficulty.
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
#: The graph to which all is added.
ARTICLE = "article:legion-at-the-river"


def with_difficult_labels(plain: Dataset) -> Dataset:
    """Return the sample with a unit for each label, part of the Sample Legion by a claim with the same label."""
    store = Store()
    store.extend(plain.store)
    for name, label in LABELS.items():
        add_entity(store, f"unit:hostile-{name}", "kg:Unit", label)
        add_claim(store, f"hostile-{name}", f"unit:hostile-{name}", "kg:partOf", "unit:sample-legion", label=label)
    ends = ("unit:hostile-markup", "kg:partOf", "unit:sample-legion")
    # Parallel to the first claim: at another time, denied, hoped, with another predicate, and reversed.
    add_claim(store, "parallel-earlier", *ends, days=(date(2029, 1, 1), date(2029, 1, 31)))
    add_claim(store, "parallel-later", *ends, days=(date(2030, 1, 1), date(2030, 1, 31)))
    add_claim(store, "parallel-denied", *ends, polarity="kg:Denied")
    add_claim(store, "parallel-hoped", *ends, modality="kg:Hoped")
    add_claim(store, "parallel-member", ends[0], "kg:memberOf", ends[2], certainty="kg:Possible")
    add_claim(store, "parallel-back", ends[2], ends[1], ends[0])
    return Dataset(plain.root, plain.sources, store)


def add_entity(store: Store, name: str, class_: str, label: str) -> None:
    """Add an entity with its class and label."""
    add_quads(store, name, ("rdf:type", node(class_)), ("rdfs:label", Literal(label, language="en")))


def add_claim(
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
    add_entity(store, name, "kg:Claim", label)
    value = object_ if isinstance(object_, Literal) else node(object_)
    add_quads(
        store,
        name,
        ("rdf:subject", node(subject)),
        ("rdf:predicate", node(predicate)),
        ("rdf:object", value),
        ("kg:attribution", node("kg:Unattributed")),
        ("kg:certainty", node(certainty)),
        ("kg:polarity", node(polarity)),
        ("kg:modality", node(modality)),
        ("kg:passage", node("passage:legion-at-the-river-02")),
    )
    if days is not None:
        add_quads(
            store,
            name,
            ("kg:notBefore", Literal(days[0].isoformat(), datatype=node("xsd:date"))),
            ("kg:notAfter", Literal(days[1].isoformat(), datatype=node("xsd:date"))),
            ("kg:extent", node("kg:Throughout")),
        )


def add_quads(store: Store, name: str, *statements: tuple[str, NamedNode | Literal]) -> None:
    """Add statements about the entity; properties are short names."""
    for property_, value in statements:
        store.add(Quad(node(name), node(property_), value, node(ARTICLE)))


def node(name: str) -> NamedNode:
    """Return the node of a short name."""
    return NamedNode(expand(name))
