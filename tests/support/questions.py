"""The stored questions, and values for their parameters on the sample."""

from support.paths import ROOT

from kg.query.questions import catalogue

QUESTIONS = catalogue(ROOT)


NAMES = sorted(QUESTIONS)


SELECTS = [name for name in NAMES if "\nSELECT" in QUESTIONS[name].text]


#: What the sample has to offer for each parameter; a required one takes its value in the golden answer too.
SAMPLE_VALUES: dict[str, dict[str, str]] = {
    "accusations": {"who": "unit:sample-legion"},
    "admission": {"unit": "unit:sample-legion"},
    "allegiances": {"who": "person:falcon"},
    "applications-and-recruits": {"unit": "unit:example-battalion"},
    "articles": {"publisher": "organisation:sample-post"},
    "battles": {"unit": "unit:example-battalion"},
    "claims-of-an-article": {"article": "article:questions-about-the-legion"},
    "contradiction": {"about": "unit:sample-legion"},
    "dated-claims": {"from": "2030-12-31", "until": "2029-09-01", "about": "person:heron"},
    "denied-claims": {"about": "unit:sample-legion"},
    "deployments": {"who": "unit:example-battalion", "place": "place:sample-city"},
    "formations": {"unit": "unit:sample-legion"},
    "former-posts-and-units": {"who": "person:bert-sample"},
    "gaps": {"unit": "unit:sample-legion"},
    "losses": {"side": "unit:northland-army"},
    "members-and-posts": {"unit": "unit:example-battalion"},
    "members-by-origin": {"unit": "unit:sample-legion", "origin": "place:hill-province"},
    "motives-and-goals": {"who": "person:falcon", "speaker": "person:heron"},
    "names": {"unit": "unit:sample-legion"},
    "nested-speech": {"via": "article:wire-on-the-legion", "speaker": "person:falcon"},
    "plans-and-actuals": {"about": "unit:sample-legion"},
    "protected-persons": {"person": "person:heron"},
    "relative-dates": {"article": "article:questions-about-the-legion"},
    "reprint-only-claims": {"article": "article:legion-reprinted"},
    "self-reports": {"who": "unit:sample-legion"},
    "single-speaker-statements": {"about": "unit:northland-army", "speaker": "person:ada-example"},
    "spokespeople": {"principal": "unit:northland-army"},
    "strength": {"unit": "unit:sample-legion", "from": "2030-12-31", "until": "2030-05-11"},
    "symbols-and-slogans": {"who": "unit:sample-legion"},
    "training-and-equipment": {"who": "unit:sample-legion"},
    "unconfirmed-claims": {"about": "person:bert-sample"},
}
