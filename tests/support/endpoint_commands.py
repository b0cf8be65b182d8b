"""Commands that read a graph, and graphs of an endpoint that would make them identify a protected person."""

from click.testing import CliRunner
from support.identifying_texts import HIDDEN, PLANTED

from kg.cli.main import cli
from kg.errors import KgError
from kg.rdf.namespaces import PREFIXES

HEAD = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())


COMMANDS = (
    ("query", "strength", "-p", "unit", "unit:sample-legion"),
    ("query", "names", "-p", "unit", "Sample Legion", "--format", "table"),
    ("query", "allegiances"),
    ("query", "contradiction", "--format", "json"),
    ("query", "dated-claims", "--format", "xml"),
    ("query", "articles", "--format", "jsonl"),
    ("query", "strenght"),
    ("query", "-e", "SELECT ?s WHERE { ?s a kgg:Claim }"),
    ("show", "person:falcon"),
    ("show", "article:legion-at-the-river", "--format", "md"),
    ("show", "kg:strength", "--format", "json"),
    ("show", "unit:sample-legoin"),
    ("search", "legion"),
    ("conflicts",),
    ("conflicts", "unit:sample-legion", "--verdict", "all"),
    ("origins", "--format", "json"),
    ("origins", "unit:sample-legion"),
    ("trace", "claim:reprint-strength"),
    ("timeline",),
    ("timeline", "unit:sample-legion"),
    ("path", "person:falcon", "organisation:southland"),
    ("stats",),
    ("export", "nquads"),
    ("export", "graphml", "--around", "unit:sample-legion"),
    ("export", "html"),
)


def invoke(*words: str) -> tuple[int, bytes, str, str]:
    """Run `kg` in this process and return exit code, standard output, standard error and the error raised."""
    done = CliRunner().invoke(cli, words, prog_name="kg")
    error = done.exception if isinstance(done.exception, KgError) else None
    assert error or done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout_bytes, done.stderr, str(error or "")


#: Statements of one further graph that identify a protected person.
GIVEN_AWAY = {
    **{name: f"person:falcon {added.strip().removesuffix(';')} ." for name, (_, _, added) in PLANTED.items()},
    **HIDDEN,
    "claim of a name": 'claim:x a kg:Claim ; rdf:subject person:falcon ; rdf:predicate kg:name ; rdf:object "Fritz" .',
    "claim of being": "claim:x rdf:subject person:falcon ; rdf:predicate kg:refersTo ; rdf:object person:ann-author .",
    "an identity in words": 'person:falcon kg:identity "Fritz" .',
    "a class elsewhere": "person:falcon a <https://example.org/Fritz> .",
    "a person without a class": 'person:eagle rdfs:label "Eagle"@en ; skos:altLabel "Fritz"@en .',
    "turned round": "claim:x rdf:subject person:ann-author ; rdf:predicate kg:refersTo ; rdf:object person:falcon .",
}
