"""Kafka and ClickHouse on this machine, without Docker or an installed Java."""
