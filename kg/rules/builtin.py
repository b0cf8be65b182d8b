"""The rules that stand in code: what each wants, how a fault is mended, an example of what is right and of what is not.

A test holds the examples against the check: each goes into one small project, where `…` stands for the lines that
matter to other rules only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kg.rules.severity import Severity

#: Lines by the file in which they stand, relative to the project; texts/ is the directory of the articles' texts.
Lines = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Check:
    """A rule that stands in code.

    `given` is what both examples speak of, `beside` the rules that the wrong one breaks as well, since it must.
    """

    name: str
    family: str
    sentence: str
    mend: str
    right: Lines
    wrong: Lines
    given: Lines = field(default_factory=dict)
    beside: tuple[str, ...] = ()
    severity: Severity = Severity.VIOLATION


def _part(file: str, subject: str, *statements: str) -> Lines:
    """Return a block of which only these statements are shown."""
    return {file: "\n".join([subject, *(f"    {one} ;" for one in statements), "    …", "."])}


_ARTICLE, _TEXT_FILE = "graph/articles/example.ttl", "texts/example.txt"
_TEXT = {_TEXT_FILE: "In March 2030 the Heron Unit had 300 men, Ada Orlo says. Several dozen were at the front."}
_TEXT_DIGEST = "sha256:7a245244de69591ed71fe4ae4a0cbd031d5296ed132e3edd08575519326e5801"
#: Of the characters 0 to 13, "In March 2030", of the first two of them, and of all from 14 on.
_DIGEST = "sha256:b707389f83589d565eff2bf9e0527a5cc4612eeb1e953165d96c3008370e4934"
_DIGEST_OF_TWO = "sha256:8bc1d53cc57c24b79bf7c260b1f3b29973caab7b8f501c33016b321ebfc274f1"
_DIGEST_OF_REST = "sha256:f0875d52180f53ddc8d6062a4b38e8e46cd283b875e6e90593c7587549eb0aac"


def _passage(start: int, end: int, digest: str = _DIGEST) -> Lines:
    carried = f'kg:digest "{digest}"' if digest else "kg:withheld true"
    return _part(_ARTICLE, "passage:example-02", carried, f"oa:end {end}", f"oa:start {start}")


def _claim(statement: str) -> Lines:
    return _part(_ARTICLE, "claim:example", statement)


_QUESTION = """#+ summary: Which units are there?

PREFIX kg: <https://w3id.org/hearsay/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?unit ?label
WHERE {
  ?unit a kg:Unit ;
    rdfs:label ?label .
}
ORDER BY ?unit ?label"""
_RULE = """#+ summary: A unit has a label.
#+ severity: violation

PREFIX kg: <https://w3id.org/hearsay/ns#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>

SELECT ?focus
WHERE {
  ?focus a kg:Unit .
  FILTER NOT EXISTS { ?focus rdfs:label ?label }
}
ORDER BY ?focus"""
_SHAPE = """shape:Unit-capital
    a sh:PropertyShape ;
    sh:message "The label of a unit begins with a capital."@en ;
    sh:path rdfs:label ;
    sh:pattern "^[A-Z]" ;
    sh:severity sh:Warning ;
    sh:targetClass kg:Unit ;
."""
_UNIT = """unit:heron
    a kg:Unit ;
    rdfs:label "Heron Unit"@en ;
