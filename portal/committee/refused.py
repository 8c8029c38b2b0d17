"""What an act answers when it cannot be done now."""


class Refused(Exception):
    """An act cannot be done now; the message, in the person's language, tells why and what to do."""
