"""Protected persons: their definition, the gate that refuses to identify one, and the redaction of messages."""
