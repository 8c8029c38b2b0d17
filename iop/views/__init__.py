"""The pages of partnerships, one module per subject."""
