"""The rules that are checked in code: their names, sentences and fixes.

Their examples are the files `<family>-<rule>.md` in folders `examples/` of the ontology.
"""

from dataclasses import dataclass

from kg.rules.severity import Severity


@dataclass(frozen=True, slots=True)
class BuiltinRule:
    """A rule that is checked in code: its name, sentence, and how to fix a finding."""

    name: str
    sentence: str
    fix: str
    severity: Severity = Severity.VIOLATION

    @property
    def family(self) -> str:
        """Return the part of validation to which the rule belongs."""
        family = self.name.partition(":")[0]
        return "vocabulary" if family == "rule" else family


BUILTIN_RULES = (
    BuiltinRule(
        "syntax:turtle",
        "A file in graph/ or ontology/ must be valid Turtle in UTF-8.",
        "Correct the slip at the place where the parser gave up, or at the end of the line before it (a missing ';', "
        "',' or '.', an open quotation mark, an undeclared prefix), because the rest is checked only after that.",
    ),
    BuiltinRule(
        "syntax:sparql",
        "A stored question or a rule must be valid SPARQL 1.1 that declares every prefix it uses.",
        "Correct the slip at or before the place where the parser gave up, and declare each prefix at the top, even "
        "those of the project (`kg query -f FILE` tries a question).",
    ),
    BuiltinRule(
        "syntax:header",
        "A stored question must begin with a header that states the question and fits its parameters.",
        "Write '#+ summary:' with the question in the first line, and describe under '#+ params:' only parameters "
        "that the query uses, each on one line as JSON with help and example (`kg queries NAME` prints the result).",
    ),
    BuiltinRule(
        "syntax:rule",
        "A query in a rules/ folder of ontology/ must state its sentence and its severity, and select ?focus.",
        "Begin it with '#+ summary:' (one sentence with must or should) and '#+ severity: violation' or 'warning', "
        "and select ?focus, with ?path, ?value, ?graph and ?detail (what is wrong) where they help.",
    ),
    BuiltinRule(
        "syntax:shapes",
        "A shape must be written in SHACL Core and must not refer to itself.",
        "Correct the shape that the message names, because no shape is checked until then, and write a rule in SPARQL "
        "where SHACL Core is not enough.",
    ),
    BuiltinRule(
        "syntax:empty",
        "A file must contain at least one statement.",
        "Restore the statements if they were lost, or delete the file.",
    ),
    BuiltinRule(
        "syntax:twice",
        "A block should state each fact once.",
        "Delete the second line, or correct it if it was meant to say something else.",
        Severity.WARNING,
    ),
    BuiltinRule(
        "syntax:two-blocks",
        "An entity should have one block in a file.",
        "Move the lines of both blocks into one, or correct the name of one of them.",
        Severity.WARNING,
    ),
    BuiltinRule(
        "syntax:below-passage",
        "A claim should stand below a passage on which it rests.",
        "Move the claim below its passage, so that the file follows the text, or correct kg:passage.",
        Severity.WARNING,
    ),
    BuiltinRule(
        "syntax:left-out",
        "The passages of an article should leave out no text before or between them.",
        "Make a passage of the text in between (`kg coverage` prints it), with its claims or set aside with a reason; "
        "up to nine characters count as space.",
        Severity.WARNING,
    ),
    BuiltinRule(
        "rule:undefined-term",
        "Every name in the project's namespaces must be described in the project.",
        "Correct the name as the message suggests (or find it with `kg search`), or describe a new entity in graph/ "
        "with a class and a label, a new term in ontology/.",
    ),
    BuiltinRule(
        "rule:prefix",
        "A prefix of the project must stand for the same namespace in every file.",
        "Copy the namespace from the message, to the last character, or choose another prefix for another namespace.",
    ),
    BuiltinRule(
        "evidence:text-missing",
        "With --texts, each article whose text the graph cites must have its text in that directory.",
        "Save the text in the directory of --texts or KG_TEXTS as <article>.txt (the article's name without "
        "article:), or leave --texts out to skip the evidence.",
    ),
    BuiltinRule(
        "evidence:text-digest",
        "The text of an article must have the digest that the graph records.",
        "Find the text that was encoded, or adopt this text: run `kg anchor --repair article:NAME` for the "
        "passages and `kg anchor article:NAME` for the article's block.",
    ),
    BuiltinRule(
        "evidence:text-length",
        "The text of an article must have as many characters as the graph records.",
        "Copy the length from the message into kg:textLength if the digest is right (it counts code points, a line "
        "end as one), or else find the text that was encoded.",
    ),
    BuiltinRule(
        "evidence:offsets",
        "A passage must start before it ends, and must end within the text.",
        "Copy the passage from `kg anchor article:NAME 'QUOTATION'`, whose offsets count code points from 0, the end "
        "exclusive.",
    ),
    BuiltinRule(
        "evidence:short-passage",
        "A passage must have at least 4 characters.",
        "Widen it to the words on which the claim rests (`kg anchor article:NAME 'QUOTATION'` prints it).",
    ),
    BuiltinRule(
        "evidence:passage-moved",
        "A passage's digest must be that of the characters at its offsets, not of characters elsewhere in the text.",
        "Copy the passages with their new offsets from `kg anchor --repair article:NAME`.",
    ),
    BuiltinRule(
        "evidence:passage-cut",
        "A passage's digest must be that of the characters between both of its offsets.",
        "Copy the offset from the message, or the fixed passage from `kg anchor --repair article:NAME`.",
    ),
    BuiltinRule(
        "evidence:passage-changed",
        "A passage's digest must be that of characters in the text.",
        "Read the present characters with `kg cite passage:NAME`, then copy the digest from `kg anchor article:NAME "
        "'QUOTATION'` if they still support the claims, or else change the claims.",
    ),
    BuiltinRule(
        "evidence:verbatim",
        "A label or note must not repeat eight words of the article in a row.",
        "Say it in your own neutral words; only the label of an article may be its headline.",
    ),
    BuiltinRule(
        "evidence:label-number",
        "A number in a claim's label must occur in one of its passages, or be a year, month or day of its bounds.",
        "Compare the label with the passage (`kg cite claim:NAME`) and correct the number, or add the passage that "
        "has it.",
    ),
    BuiltinRule(
        "evidence:name-wording",
        "A name that a claim says a source uses must occur in one of the claim's passages.",
        "Write the name as the text does, or add the passage that has it.",
    ),
    BuiltinRule(
        "evidence:time-wording",
        "The words in kg:timeWording must occur in one of the claim's passages.",
        "Quote the words for the time as the text has them, and explain in the note how they were resolved.",
    ),
    BuiltinRule(
        "evidence:quantity-wording",
        "A wording of a claim's quantity must occur in one of the claim's passages.",
        "Choose the quantity with the words of the text (`kg search`), or add it with its range to the codebook, "
        "graph/quantities.ttl.",
    ),
    BuiltinRule(
        "evidence:quantity-label",
        "A number in a quantity's label must occur in one of its wordings.",
        "Correct the label or the wording, whichever the texts do not have.",
    ),
    BuiltinRule(
        "evidence:quantity-range",
        "A quantity's range must be that of its wording, or of the coding rule at the end of its note.",
        "Make the lowest and the highest number equal for a plain number, or make the range and the end of the note "
        "('From 24 to 99.', 'From 2 on.') agree.",
    ),
)


_SENTENCES = {rule.name: rule.sentence for rule in BUILTIN_RULES}


def sentence(name: str) -> str:
    """Return the sentence of a rule by its name."""
    return _SENTENCES[name]
