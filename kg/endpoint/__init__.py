"""SPARQL endpoints: HTTP requests, queries, reading a remote graph, pushing one."""
