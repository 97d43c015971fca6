"""The API for machines: keys, parsing, problems, pages; runs and their lines."""
