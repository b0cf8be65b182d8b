"""Hearsay: a knowledge graph of reported claims."""

__version__ = "0.1.0"
