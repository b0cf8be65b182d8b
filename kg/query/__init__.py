"""Questions and other SPARQL queries: reading, binding of parameters, limits, execution."""