."""

_SYNTAX = (
    Check(
        "syntax:turtle",
        "syntax",
        "A file in graph/ or ontology/ is Turtle that can be read, in UTF-8.",
        "The place is where the parser gave up; the slip is there or at the end of the line before: a missing ';', ',' "
        "or '.', an open quotation mark, a prefix that is not declared. What hangs on the file is checked only when it "
        "can be read, so mend this first.",
        {"graph/units.ttl": _UNIT},
        {"graph/units.ttl": _UNIT.replace("kg:Unit ;", "kg:Unit")},
    ),
    Check(
        "syntax:sparql",
        "syntax",
        "A stored question or a rule is SPARQL 1.1 that can be read, and declares every prefix that it uses.",
        "The place is where the parser gave up; the slip is there or before it. Declare each prefix at the top, even "
        "one of the project: other engines do not know them. `kg query -f FILE` tries a question.",
        {"queries/units.rq": _QUESTION},
        {"queries/units.rq": _QUESTION.replace("PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n", "")},
    ),
    Check(
        "syntax:header",
        "syntax",
        "A stored question begins with a header that says what it asks and fits its parameters.",
        "Write '#+ summary:' with the question in the first line. Under '#+ params:' describe only parameters that the "
        "query uses, each on one line as JSON with help and example. `kg queries NAME` shows how it is read.",
        {"queries/units.rq": _QUESTION},
        {"queries/units.rq": _QUESTION.partition("\n\n")[2]},
    ),
    Check(
        "syntax:rule",
        "syntax",
        "A query in ontology/rules/ says what it wants and how grave a fault is, and selects ?focus.",
        "Begin it with '#+ summary:', one sentence that says what must hold, and '#+ severity: violation' or "
        "'warning'. Each row is a fault: ?focus is the thing; ?path, ?value, ?graph and ?detail say more about it.",
        {"ontology/rules/unit-label.rq": _RULE},
        {"ontology/rules/unit-label.rq": _RULE.replace("#+ severity: violation\n", "")},
    ),
    Check(
        "syntax:shapes",
        "syntax",
        "A shape is one of SHACL Core, and does not refer to itself.",
        "The message says which shape it is and what it lacks. While one is faulty none is asked, so mend it first. "
        "What SHACL has no word for, a rule in ontology/rules/ can ask in SPARQL.",
        {"ontology/shapes/unit.ttl": _SHAPE},
        {"ontology/shapes/unit.ttl": _SHAPE.replace('"^[A-Z]"', '"^[A-Z"')},
    ),
)
_FILES = (
    Check(
        "syntax:empty",
        "syntax",
        "A file says something of something.",
        "Look whether its end was lost, or take the file out.",
        {"graph/units.ttl": _UNIT},
        {"graph/topics.ttl": "# Here the topics will stand."},
    ),
    Check(
        "syntax:twice",
        "syntax",
        "A block says a thing once.",
        "Take the second line out, or look what it was meant to say: most often one of the two was to be changed.",
        {"graph/units.ttl": _UNIT},
        {"graph/units.ttl": _UNIT.replace("    rdfs:label", '    rdfs:label "Heron Unit"@en ;\n    rdfs:label')},
        severity=Severity.WARNING,
    ),
    Check(
        "syntax:two-blocks",
        "syntax",
        "A thing has one block in a file.",
        "Bring the lines of both together in one block; if two things were meant, one of the names is a slip.",
        {"graph/units.ttl": _UNIT},
        {"graph/units.ttl": f'{_UNIT}\n\nunit:heron\n    a kg:Unit ;\n    skos:altLabel "Herons"@en ;\n.'},
        severity=Severity.WARNING,
    ),
    Check(
        "syntax:below-passage",
        "syntax",
        "A claim stands below a passage on which it rests.",
        "Move the claim below its passage, so that the file runs as the text runs; or correct kg:passage, where the "
        "claim does rest on the passage above it.",
        {_ARTICLE: f"passage:example-01\n    …\n.\n\n{_claim('kg:passage passage:example-01')[_ARTICLE]}"},
        {_ARTICLE: f"{_passage(0, 13)[_ARTICLE]}\n\n{_claim('kg:passage passage:example-01')[_ARTICLE]}"},
        severity=Severity.WARNING,
    ),
    Check(
        "syntax:left-out",
        "syntax",
        "No text before or between passages is left out.",
        "Make a passage of what lies between (`kg coverage` shows it), with its claims, or set aside with the reason. "
        "Nine characters and fewer are taken for space; what lies behind the last passage may still be to do.",
        _part(_ARTICLE, "passage:example-01", f'kg:digest "{_TEXT_DIGEST}"', "oa:end 89", "oa:start 0"),
        _part(_ARTICLE, "passage:example-01", f'kg:digest "{_DIGEST_OF_REST}"', "oa:end 89", "oa:start 14"),
        severity=Severity.WARNING,
    ),
)
_VOCABULARY = (
    Check(
        "rule:undefined-term",
        "vocabulary",
        "Every name in the project's namespaces that is used is described in the project.",
        "If it is a slip, take the name that the message suggests, or find it with `kg search`. If it is new, describe "
        "the thing in graph/ with a class and a label; a new term belongs to ontology/.",
        _claim("kg:certainty kg:Certain"),
        _claim("kg:certainty kg:Certian"),
    ),
    Check(
        "rule:prefix",
        "vocabulary",
        "A prefix of the project stands for the same namespace in every file.",
        "Put the namespace that the message names behind the prefix, to the last character; for another namespace "
        "choose another prefix.",
        {"queries/units.rq": _QUESTION},
        {"queries/units.rq": _QUESTION.replace("/rdf-schema#>", "/rdf-schema/>")},
    ),
)
_OF_TEXTS = (
    Check(
        "evidence:text-missing",
        "evidence",
        "Where texts are at hand, each article whose text the graph cites has its text among them.",
        "Put the text into the directory of --texts or KG_TEXTS as <article>.txt, under the name of the article "
        "without article:, or leave the directory out: then nothing is held against texts.",
        _TEXT,
        {"texts/exampel.txt": _TEXT[_TEXT_FILE]},
    ),
    Check(
        "evidence:text-digest",
        "evidence",
        "The text at hand has the digest that the graph records.",
        "The text at hand is not the one that was encoded. Find that one; or, where this one is better, run "
        "`kg anchor --repair article:NAME` for the passages and `kg anchor article:NAME` for the article's block.",
        _part(_ARTICLE, "article:example", f'kg:textDigest "{_TEXT_DIGEST}"'),
        _part(_ARTICLE, "article:example", f'kg:textDigest "sha256:{"0" * 64}"'),
        _TEXT,
    ),
    Check(
        "evidence:text-length",
        "evidence",
        "The text at hand has as many characters as the graph records.",
        "If the digest is right, put the length into kg:textLength that the message names; it counts code points, with "
        "line ends as one. Otherwise the text is another one: see evidence:text-digest.",
        _part(_ARTICLE, "article:example", "kg:textLength 89"),
        _part(_ARTICLE, "article:example", "kg:textLength 98"),
        _TEXT,
    ),
    Check(
        "evidence:offsets",
        "evidence",
        "A passage starts before it ends, and ends within the text at hand.",
        "Offsets count code points from 0, the end exclusive. `kg anchor article:NAME 'QUOTATION'` prints the passage "
        "for a quotation, with its offsets and its digest.",
        _passage(0, 13, ""),
        _passage(0, 130, ""),
        _TEXT,
        ("rule:passage-beyond-text",),
    ),
    Check(
        "evidence:short-passage",
        "evidence",
        "A passage has at least 4 characters, so that it points at something.",
        "Widen it to the words on which the claim rests: `kg anchor article:NAME 'QUOTATION'` prints it.",
        _passage(0, 13),
        _passage(0, 2, _DIGEST_OF_TWO),
        _TEXT,
    ),
    Check(
        "evidence:passage-moved",
        "evidence",
        "A passage's digest is that of the characters at its offsets; here these stand elsewhere in the text.",
        "The text has grown or shrunk before the passage, or the offsets were typed. `kg anchor --repair article:NAME` "
        "prints all passages that have moved, at their new places.",
        _passage(0, 13),
        _passage(3, 16),
        _TEXT,
    ),
    Check(
        "evidence:passage-cut",
        "evidence",
        "A passage's digest is that of the characters at its offsets; here one of the two offsets is wrong.",
        "Put in the offset that the message names; `kg anchor --repair article:NAME` prints the passage mended.",
        _passage(0, 13),
        _passage(0, 31),
        _TEXT,
    ),
    Check(
        "evidence:passage-changed",
        "evidence",
        "A passage's digest is that of the characters at its offsets; here no place nearby has these characters.",
        "`kg cite passage:NAME` shows what stands there now. Read it: if it still bears out the claims, anchor it anew "
        "with `kg anchor article:NAME 'QUOTATION'` and take its digest; if it does not, the claims have to change.",
        _passage(0, 13),
        _passage(0, 13, f"sha256:{'0' * 64}"),
        _TEXT,
    ),
    Check(
        "evidence:verbatim",
        "evidence",
        "No label or note repeats eight words of the article in a row.",
        "Say it in neutral words of your own: the graph points at the text and does not copy it. Only an article's "
        "headline, its label, may be as it is.",
        _claim('rdfs:label "The Heron Unit has 300 men."@en'),
        _claim('rdfs:label "In March 2030 the Heron Unit had 300 men."@en'),
        _TEXT,
    ),
)
_OF_CLAIMS = (
    Check(
        "evidence:label-number",
        "evidence",
        "A number in a claim's label stands in one of its passages, or is a year, a month or a day of its bounds.",
        "Compare the label with the passage (`kg cite claim:NAME`): digits are easily swapped. Where the number stands "
        "in another sentence, that passage belongs to the claim, too.",
        _claim('rdfs:label "The Heron Unit has 300 men."@en'),
        _claim('rdfs:label "The Heron Unit has 500 men."@en'),
        _TEXT,
    ),
    Check(
        "evidence:name-wording",
        "evidence",
        "A name that a claim says a source uses stands in one of the claim's passages.",
        "Write the name as the text does, or name the passage that has it.",
        _part(_ARTICLE, "claim:example-name", 'rdf:object "Heron Unit"@en'),
        _part(_ARTICLE, "claim:example-name", 'rdf:object "Herron Unit"@en'),
        _TEXT,
    ),
    Check(
        "evidence:time-wording",
        "evidence",
        "The words in kg:timeWording stand in one of the claim's passages.",
        "Quote the words for the time as the text has them; how they were resolved belongs to the note.",
        _claim('kg:timeWording "In March 2030"@en'),
        _claim('kg:timeWording "last March"@en'),
        _TEXT,
    ),
    Check(
        "evidence:quantity-wording",
        "evidence",
        "One of the wordings of the quantity that a claim states stands in one of the claim's passages.",
        "Choose the quantity of the words in the text (`kg search`); if there is none, add it to the codebook, "
        "graph/quantities.ttl, with its range.",
        _part("graph/quantities.ttl", "quantity:300-men", 'kg:wording "300"@en'),
        _part("graph/quantities.ttl", "quantity:300-men", 'kg:wording "three hundred"@en'),
        _TEXT,
    ),
    Check(
        "evidence:quantity-label",
        "evidence",
        "A number in a quantity's label stands in one of its wordings.",
        "The label repeats the wording; correct the one that the texts do not have.",
        _part("graph/quantities.ttl", "quantity:300-men", 'rdfs:label "300 men"@en', 'kg:wording "300"@en'),
        _part("graph/quantities.ttl", "quantity:300-men", 'rdfs:label "330 men"@en', 'kg:wording "300"@en'),
    ),
    Check(
        "evidence:quantity-range",
        "evidence",
        "A quantity's range is that of its wording, or of the coding rule at the end of its note.",
        "A number that stands for itself is the lowest and the highest. Else the note ends with 'From 24 to 99.' or "
        "'From 2 on.' and the range repeats that: correct whichever is wrong.",
        _part(
            "graph/quantities.ttl",
            "quantity:several-dozen",
            "schema:minValue 24",
            'skos:editorialNote "Two dozen at least, below a hundred. From 24 to 99."@en',
        ),
        _part(
            "graph/quantities.ttl",
            "quantity:several-dozen",
            "schema:minValue 42",
            'skos:editorialNote "Two dozen at least, below a hundred. From 24 to 99."@en',
        ),
    ),
)
#: All of them, family by family.
CHECKS = (*_SYNTAX, *_FILES, *_VOCABULARY, *_OF_TEXTS, *_OF_CLAIMS)
