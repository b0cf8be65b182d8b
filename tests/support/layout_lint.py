"""A lint for the layout of Turtle files and rules: it reports lines with reasons, and rewrites nothing."""

import re
from collections.abc import Iterator
from itertools import pairwise

from pyoxigraph import NamedNode

from kg.rdf.namespaces import PREFIXES, shorten
from kg.rdf.tokens import Declaration, names
from kg.rdf.turtle import Places, Statement, read

#: The order of predicates in a block; others are sorted by name between kg: and the notes.
FIRST = ("a", "rdfs:label", "rdf:subject", "rdf:predicate", "rdf:object")
NOTES = ("skos:definition", "skos:editorialNote", "skos:example", "skos:scopeNote", "sh:severity", "sh:message")
#: In a shape, predicates that say what it is about come before those that say what must hold.
ABOUT = ("schema:keywords", "rdfs:seeAlso", "sh:targetClass", "sh:targetObjectsOf", "sh:targetSubjectsOf", "sh:path")

Slip = tuple[int, str]


def rank(predicate: str) -> tuple[int, int, str]:
    """Return the key that sorts the predicates of a block."""
    if predicate in FIRST:
        return 0, FIRST.index(predicate), ""
    if predicate in NOTES:
        return 9, NOTES.index(predicate) if predicate.startswith("sh:") else 0, predicate
    if predicate in ABOUT:
        return 2, ABOUT.index(predicate), ""
    return (1 if predicate.startswith("kg:") else 3), 0, predicate


def turtle(text: str) -> list[str]:
    """Return the slips in the layout of a Turtle file, each as "line: reason"."""
    found = [*_characters(text), *_head(text), *_blocks(text), *_order(read(text, ""))]
    return [f"{line}: {reason}" for line, reason in sorted(found)]


def _characters(text: str) -> Iterator[Slip]:
    lines = text.split("\n")
    if lines[-1] or not lines[-2:][0]:
        yield len(lines), "a file ends with one line feed"
    for number, line in enumerate(lines, start=1):
        if line != line.rstrip() or "\t" in line:
            yield number, "no tabs, no space at the end of a line"


def _head(text: str) -> Iterator[Slip]:
    lines = text.split("\n")
    start = 1 if lines[0].startswith("# ") else 0  # one line may say how to read the file
    head = lines[start : lines.index("")] if "" in lines else lines[start:]
    used = {one.written.partition(":")[0] for one in names(text) if not isinstance(one, Declaration)}
    if head != sorted(head):
        yield 1, "prefixes are sorted"
    for number, line in enumerate(head, start=start + 1):
        prefix = re.fullmatch(r"PREFIX (\w+): <(\S+)>", line)
        if prefix is None or PREFIXES.get(prefix[1]) != prefix[2]:
            yield number, "a file begins with PREFIX lines of the project"
        elif prefix[1] not in used:
            yield number, f"the prefix {prefix[1]}: is not used"
    for number, line in enumerate(lines[start + len(head) :], start=start + len(head) + 1):
        if re.match(r"(?i)@?(prefix|base)\b", line):
            yield number, "prefixes stand at the beginning, bases nowhere"


def _blocks(text: str) -> Iterator[Slip]:
    """Check lines by the state that the line before leaves: between blocks, in a block, among values, in a list."""
    state = "head"
    lines = text.split("\n")[:-1]
    for number, line in enumerate(lines, start=1):
        if state == "head":
            state = "head" if line else "between"
            continue
        before, after = lines[number - 2], lines[number] if number < len(lines) else ""
        if state == "between":
            if line.startswith("#"):
                banner = re.fullmatch(r"# --- \S.* ---", line)
                if after if banner else not re.match(r"# \S", line):
                    yield number, "a comment is a sentence above its block, or a banner"
            elif not line:
                if not before or not after:
                    yield number, "one blank line between blocks"
            elif re.fullmatch(r"<\S+>|\w+:\S+", line):
                if before and not before.startswith("#"):
                    yield number, "one blank line between blocks"
                state = "subject"
            else:
                yield number, "a subject stands alone at the beginning of its line"
                state = "block"
            continue
        if line == ".":
            if state != "block":
                yield number, "a full stop closes a block behind its last semicolon"
            state = "between"
        elif state == "subject" and not line.startswith("    a"):
            yield number, "a block begins with 'a'"
            state = "block"
        elif state in ("subject", "block") and re.fullmatch(r"    [\w:-]+ \S.* ;", line):
            state = "block"
        elif state in ("subject", "block") and re.fullmatch(r"    [\w:-]+", line):
            state = "values"
        elif state == "block" and re.fullmatch(r"    [\w:-]+ \(", line):
            state = "list"
        elif state == "values" and re.fullmatch(r"        \S.* [,;]", line):
            if line.endswith(" ;"):
                if re.fullmatch(r"    [\w:-]+", before):
                    yield number, "a single value stands on the line of its predicate"
                state = "block"
        elif state == "list" and (line == "    ) ;" or line.startswith("        ")):
            state = "block" if line == "    ) ;" else "list"
        else:
            yield number, "a line of a block is '    predicate value ;', or a predicate with one value a line below it"
            state = "block"
    if state != "between":
        yield len(lines), "a block is closed by a full stop"


