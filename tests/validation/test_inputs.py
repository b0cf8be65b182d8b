"""Inputs of validation: texts in memory instead of files, and the two evaluators, give the same findings."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kg.validation.evaluate import Evaluation
from kg.validation.incremental import algebra
from kg.validation.incremental.evaluator import IncrementalEvaluator
from kg.validation.inputs import Inputs
from kg.validation.validate import validate

ARTICLE = "graph/articles/legion-at-the-river.ttl"
RULE = """#+ summary: An entity must have no label.
#+ severity: warning
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?focus
WHERE {
  ?focus rdfs:label ?value .
}
"""


@pytest.fixture
def project(sample_root: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sample_root, tmp_path / "project")


def replaced(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


#: Changes of a file's text; a file that is not there has the text "".
CHANGES: list[tuple[str, Callable[[str], str]]] = [
    ("graph/units.ttl", replaced("a kg:Unit", "a kg:Untit")),
    ("graph/units.ttl", lambda text: ""),
    ("graph/units.ttl", lambda text: text[: len(text) * 2 // 3]),
    ("graph/units.ttl", replaced("PREFIX unit: <http", "PREFIX unit: <odd+http")),
    ("graph/units.ttl", lambda text: f"\ufeff# A mark and line ends of Windows.\r\n{text}"),
    ("graph/people.ttl", lambda text: text[: len(text) // 2]),
    (ARTICLE, replaced("kg:polarity kg:Affirmed", "kg:polarity kg:Afirmed")),
    (ARTICLE, replaced("a kg:Passage ;", "a kg:Claim ;")),
    ("graph/new/topics.ttl", lambda text: "PREFIX topic: <https://w3id.org/hearsay/topic/>\ntopic:x a topic:y .\n"),
    ("graph/.hidden.ttl", lambda text: "odd"),
    ("ontology/core/shapes/claim.ttl", lambda text: text.replace("sh:minCount 1", "sh:minCuont 1", 1)),
    ("ontology/core/shapes/claim.ttl", lambda text: "odd"),
    ("ontology/core/kg.ttl", lambda text: text[: len(text) // 2]),
    ("ontology/core/rules/noted.rq", lambda text: RULE),
    ("ontology/core/rules/noted.rq", lambda text: RULE.replace("#+ severity: warning\n", "")),
    ("queries/core/strength.rq", replaced("SELECT", "SELCT")),
    ("queries/core/new.rq", lambda text: "ASK { ?s a kg:Nothing }"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "change"), CHANGES)
def test_findings_on_texts_in_memory_equal_those_on_saved_files(
    project: Path, tmp_path: Path, name: str, change: Callable[[str], str]
) -> None:
    file, index = project / name, tmp_path / "index"
    before = validate(project, index=index)
    text = change(file.read_text(encoding="utf-8") if file.exists() else "")
    in_memory = [validate(project, index=where, unsaved={name: text}) for where in (None, index)]
    assert validate(project, index=index) == before, "a text in memory is remembered"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8", newline="")
    saved = validate(project)
    assert in_memory == [saved, saved]
    idle = name.startswith("graph/.") or text.startswith("\ufeff")
    assert (saved == before) == idle


def test_texts_in_memory_are_validated_after_changes_on_disk(project: Path, tmp_path: Path) -> None:
    index, units, article = tmp_path / "index", project / "graph" / "units.ttl", project / ARTICLE
    validate(project, index=index)
    text = units.read_text(encoding="utf-8")
    units.write_text(text.replace("rdfs:label", "skos:note", 1), encoding="utf-8")
    changed = article.read_text(encoding="utf-8").replace("kg:polarity kg:Affirmed", "kg:polarity kg:Afirmed", 1)
    in_memory = validate(project, index=index, unsaved={ARTICLE: changed, "graph/units.ttl": text})
    units.write_text(text, encoding="utf-8")
    article.write_text(changed, encoding="utf-8")
    assert in_memory == validate(project)


# --- The incremental evaluator can be switched off ---


def steps(project: Path) -> Iterator[None]:
    """Change the project step by step."""
    for name, change in CHANGES:
        file = project / name
        file.parent.mkdir(exist_ok=True)
        text = file.read_text(encoding="utf-8") if file.exists() else None
        file.write_text(change(text or ""), encoding="utf-8", newline="")
        yield
        if text is None:
            file.unlink()
        else:
            file.write_text(text, encoding="utf-8")
        yield


@pytest.mark.slow
def test_the_findings_are_the_same_with_the_incremental_evaluator_and_without(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, used = tmp_path / "index", []
    evaluate = IncrementalEvaluator.evaluate

    def noted(self: IncrementalEvaluator, inputs: Inputs) -> Evaluation | None:
        evaluation = evaluate(self, inputs)
        used.append(evaluation is not None)
        return evaluation

    monkeypatch.setattr(IncrementalEvaluator, "evaluate", noted)
    validate(project, index=index)
    for _ in steps(project):
        found = validate(project, index=index)
        asked = len(used)
        assert found == validate(project, index=index, incremental=False)
        assert len(used) == asked
    assert sum(used) > 5, "the incremental evaluator was not used"


def test_a_rule_that_rdflib_cannot_follow_is_asked_of_the_whole_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    query = "SELECT ?focus WHERE { ?focus ?p ?o }"
    assert algebra.of_query(query)

    def fails(*_: object) -> None:
        raise AttributeError("another version")

    assert algebra.of_query(f"{query} odd") is None
    monkeypatch.setattr("rdflib.plugins.sparql.algebra.translateQuery", fails)
    assert algebra.of_query(query) is None
