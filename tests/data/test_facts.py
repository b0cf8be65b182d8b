"""Facts of the first five articles: each stored question answers the right ones, and none of the wrong ones.

They are written from the texts. A fact names cells of one row: some row of the answer has them all; of a wrong fact
none has. The questions are asked of the claims of these five articles alone, so that a further article, which may
report what these do not, changes no answer.
"""

from collections.abc import Mapping

import pytest
from pyoxigraph import NamedNode, Store
from support.paths import ROOT
from support.questions import Row, ask

from kg.claims.entities import classes
from kg.project.dataset import Dataset, read, sources
from kg.query.questions import names
from kg.rdf.namespaces import KINDS, expand, shorten

Cells = Mapping[str, str]

ICARO = "article:icaro-siberian-battalion"
ANTI = "article:anti-imperial-struggle"
BAGHAI = "article:baghai-turned-on-the-kremlin"
LOW = "article:low-legion-captures-ukrainians"
TIMBOL = "article:timbol-russians-fighting-putin"
ARTICLES = {ICARO, ANTI, BAGHAI, LOW, TIMBOL}
LEGION = "unit:freedom-of-russia-legion"
BATTALION = "unit:siberian-battalion"
VOLUNTEERS = "group:russian-volunteers"
ARESTOVICH = "person:aleksey-arestovich"
MINISTRY = "organisation:ukrainian-defence-ministry"
WAR = "event:russian-invasion-of-ukraine-2022"

