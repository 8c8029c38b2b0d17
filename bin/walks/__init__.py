"""What each guide of `docs/` shows: who walks, and past which pages."""
