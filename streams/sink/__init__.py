"""The end of the flow: rows for ClickHouse, written at least once, right by their keys."""
