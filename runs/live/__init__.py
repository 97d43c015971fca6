"""The hub: one subscription per process and topic, each line once and in order, gaps read from Postgres."""
