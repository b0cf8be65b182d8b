"""The directories and files that tests read: the repository, its ontology, the invented sample."""

from pathlib import Path

from kg.project import dataset

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "tests" / "sample"
ONTOLOGY = ROOT / "ontology"
VOCABULARY = tuple(file.path for file in dataset.ontology_files(ROOT, "", ".ttl"))
SHAPES = tuple(source.path for source in dataset.shapes(ROOT))
RULES = tuple(file.path for file in dataset.rules(ROOT))
EXAMPLES = tuple(file.path for file in dataset.ontology_files(ROOT, "examples", ".ttl"))
