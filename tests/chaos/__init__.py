"""Faults injected into the running pipeline: nothing is lost, nothing is there twice."""
