"""Owners of calls are killed and frozen, sockets are cut: who writes afterwards, and what is missing."""
