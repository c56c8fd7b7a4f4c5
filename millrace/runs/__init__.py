"""Runs as the command makes them: chosen, created, frozen, served, compared."""
