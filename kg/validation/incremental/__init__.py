"""Incremental evaluation: the cache of the last one and the entities that a change touches; enter by `evaluator`."""
