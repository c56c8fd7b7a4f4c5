"""A document with its events in place: on a terminal, as a page."""
