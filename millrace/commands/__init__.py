"""The commands, one module a group. Heavy imports wait inside them: help must be quick."""
