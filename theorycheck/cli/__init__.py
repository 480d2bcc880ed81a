"""The command line; the only place that prints. Nothing heavy is imported before a command needs it."""

from .app import main

__all__ = ["main"]
