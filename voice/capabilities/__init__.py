"""Capabilities of a call: one file each, registered with the gate by name."""
