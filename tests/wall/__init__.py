"""The live pages under load: real ledger lines, the real hub, a real browser that counts."""
