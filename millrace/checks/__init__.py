"""What ``millrace doctor`` looks at: one file for each kind of check, each a list of findings."""
