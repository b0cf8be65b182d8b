"""Texts that would identify a protected person, planted where no command may print them."""

#: Ways in which a curator could give away the sample's pseudonymous fighter: the file, a line, what it becomes.
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


#: Ways in which a graph could say too little of a person for the gate to see whom to protect.
HIDDEN = {
    "two identities": 'person:ann-author kg:identity kg:Anonymous ; skos:altLabel "Anna"@en .',
    "no class": 'person:x kg:identity kg:Pseudonymous ; rdfs:label "X"@en ; skos:altLabel "Fritz"@en .',
    "no name": '[] a kg:Person ; kg:identity kg:Pseudonymous ; skos:altLabel "Fritz"@en .',
    "claim without a name": '[] a kg:Claim ; rdf:subject person:falcon ; rdf:predicate kg:name ; rdf:object "Fritz" .',
    "link without a name": "[] owl:sameAs person:falcon .",
    "second label": 'person:falcon rdfs:label "Fritz Example"@de .',
}
