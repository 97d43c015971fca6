"""Invented pictures for the state gallery: every partial and every state, with no database."""
