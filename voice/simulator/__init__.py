"""A stand-in for the realtime provider and for receivers of effects, for demos and tests.

Imports nothing of the product, and nothing of the product imports it.
"""
