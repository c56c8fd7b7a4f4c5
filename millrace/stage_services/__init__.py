"""What runs a stage: a module for each kind, which only the processes that run that kind import."""
