"""``python -m essaysearch``: the command line."""

from essaysearch.cli import main

main()
