"""The front door: settings and the ``millrace`` command."""

__version__ = "0.1.0"
