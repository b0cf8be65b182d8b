"""Protected persons: who is one, the gate that refuses what would identify one, and what messages may repeat."""
