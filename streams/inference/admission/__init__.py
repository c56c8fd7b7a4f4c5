"""Which waiting task goes to the engine next: decisions alone, no clock, no broker, no waiting."""
