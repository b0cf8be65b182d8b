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
class BuiltinRule:
    """A rule that stands in code.

    `given` is what both examples speak of, `beside` the rules that the wrong one breaks as well, since it must.
    """

    name: str
    family: str
    sentence: str
    fix: str
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
    BuiltinRule(
        "syntax:turtle",
        "syntax",
        "A file in graph/ or ontology/ must be valid Turtle in UTF-8.",
        "Correct the slip at the place where the parser gave up, or at the end of the line before it (a missing "
        "';', ',' or '.', an open quotation mark, an undeclared prefix), because the rest is checked only after "
        "that.",
        {"graph/units.ttl": _UNIT},
        {"graph/units.ttl": _UNIT.replace("kg:Unit ;", "kg:Unit")},
    ),
    BuiltinRule(
        "syntax:sparql",
        "syntax",
        "A stored question or a rule must be valid SPARQL 1.1 that declares every prefix it uses.",
        "Correct the slip at or before the place where the parser gave up, and declare each prefix at the top, "
        "even those of the project (`kg query -f FILE` tries a question).",
        {"queries/units.rq": _QUESTION},
        {"queries/units.rq": _QUESTION.replace("PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n", "")},
    ),
    BuiltinRule(
        "syntax:header",
        "syntax",
        "A stored question must begin with a header that states the question and fits its parameters.",
        "Write '#+ summary:' with the question in the first line, and describe under '#+ params:' only parameters "
        "that the query uses, each on one line as JSON with help and example (`kg queries NAME` prints the "
        "result).",
        {"queries/units.rq": _QUESTION},
        {"queries/units.rq": _QUESTION.partition("\n\n")[2]},
    ),
    BuiltinRule(
        "syntax:rule",
        "syntax",
        "A query in a rules/ folder of ontology/ must state its sentence and its severity, and select ?focus.",
        "Begin it with '#+ summary:' (one sentence with must or should) and '#+ severity: violation' or 'warning',"
        " and select ?focus, with ?path, ?value, ?graph and ?detail (what is wrong) where they help.",
        {"ontology/rules/unit-label.rq": _RULE},
        {"ontology/rules/unit-label.rq": _RULE.replace("#+ severity: violation\n", "")},
    ),
    BuiltinRule(
        "syntax:shapes",
        "syntax",
        "A shape must be written in SHACL Core and must not refer to itself.",
        "Correct the shape that the message names, because no shape is checked until then, and write a rule in "
        "SPARQL where SHACL Core is not enough.",
        {"ontology/shapes/unit.ttl": _SHAPE},
        {"ontology/shapes/unit.ttl": _SHAPE.replace('"^[A-Z]"', '"^[A-Z"')},
    ),
)
_FILES = (
    BuiltinRule(
        "syntax:empty",
        "syntax",
        "A file must contain at least one statement.",
        "Restore the statements if they were lost, or delete the file.",
        {"graph/units.ttl": _UNIT},
        {"graph/topics.ttl": "# Here the topics will stand."},
    ),
    BuiltinRule(
        "syntax:twice",
        "syntax",
        "A block should state each fact once.",
        "Delete the second line, or correct it if it was meant to say something else.",
        {"graph/units.ttl": _UNIT},
        {"graph/units.ttl": _UNIT.replace("    rdfs:label", '    rdfs:label "Heron Unit"@en ;\n    rdfs:label')},
        severity=Severity.WARNING,
    ),
    BuiltinRule(
        "syntax:two-blocks",
        "syntax",
        "An entity should have one block in a file.",
        "Move the lines of both blocks into one, or correct the name of one of them.",
        {"graph/units.ttl": _UNIT},
        {"graph/units.ttl": f'{_UNIT}\n\nunit:heron\n    a kg:Unit ;\n    skos:altLabel "Herons"@en ;\n.'},
        severity=Severity.WARNING,
    ),
    BuiltinRule(
        "syntax:below-passage",
        "syntax",
        "A claim should stand below a passage on which it rests.",
        "Move the claim below its passage, so that the file follows the text, or correct kg:passage.",
        {_ARTICLE: f"passage:example-01\n    …\n.\n\n{_claim('kg:passage passage:example-01')[_ARTICLE]}"},
        {_ARTICLE: f"{_passage(0, 13)[_ARTICLE]}\n\n{_claim('kg:passage passage:example-01')[_ARTICLE]}"},
        severity=Severity.WARNING,
    ),
    BuiltinRule(
        "syntax:left-out",
        "syntax",
        "The passages of an article should leave out no text before or between them.",
        "Make a passage of the text in between (`kg coverage` prints it), with its claims or set aside with a "
        "reason; up to nine characters count as space.",
        _part(_ARTICLE, "passage:example-01", f'kg:digest "{_TEXT_DIGEST}"', "oa:end 89", "oa:start 0"),
        _part(_ARTICLE, "passage:example-01", f'kg:digest "{_DIGEST_OF_REST}"', "oa:end 89", "oa:start 14"),
        severity=Severity.WARNING,
    ),
)
_VOCABULARY = (
    BuiltinRule(
        "rule:undefined-term",
        "vocabulary",
        "Every name in the project's namespaces must be described in the project.",
        "Correct the name as the message suggests (or find it with `kg search`), or describe a new entity in "
        "graph/ with a class and a label, a new term in ontology/.",
        _claim("kg:certainty kg:Certain"),
        _claim("kg:certainty kg:Certian"),
    ),
    BuiltinRule(
        "rule:prefix",
        "vocabulary",
        "A prefix of the project must stand for the same namespace in every file.",
        "Copy the namespace from the message, to the last character, or choose another prefix for another namespace.",
        {"queries/units.rq": _QUESTION},
        {"queries/units.rq": _QUESTION.replace("/rdf-schema#>", "/rdf-schema/>")},
    ),
)
_OF_TEXTS = (
    BuiltinRule(
        "evidence:text-missing",
        "evidence",
        "With --texts, each article whose text the graph cites must have its text in that directory.",
        "Save the text in the directory of --texts or KG_TEXTS as <article>.txt (the article's name without "
        "article:), or leave --texts out to skip the evidence.",
        _TEXT,
        {"texts/exampel.txt": _TEXT[_TEXT_FILE]},
    ),
    BuiltinRule(
        "evidence:text-digest",
        "evidence",
        "The text of an article must have the digest that the graph records.",
        "Find the text that was encoded; if this text is better, run `kg anchor --repair article:NAME` for the "
        "passages and `kg anchor article:NAME` for the article's block.",
        _part(_ARTICLE, "article:example", f'kg:textDigest "{_TEXT_DIGEST}"'),
        _part(_ARTICLE, "article:example", f'kg:textDigest "sha256:{"0" * 64}"'),
        _TEXT,
    ),
    BuiltinRule(
        "evidence:text-length",
        "evidence",
        "The text of an article must have as many characters as the graph records.",
        "Copy the length from the message into kg:textLength if the digest is right (it counts code points, a line"
        " end as one), or else find the text that was encoded.",
        _part(_ARTICLE, "article:example", "kg:textLength 89"),
        _part(_ARTICLE, "article:example", "kg:textLength 98"),
        _TEXT,
    ),
    BuiltinRule(
        "evidence:offsets",
        "evidence",
        "A passage must start before it ends, and must end within the text.",
        "Copy the passage from `kg anchor article:NAME 'QUOTATION'`, whose offsets count code points from 0, the "
        "end exclusive.",
        _passage(0, 13, ""),
        _passage(0, 130, ""),
        _TEXT,
        ("rule:passage-beyond-text",),
    ),
    BuiltinRule(
        "evidence:short-passage",
        "evidence",
        "A passage must have at least 4 characters.",
        "Widen it to the words on which the claim rests (`kg anchor article:NAME 'QUOTATION'` prints it).",
        _passage(0, 13),
        _passage(0, 2, _DIGEST_OF_TWO),
        _TEXT,
    ),
    BuiltinRule(
        "evidence:passage-moved",
        "evidence",
        "A passage's digest must be that of the characters at its offsets, not of characters elsewhere in the text.",
        "Copy the passages with their new offsets from `kg anchor --repair article:NAME`.",
        _passage(0, 13),
        _passage(3, 16),
        _TEXT,
    ),
    BuiltinRule(
        "evidence:passage-cut",
        "evidence",
        "A passage's digest must be that of the characters between both of its offsets.",
        "Copy the offset from the message, or the fixed passage from `kg anchor --repair article:NAME`.",
        _passage(0, 13),
        _passage(0, 31),
        _TEXT,
    ),
    BuiltinRule(
        "evidence:passage-changed",
        "evidence",
        "A passage's digest must be that of characters in the text.",
        "Read the present characters with `kg cite passage:NAME`, then copy the digest from `kg anchor "
        "article:NAME 'QUOTATION'` if they still support the claims, or else change the claims.",
        _passage(0, 13),
        _passage(0, 13, f"sha256:{'0' * 64}"),
        _TEXT,
    ),
    BuiltinRule(
        "evidence:verbatim",
        "evidence",
        "A label or note must not repeat eight words of the article in a row.",
        "Say it in your own neutral words; only the label of an article may be its headline.",
        _claim('rdfs:label "The Heron Unit has 300 men."@en'),
        _claim('rdfs:label "In March 2030 the Heron Unit had 300 men."@en'),
        _TEXT,
    ),
)
_OF_CLAIMS = (
    BuiltinRule(
        "evidence:label-number",
        "evidence",
        "A number in a claim's label must occur in one of its passages, or be a year, month or day of its bounds.",
        "Compare the label with the passage (`kg cite claim:NAME`) and correct the number, or add the passage that"
        " has it.",
        _claim('rdfs:label "The Heron Unit has 300 men."@en'),
        _claim('rdfs:label "The Heron Unit has 500 men."@en'),
        _TEXT,
    ),
    BuiltinRule(
        "evidence:name-wording",
        "evidence",
        "A name that a claim says a source uses must occur in one of the claim's passages.",
        "Write the name as the text does, or add the passage that has it.",
        _part(_ARTICLE, "claim:example-name", 'rdf:object "Heron Unit"@en'),
        _part(_ARTICLE, "claim:example-name", 'rdf:object "Herron Unit"@en'),
        _TEXT,
    ),
    BuiltinRule(
        "evidence:time-wording",
        "evidence",
        "The words in kg:timeWording must occur in one of the claim's passages.",
        "Quote the words for the time as the text has them, and explain in the note how they were resolved.",
        _claim('kg:timeWording "In March 2030"@en'),
        _claim('kg:timeWording "last March"@en'),
        _TEXT,
    ),
    BuiltinRule(
        "evidence:quantity-wording",
        "evidence",
        "A wording of a claim's quantity must occur in one of the claim's passages.",
        "Choose the quantity with the words of the text (`kg search`), or add it with its range to the codebook, "
        "graph/quantities.ttl.",
        _part("graph/quantities.ttl", "quantity:300-men", 'kg:wording "300"@en'),
        _part("graph/quantities.ttl", "quantity:300-men", 'kg:wording "three hundred"@en'),
        _TEXT,
    ),
    BuiltinRule(
        "evidence:quantity-label",
        "evidence",
        "A number in a quantity's label must occur in one of its wordings.",
        "Correct the label or the wording, whichever the texts do not have.",
        _part("graph/quantities.ttl", "quantity:300-men", 'rdfs:label "300 men"@en', 'kg:wording "300"@en'),
        _part("graph/quantities.ttl", "quantity:300-men", 'rdfs:label "330 men"@en', 'kg:wording "300"@en'),
    ),
    BuiltinRule(
        "evidence:quantity-range",
        "evidence",
        "A quantity's range must be that of its wording, or of the coding rule at the end of its note.",
        "Make the lowest and the highest number equal for a plain number, or make the range and the end of the "
        "note ('From 24 to 99.', 'From 2 on.') agree.",
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
BUILTIN_RULES = (*_SYNTAX, *_FILES, *_VOCABULARY, *_OF_TEXTS, *_OF_CLAIMS)


_SENTENCES = {check.name: check.sentence for check in BUILTIN_RULES}


def sentence(name: str) -> str:
    """Return the sentence of a rule by its name."""
    return _SENTENCES[name]
