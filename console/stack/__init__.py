"""Runs Readback on one machine: servers, web, switchboard, workers and simulator as children of one command.

Nothing here imports the product, and only the standard library is imported at the top of a module.
"""
