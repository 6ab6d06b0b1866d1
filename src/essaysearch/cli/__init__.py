"""The command line: what was typed becomes calls of `Library`; results go to standard output.

`app` holds the table of commands and turns errors into sentences and exit statuses; each other
file is a group of commands.
"""

from essaysearch.cli.app import main

__all__ = ["main"]