#: Question and its values to facts that hold.
RIGHT: dict[tuple[str, tuple[tuple[str, str], ...]], list[Cells]] = {
    ("accusations", ()): [
        {
            "who": "organisation:russia",
            "wrongLabel": "Genocide",
            "speaker": "person:timbol-unnamed-1",
            "article": TIMBOL,
        },
        {"who": "unit:russian-armed-forces", "wrongLabel": "War crimes", "speaker": "", "article": TIMBOL},
        {"who": "person:vladimir-putin", "speaker": VOLUNTEERS, "article": BAGHAI},
    ],
    ("admission", ()): [
        {"unit": LEGION, "answer": "Written application", "article": LOW},
        {"unit": LEGION, "answer": "Double polygraph test", "speaker": ARESTOVICH},
        {
            "unit": LEGION,
            "aspect": "admits",
            "answer": "Russian soldiers taken prisoner by Ukraine",
            "modality": "actual",
        },
        {"unit": BATTALION, "aspect": "admission time", "answer": "up to a year", "article": ICARO},
        {"unit": "person:karabas", "aspect": "admission time", "answer": "almost a year"},
    ],
    ("allegiances", ()): [
        {"rdf:subject": "person:karabas", "rdf:predicate": "kg:memberOf", "rdf:object": BATTALION},
        {"rdf:subject": BATTALION, "rdf:predicate": "kg:partOf", "rdf:object": "unit:ukrainian-armed-forces"},
        {"rdf:subject": "unit:kadyrovites", "rdf:predicate": "kg:ledBy", "rdf:object": "person:ramzan-kadyrov"},
    ],
    ("applications-and-recruits", ()): [
        {"unit": LEGION, "figure": "applications", "lowest": "200", "highest": "999", "speaker": MINISTRY},
        {"unit": LEGION, "figure": "applications", "lowest": "301", "highest": "", "article": TIMBOL},
        {"unit": BATTALION, "figure": "recruitment rate", "lowest": "18", "highest": "22", "counted": "recruit"},
    ],
    ("articles", ()): [
        {
            "article": LOW,
            "publishedFrom": "2022-06-24",
            "derivation": "repost",
            "publisherLabel": "A Blog by Jonathan Low",
        },
        {"article": TIMBOL, "derivation": "rewrite", "source": "article:time-russians-fighting-putin"},
        {"article": BAGHAI, "publishedFrom": "2023-11-27", "publishedUntil": "2023-11-27"},
        {"article": ICARO, "origin": "of unknown origin", "publisherLabel": "ICARO Media Group"},
    ],
    ("battles", ()): [
        {
            "unit": BATTALION,
            "participant": "person:walther",
            "relation": "wounded in",
            "battle": "event:battle-of-avdiivka",
        },
        {"unit": BATTALION, "participant": "person:maloy", "battle": "event:belgorod-incursions", "article": ANTI},
        {"unit": VOLUNTEERS, "battle": "event:fighting-at-mariupol", "article": BAGHAI},
    ],
    ("claims-of-an-article", (("article", ICARO),)): [
        {"speaker": "person:karabas", "certainty": "possible"},
        {"speaker": "person:holod", "modality": "actual"},
        {"speaker": "", "attribution": "unattributed"},
    ],
    ("contradiction", (("about", "organisation:ukraine"),)): [{"answer": "true"}],
    ("contradiction", (("about", BATTALION),)): [{"answer": "false"}],
    ("dated-claims", (("from", "2022-05-11"), ("until", "2022-05-11"), ("about", LEGION))): [
        {"notBefore": "2022-05-11", "speaker": ARESTOVICH, "extent": "throughout", "article": LOW},
    ],
    ("dated-claims", (("from", "2024-03-01"), ("until", "2024-03-31"), ("about", "person:maloy"))): [
        {"notBefore": "2024-03-01", "notAfter": "2024-03-31", "extent": "sometime within", "article": ANTI},
    ],
    ("denied-claims", ()): [
        {"subject": "group:nazis", "predicateLabel": "present in", "speaker": "person:timbol-unnamed-1"},
        {"subject": "organisation:russia", "speaker": "organisation:russia", "article": BAGHAI},
    ],
    ("deployments", ()): [
        {"who": LEGION, "place": "place:front-line-in-ukraine", "notBefore": "2022-05-11", "speaker": ARESTOVICH},
        {"who": BATTALION, "place": "place:avdiivka", "modality": "actual", "article": ICARO},
        {"who": "person:vitya", "place": "place:kyiv", "article": TIMBOL},
    ],
    ("formations", ()): [
        {"unit": BATTALION, "aspect": "formed", "timeWording": "six months ago", "article": ICARO},
        {"unit": BATTALION, "aspect": "formed", "notBefore": "2023-01-01", "notAfter": "2023-12-31", "article": ANTI},
        {"unit": "unit:international-legion", "aspect": "formed by", "answer": "Volodymyr Zelensky", "article": TIMBOL},
        {"unit": LEGION, "aspect": "formed by", "speaker": MINISTRY},
    ],
    ("former-posts-and-units", ()): [
        {"who": "person:igor-volobuev", "what": "organisation:gazprombank", "now": LEGION, "certainty": "unconfirmed"},
        {"who": "person:nikolay-shishkarey", "what": "unit:70th-motorized-rifle-brigade"},
        {"who": "person:maxim-anatolyevich-lesnichenko", "relation": "rank", "whatLabel": "Captain"},
    ],
    ("gaps", ()): [
        {"unit": BATTALION, "predicate": "kg:ledBy"},
        {"unit": LEGION, "predicate": "kg:casualties"},
    ],
    ("losses", ()): [
        {"side": WAR, "lowest": "50001", "highest": "", "counted": "killed", "speaker": "", "article": BAGHAI},
        {"side": WAR, "counted": "displaced", "article": BAGHAI},
        {"countedIn": "percent", "speaker": "person:maloy", "article": ANTI},
    ],
    ("members-and-posts", ()): [
        {"unit": LEGION, "member": "person:igor-volobuev", "certainty": "unconfirmed", "titleKind": "post"},
        {"unit": LEGION, "member": "person:nikolay-shishkarey", "title": "Sergeant"},
        {"unit": BATTALION, "member": "person:grifin", "role": "member of", "article": ICARO},
        {"unit": "unit:kadyrovites", "member": "person:ramzan-kadyrov", "role": "led by"},
    ],
    ("members-by-origin", ()): [
        {"origin": "place:bashkortostan", "member": "person:maloy", "unit": BATTALION},
        {"origin": "group:bashkirs", "relation": "ethnicity", "member": "person:kypchak", "unit": BATTALION},
        {"origin": "place:moscow", "member": "person:vitya", "unit": "unit:ukrainian-territorial-defence-forces"},
    ],
    ("motives-and-goals", ()): [
        {"who": "person:holod", "aim": "topic:end-of-putins-rule", "speaker": "person:holod", "article": ICARO},
        {"who": VOLUNTEERS, "aim": "topic:end-of-putins-rule", "speaker": "", "article": BAGHAI},
        {"who": "group:buryats", "relation": "seeks", "aim": "topic:independence-of-minorities-of-russia"},
        {"who": "person:yan", "relation": "motivated by", "aimLabel": "Fear of imprisonment", "speaker": "person:yan"},
    ],
    ("names", (("unit", LEGION),)): [
        {"name": "Legion of Free Russia", "usage": "used by a source", "speaker": "organisation:sofrep"},
        {"name": "Freedom for Russia", "usage": "used by a source", "article": TIMBOL},
    ],
    ("names", (("unit", BATTALION),)): [{"name": "Sibir", "usage": "used by a source", "article": ANTI}],
    ("nested-speech", ()): [
        {"speaker": ARESTOVICH, "via": "article:sofrep-legion-captures-ukrainians", "attribution": "direct quote"},
        {"speaker": "person:yan", "via": "article:time-russians-fighting-putin", "article": TIMBOL},
        {"speaker": "group:older-comrades-of-the-recruits", "via": "person:batya", "article": ANTI},
    ],
    ("plans-and-actuals", ()): [
        {"subject": BATTALION, "predicate": "kg:strength", "modality": "planned", "reportedPolarity": "affirmed"},
        {"subject": LEGION, "predicate": "kg:faces", "modality": "hypothetical", "speaker": "organisation:sofrep"},
        {"subject": "person:vladimir-putin", "predicate": "kg:seeks", "modality": "planned", "article": ICARO},
    ],
    ("protected-persons", ()): [
        {"person": "person:karabas", "identity": "pseudonymous", "trait": "home"},
        {"person": "person:yan", "identity": "pseudonymous", "trait": "age"},
        {"person": "person:timbol-unnamed-1", "identity": "anonymous"},
    ],
    ("relative-dates", ()): [
        {"timeWording": "last March", "notBefore": "2024-03-01", "notAfter": "2024-03-31", "article": ANTI},
        {"timeWording": "six months ago", "extent": "sometime within", "article": ICARO},
        {"timeWording": "for almost a year", "publishedFrom": "2023-11-27", "article": BAGHAI},
        {"timeWording": "three years ago", "article": TIMBOL},
    ],
    ("reprint-only-claims", ()): [
        {"article": LOW, "derivation": "repost", "speaker": ARESTOVICH},
        {"article": TIMBOL, "derivation": "rewrite", "speaker": "person:yan"},
    ],
    ("self-reports", ()): [
        {"who": "person:holod", "tie": "speaks of itself", "speaker": "person:holod", "article": ICARO},
        {"who": "organisation:russia", "tie": "speaks of itself", "article": BAGHAI},
        {"tie": "belongs to it", "speaker": "person:yan", "article": TIMBOL},
    ],
    ("single-speaker-statements", ()): [
        {"speaker": ARESTOVICH, "subject": LEGION, "certainty": "certain"},
        {"speaker": "person:maloy", "subject": "unit:russian-armed-forces"},
    ],
    ("spokespeople", ()): [
        {"speaker": ARESTOVICH, "principal": "organisation:office-of-the-president-of-ukraine", "article": LOW},
        {"principal": "unit:ukrainian-armed-forces", "article": ICARO},
    ],
    ("strength", ()): [
        {
            "unit": LEGION,
            "lowest": "24",
            "highest": "99",
            "counted": "deployed",
            "notBefore": "2022-05-11",
            "notAfter": "2022-05-11",
            "speaker": ARESTOVICH,
        },
        {"unit": LEGION, "lowest": "24", "highest": "999", "certainty": "unconfirmed", "article": LOW},
        {"unit": BATTALION, "lowest": "24", "highest": "99", "modality": "actual", "article": ICARO},
        {"unit": BATTALION, "lowest": "300", "highest": "300", "modality": "planned", "article": ICARO},
        {"counted": "sympathiser", "certainty": "possible", "speaker": "person:karabas"},
        {"lowest": "36", "highest": "44", "speaker": "person:yan", "article": TIMBOL},
    ],
    ("symbols-and-slogans", ()): [
        {"who": LEGION, "relation": "slogan", "sign": "topic:for-russia-for-freedom", "article": LOW},
        {"who": LEGION, "relation": "uses symbol", "signLabel": "Letter L", "speaker": ARESTOVICH},
        {"signLabel": "White-blue-white flag", "article": TIMBOL},
    ],
    ("training-and-equipment", ()): [
        {"who": LEGION, "relation": "trained in", "whatLabel": "NLAW", "article": LOW},
        {"who": LEGION, "relation": "admits", "what": "group:captured-russian-soldiers", "modality": "actual"},
        {"who": VOLUNTEERS, "relation": "equipped by", "what": "unit:ukrainian-armed-forces", "article": BAGHAI},
        {"relation": "trained by", "what": "person:batya", "article": ANTI},
    ],
    ("unconfirmed-claims", ()): [
        {"subject": LEGION, "speaker": ARESTOVICH, "doubt": "cannot confirm", "doubter": "organisation:sofrep"},
        {"subject": "topic:for-russia-for-freedom", "doubt": "cannot confirm", "doubter": "organisation:sofrep"},
        {"subject": "person:igor-volobuev", "doubt": "unconfirmed", "doubter": ""},
    ],
}

