"""``millrace doctor --performance``: figures measured on a running pipeline, and what they say."""
