"""Names and Turtle text: namespaces, tokens, and a parser that keeps the position of every triple."""
