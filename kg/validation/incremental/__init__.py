"""Validation after a change: what is remembered, and what a change can affect."""
