"""What flows: every message and row as a frozen pydantic model, with ids and names."""
