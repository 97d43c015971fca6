"""The live bus and hub: topics, publishing after commit, one subscription per process and topic."""
