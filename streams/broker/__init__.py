"""Kafka as millrace uses it: connection, topics, producer, lag. Only ``streams`` imports it."""