#: Question and its values to facts that no article gives.
WRONG: dict[tuple[str, tuple[tuple[str, str], ...]], list[Cells]] = {
    ("accusations", ()): [{"who": BATTALION}, {"who": LEGION}, {"who": "organisation:ukraine", "speaker": ""}],
    ("admission", ()): [
        {"unit": BATTALION, "answer": "Double polygraph test"},
        {"unit": BATTALION, "answer": "almost a year"},
        {"unit": LEGION, "answer": "up to a year"},
    ],
    ("allegiances", ()): [
        {"rdf:subject": "group:other-volunteer-units-in-ukraine", "rdf:predicate": "kg:partOf"},
        {"rdf:subject": "person:yan", "rdf:predicate": "kg:memberOf", "rdf:object": LEGION},
    ],
    ("applications-and-recruits", ()): [{"unit": BATTALION, "figure": "applications"}],
    ("articles", ()): [
        {"article": ICARO, "origin": "derived"},
        {"article": BAGHAI, "origin": "derived"},
        {"article": LOW, "origin": "original"},
    ],
    ("battles", ()): [
        {"unit": BATTALION, "battle": "event:fighting-at-mariupol"},
        {"participant": "person:karabas"},
        {"participant": "person:walther", "battle": "event:belgorod-incursions"},
    ],
    ("claims-of-an-article", (("article", ICARO),)): [{"speaker": "person:walther"}, {"speaker": ARESTOVICH}],
    ("contradiction", (("about", BATTALION),)): [{"answer": "true"}],
    ("dated-claims", (("from", "2022-05-11"), ("until", "2022-05-11"))): [
        {"article": ANTI, "extent": "throughout"},
        {"subject": BATTALION},
    ],
    ("denied-claims", ()): [{"speaker": ARESTOVICH}, {"subject": BATTALION}],
    ("deployments", ()): [{"who": BATTALION, "place": "place:kyiv"}, {"who": "person:karabas"}],
    ("formations", ()): [
        {"unit": LEGION, "aspect": "part of"},
        {"unit": "group:other-volunteer-units-in-ukraine", "polarity": "affirmed"},
    ],
    ("former-posts-and-units", ()): [
        {"who": "person:igor-volobuev", "certainty": "certain"},
        {"who": "person:karabas"},
        {"who": "person:nikolay-shishkarey", "whatLabel": "Captain"},
    ],
    ("gaps", ()): [
        {"unit": BATTALION, "predicate": "kg:strength"},
        {"unit": BATTALION, "predicate": "kg:admissionProcedure"},
        {"unit": LEGION, "predicate": "kg:equippedWith"},
    ],
    ("losses", ()): [{"side": BATTALION}, {"side": LEGION}, {"counted": "killed", "speaker": "person:maloy"}],
    ("members-and-posts", ()): [
        {"unit": BATTALION, "role": "led by"},
        {"unit": BATTALION, "member": "person:holod"},
        {"unit": BATTALION, "member": "person:batya"},
        {"unit": LEGION, "member": "person:igor-volobuev", "certainty": "certain"},
    ],
    ("members-by-origin", ()): [
        {"member": "person:walther"},
        {"origin": "place:bashkortostan", "member": "person:kypchak"},
    ],
    ("motives-and-goals", ()): [
        {"who": "person:holod", "speaker": "person:karabas"},
        {"who": "group:yakuts", "aim": "topic:end-of-putins-rule"},
    ],
    ("names", (("unit", BATTALION),)): [{"name": "Freedom for Russia"}, {"name": "Sibir", "article": ICARO}],
    ("nested-speech", ()): [{"speaker": "person:karabas"}, {"article": LOW, "via": "organisation:time"}],
    ("plans-and-actuals", ()): [{"subject": BATTALION, "predicate": "kg:strength", "modality": "hoped"}],
    ("protected-persons", ()): [
        {"person": "person:igor-volobuev"},
        {"person": ARESTOVICH},
        {"person": "person:karabas", "trait": "age"},
    ],
    ("relative-dates", ()): [
        {"timeWording": "last March", "notBefore": "2023-03-01"},
        {"timeWording": "Early this March", "notBefore": "2024-03-01"},
    ],
    ("reprint-only-claims", ()): [{"article": BAGHAI}, {"article": ICARO}],
    ("self-reports", ()): [{"speaker": ARESTOVICH}, {"who": WAR}],
    ("single-speaker-statements", ()): [{"speaker": ""}, {"claim": "claim:low-ministry-formed-by"}],
    ("spokespeople", ()): [{"speaker": "person:karabas"}, {"principal": BATTALION}],
    ("strength", ()): [
        {"unit": BATTALION, "lowest": "300", "modality": "actual"},
        {"unit": LEGION, "lowest": "301"},
        {"unit": LEGION, "speaker": "organisation:sofrep"},
        {"unit": "unit:international-legion", "certainty": "certain"},
    ],
    ("symbols-and-slogans", ()): [{"who": BATTALION}, {"who": "unit:kadyrovites"}],
    ("training-and-equipment", ()): [
        {"who": BATTALION, "relation": "equipped with"},
        {"who": LEGION, "relation": "trained by"},
    ],
    ("unconfirmed-claims", ()): [{"subject": BATTALION}, {"doubter": ARESTOVICH}],
}


