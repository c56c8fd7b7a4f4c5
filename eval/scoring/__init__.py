"""Scores of what was found against gold, with intervals and tests of significance."""
