"""The scheduler on a simulated engine, in simulated time: no model, no broker, no waiting."""