@pytest.fixture(scope="module")
def articles() -> Dataset:
    """Return the shipped graph with the claims of the five articles; of any other article only its description."""
    store = Store()
    for source in sources(ROOT):
        if source.name.startswith("graph/articles/") and shorten(source.graph) not in ARTICLES:
            other = Store()
            read(other, source)
            store.extend(other.quads_for_pattern(NamedNode(source.graph), None, None))
        else:
            read(store, source)
    return Dataset(ROOT, sources(ROOT), store)


def _rows(dataset: Dataset, asked: tuple[str, tuple[tuple[str, str], ...]]) -> list[Row]:
    """Return the answer's rows; of triples one row a subject, with its predicates as columns."""
    name, values = asked
    rows = ask(dataset, name, dict(values))
    if rows and set(rows[0]) == {"subject", "predicate", "object"}:
        described: dict[str, Row] = {}
        for row in rows:
            described.setdefault(row["subject"], {})[row["predicate"]] = row["object"]
        return list(described.values())
    return rows


def _has(rows: list[Row], cells: Cells) -> bool:
    return any(all(row.get(column) == value for column, value in cells.items()) for row in rows)


@pytest.mark.parametrize("asked", RIGHT, ids=lambda asked: asked[0])
def test_reader_finds_what_the_articles_say(asked: tuple[str, tuple[tuple[str, str], ...]], articles: Dataset) -> None:
    rows = _rows(articles, asked)
    missing = [cells for cells in RIGHT[asked] if not _has(rows, cells)]
    assert not missing, f"{asked[0]}: no row has {missing}; repair the claim, or the fact if the article says otherwise"


