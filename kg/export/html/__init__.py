"""HTML export: the explorer, a page that works from disk without a network."""
