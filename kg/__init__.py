"""Hearsay: a knowledge graph of reported claims."""

__version__ = "0.2.0.dev0"
