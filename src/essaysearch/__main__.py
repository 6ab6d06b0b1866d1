"""``python -m essaysearch``: the command line."""

from essaysearch_start import main

main()
