"""Exports: the graph, or a selection of it, in the formats of other programs."""
