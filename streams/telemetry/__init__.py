"""What is told of the flow while it runs: metrics, traces, readiness. Never a document's text."""
