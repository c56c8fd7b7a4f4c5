"""Recognition: rules that find the entities, dates and amounts of a text."""
