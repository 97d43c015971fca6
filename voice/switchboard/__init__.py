"""Owns the side connections of live calls: reads, records, decides, acts, in that order."""
