"""What the graph holds: claims, entities, passages and source texts, as plain values."""
