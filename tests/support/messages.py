"""The form of a finding's message: the problem, then the sentence of the rule."""


def begins_with_the_rule(message: str, sentence: str) -> bool:
    """Return whether a message states the rule before the problem."""
    message, sentence = message.casefold(), sentence.casefold()
    return message.startswith(sentence) or sentence.startswith(message.partition(": ")[0])
