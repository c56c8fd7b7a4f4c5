"""What millrace runs on: the local stack, the tables, dashboards and deployment descriptions."""
