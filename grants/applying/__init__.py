"""Applying: writing a draft together, checking it, signing and sending."""
