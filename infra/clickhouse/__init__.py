"""ClickHouse as millrace uses it: tables, views, migrations, the one client."""
