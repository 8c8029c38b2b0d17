"""Partnerships (IOP): from an idea or a need to a living agreement between equals."""
