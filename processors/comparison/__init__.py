"""Two extractions of one document compared: what one found and the other did not."""
