"""Engines scored on corpora with gold: what ``millrace eval`` does."""
