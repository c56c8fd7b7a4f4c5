"""How good an engine is: corpora with gold, scores with intervals, reports."""
