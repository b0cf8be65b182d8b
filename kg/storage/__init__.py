"""The index: the graph on disk, in step with the files of the project."""
