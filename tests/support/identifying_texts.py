"""Statements that would identify a protected person; no command may print them."""

#: Statements that identify the sample's pseudonymous fighter: the file, a line, the line that replaces it.
PLANTED = {
    "other name": ("people.ttl", "    kg:identity kg:Pseudonymous ;", '    skos:altLabel "Fritz Example"@en ;'),
    "link": ("people.ttl", "    kg:identity kg:Pseudonymous ;", "    skos:exactMatch wd:Q1 ;"),
    "same": ("people.ttl", "    kg:identity kg:Pseudonymous ;", "    owl:sameAs person:ann-author ;"),
    "birth date": ("people.ttl", "    kg:identity kg:Pseudonymous ;", '    schema:birthDate "1990-01-01"^^xsd:date ;'),
    "contact": ("people.ttl", "    kg:identity kg:Pseudonymous ;", '    schema:email "f@a.example" ;'),
    "picture": ("people.ttl", "    kg:identity kg:Pseudonymous ;", "    schema:image <https://a.example/f.png> ;"),
}


PREFIX_LINES = (
    "PREFIX owl: <http://www.w3.org/2002/07/owl#>\n"
    "PREFIX schema: <https://schema.org/>\n"
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>\n"
    "PREFIX wd: <http://www.wikidata.org/entity/>\n"
    "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
)


#: Statements that identify a person of whom a graph says too little to show that the person is protected.
HIDDEN = {
    "two identities": 'person:ann-author kg:identity kg:Anonymous ; skos:altLabel "Anna"@en .',
    "no class": 'person:x kg:identity kg:Pseudonymous ; rdfs:label "X"@en ; skos:altLabel "Fritz"@en .',
    "no name": '[] a kg:Person ; kg:identity kg:Pseudonymous ; skos:altLabel "Fritz"@en .',
    "claim without a name": '[] a kg:Claim ; rdf:subject person:falcon ; rdf:predicate kg:name ; rdf:object "Fritz" .',
    "link without a name": "[] owl:sameAs person:falcon .",
    "second label": 'person:falcon rdfs:label "Fritz Example"@de .',
}
