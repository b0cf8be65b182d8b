"""The files of a project: where they are, how they are read into a store, and how two states of them differ."""
