"""Corpora with gold, read where they lie; none of them is part of this repository."""
