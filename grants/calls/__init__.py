"""Calls: written, copied, published and read; where to begin."""