@pytest.mark.parametrize("asked", WRONG, ids=lambda asked: asked[0])
def test_reader_finds_nothing_that_no_article_says(
    asked: tuple[str, tuple[tuple[str, str], ...]], articles: Dataset
) -> None:
    rows = _rows(articles, asked)
    columns = {column for row in rows for column in row}
    for cells in WRONG[asked]:
        assert set(cells) <= columns, f"{asked[0]}: {sorted(set(cells) - columns)} is no column, so the check is empty"
        assert not _has(rows, cells), f"{asked[0]}: a row has {cells}; repair the claim, or the fact if it is right"


def test_each_fact_names_entities_of_the_graph(real: Dataset) -> None:
    values = {value for facts in (*RIGHT.values(), *WRONG.values()) for cells in facts for value in cells.values()}
    short = [value for value in values if value.partition(":")[0] in (*KINDS, "kg")]
    assert short and [value for value in sorted(short) if not classes(real.store, expand(value))] == []


def test_each_question_has_facts_of_both_kinds() -> None:
    known = set(names(ROOT))
    assert {name for name, _ in RIGHT} == {name for name, _ in WRONG} == known
    for name in known - {"contradiction"}:
        assert sum(len(facts) for (asked, _), facts in RIGHT.items() if asked == name) >= 2, (
            f"{name}: two facts a question"
        )
