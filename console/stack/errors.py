"""What the person at the terminal can do something about."""


class StackError(Exception):
    """One clear line for the terminal; no traceback."""


class Stopped(Exception):
    """Somebody asked the runner to stop while it was still starting."""
