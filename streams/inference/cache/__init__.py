"""What models wrote, kept, so that the same question is asked once."""
