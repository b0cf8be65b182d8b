"""The check of a project: from its files to findings with file, line and column."""
