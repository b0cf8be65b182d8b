"""The mutation test of `kg validate`: the shipped graph damaged as by a tired curator, and the findings."""
