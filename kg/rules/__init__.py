"""The rules of the graph, each described, explained and shown by examples."""
