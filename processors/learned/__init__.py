"""What was learned from corpora: models, what they look at, and how they are asked."""
