"""The command `kg`: one module for each group of commands."""
