"""SHACL Core, evaluated set by set: each constraint is evaluated once for all focus nodes, not once for each.

Follows https://www.w3.org/TR/shacl/ ; shapes that need more than its Core are refused by name, not skipped.
"""

from kg.shacl.constraints import Result, results
from kg.shacl.graph import Graph, Index, Lookup
from kg.shacl.shapes import BeyondCoreError, Shape, ShapeError, read

__all__ = ["BeyondCoreError", "Graph", "Index", "Lookup", "Result", "Shape", "ShapeError", "read", "results"]
