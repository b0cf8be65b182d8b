"""The index: the graph on disk, in step with the files it was made from."""
