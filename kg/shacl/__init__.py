"""SHACL Core, evaluated set by set: each constraint is asked once of all focus nodes, not once of each.

Follows https://www.w3.org/TR/shacl/ ; what the shapes need beyond its Core is refused by name, not passed over.
"""

from kg.shacl.constraints import Result, results
from kg.shacl.graph import Graph, Index, Lookup
from kg.shacl.shapes import BeyondCoreError, Shape, ShapeError, read

__all__ = ["BeyondCoreError", "Graph", "Index", "Lookup", "Result", "Shape", "ShapeError", "read", "results"]
