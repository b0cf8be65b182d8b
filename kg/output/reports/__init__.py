"""Findings of validation in the formats of terminals, editors and build servers."""
