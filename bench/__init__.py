"""Speed, size and memory of essaysearch beside its peers, measured in one run: `python -m bench`."""