def _order(places: Places) -> Iterator[Slip]:
    """Check the order of the predicates of a block, and that each subject has one block."""
    blocks: dict[int, list[Statement]] = {}
    for one in places.statements:
        blocks.setdefault(one.block, []).append(one)
    subjects: dict[str, int] = {}
    for block, statements in sorted(blocks.items()):
        line, column = places.place(block)
        subject = statements[0].subject
        if column != 1 or not isinstance(subject, NamedNode):
            continue  # within a shape
        if subject.value in subjects:
            yield line, f"{shorten(subject.value)} has a block in line {subjects[subject.value]} already"
        subjects[subject.value] = line
        verbs = sorted({one.verb for one in statements})
        written = [
            ("a" if name == "rdf:type" else name, places.place(verb)[0])
            for verb in verbs
            for name in [next(shorten(one.predicate.value) for one in statements if one.verb == verb)]
        ]
        for (name, _), (following, at) in pairwise(written):
            if rank(name) > rank(following):
                yield at, f"{following} stands before {name}"
            elif name == following:
                yield at, f"{name} stands once in a block"
        values = [places.place(one.value)[0] for one in statements]
        yield from ((at, "one value a line") for at in sorted({at for at in values if values.count(at) > 1}))


def alphabetical(text: str) -> list[str]:
    """Return the lines in which the subjects of a file are not in alphabetical order."""
    found = subjects(text)
    return [f"{line}: {later} comes before {name}" for (name, _), (later, line) in pairwise(found) if later < name]


def subjects(text: str) -> list[tuple[str, int]]:
    """Return the subjects of a file's blocks with their lines."""
    return [(line, number) for number, line in enumerate(text.split("\n"), start=1) if re.match(r"(<|\w+:)", line)]


def course(text: str) -> list[str]:
    """Return the lines that break the order of an article's file: the article, then passages with their claims."""
    found: list[str] = []
    places = read(text, "")
    facts: dict[tuple[str, str], list[str]] = {}
    for one in places.statements:
        value = one.object.value if isinstance(one.object, NamedNode) else str(one.object).partition("^")[0].strip('"')
        facts.setdefault((shorten(str(one.subject)[1:-1]), shorten(one.predicate.value)), []).append(value)
    above, start = "", -1
    for position, (subject, line) in enumerate(subjects(text)):
        if (position == 0) != subject.startswith("article:"):
            found.append(f"{line}: the article comes first, and no other is described in its file")
        elif subject.startswith("passage:"):
            first = int(facts[(subject, "oa:start")][0])
            if first < start:
                found.append(f"{line}: {subject} starts before {above}")
            above, start = subject, first
        elif subject.startswith("claim:"):
            passages = [shorten(iri) for iri in facts[(subject, "kg:passage")]]
            if above not in passages:
                found.append(f"{line}: {subject} stands below a passage of its own, not below {above}")
        elif position:
            found.append(f"{line}: {subject} is neither the article nor a passage or a claim of it")
    return found


HEADER = re.compile(
    r"#\+ summary: [A-Z].*\.\n#\+ severity: (violation|warning)\n"
    r"#\+ description: [A-Z].*\n(#\+   \S.*\n)*(#\+ tags: \[\"\w+\"(, \"\w+\")*\]\n)?"
)
QUIET = re.compile(r'"[^"\n]*"|<[^>\s]*>|\?\w+|\b\w+:[\w-]*')


def rule(text: str) -> list[str]:
    """Return the slips in the layout of a rule, each as "line: reason"."""
    found = list(_characters(text))
    lines = text.split("\n")[:-1]
    head = next((number for number, line in enumerate(lines) if not line), 0)
    if not HEADER.fullmatch("\n".join([*lines[:head], ""])):
        found.append((1, "a rule begins with a summary, one sentence, a severity, a description and, it may be, tags"))
    prefixes = [line for line in lines if line.startswith("PREFIX ")]
    body = lines[head + 1 + (len(prefixes) + 1 if prefixes else 0) :]
    used = {one.written.partition(":")[0] for one in names("\n".join(body)) if not isinstance(one, Declaration)}
    if prefixes != [f"PREFIX {prefix}: <{PREFIXES.get(prefix)}>" for prefix in sorted(used - {"<https", "<http"})]:
        found.append((head + 2, "the prefixes are those in use, sorted, as the project has them"))
    if not re.match(r"SELECT (DISTINCT )?\?focus\b", body[0]) or not body[-1].startswith("ORDER BY "):
        found.append((len(lines), "a rule is a SELECT of ?focus first, and ends with its ORDER BY"))
    depth, carried = 0, False
    for number, line in enumerate(body, start=len(lines) - len(body) + 1):
        code = QUIET.sub("_", line.strip())
        depth -= code.startswith(("}", ")"))
        if len(line) - len(line.lstrip()) != 2 * (depth + carried):
            found.append((number, "two spaces of indent for each open bracket and for a line that continues another"))
        if odd := sorted(set(re.findall(r"(?<![\w_])[a-z]\w+", code)) - {"false", "separator", "true"}):
            found.append((number, f"keywords stand in upper case, not {odd}"))
        if len(re.findall(r" [;.](?= |$)", code)) > 1:
            found.append((number, "one triple a line"))
        depth += code.endswith(("{", "("))
        carried = code.endswith(" ;")
    return [f"{line}: {reason}" for line, reason in sorted(found)]
