"""Builders: rows become pictures. They read and decide nothing; every query runs in the caller's scope."""
