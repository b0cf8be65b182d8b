"""Questions and other SPARQL queries: read, bound to values, kept within limits, run."""
