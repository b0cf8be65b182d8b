"""Mutation test of the check: the real graph damaged as a tired curator would, and what `kg validate` says to it."""
