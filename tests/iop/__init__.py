"""Tests of the room for partnerships."""
