"""The files of a project: their places, their graph in memory, the difference between two states of them."""
