"""ClickHouse for one machine: chDB behind ClickHouse's HTTP interface, on loopback alone."""
