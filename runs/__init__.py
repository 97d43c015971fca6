"""The memory: workspaces, people, the ledger, outcomes, summaries, evidence. Imports no other app."""
