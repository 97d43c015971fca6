"""Gate and calls under faults: real processes on loopback that are killed, paused and lied to, by a seed.

    python -m tests.chaos [--seed N] [--half] [--only PHASE]

Ends with one line of figures, and with exit code 1 where an effect was lost or doubled.
"""
