"""Associations: their facts, people, papers, account, conditions and standing."""
