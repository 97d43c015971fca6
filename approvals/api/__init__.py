"""Proposals and the outbox for machines."""
