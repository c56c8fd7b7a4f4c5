"""Making the models that come with millrace, from the corpora that ``eval`` reads."""
