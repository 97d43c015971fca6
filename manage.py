#!/usr/bin/env python
"""Run Readback's commands: `python manage.py help` lists them."""

import os
import sys
from pathlib import Path

from console.stack import running

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")
    running.enter(Path(__file__).resolve().parent)
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, OperationalError) as error:
        # A setting or a server is wrong, not the program: one line says which.
        sys.exit(f"error: {str(error).strip().splitlines()[0]}")
