"""What happens to a document: values in, values out; no broker, no network, no clock."""
