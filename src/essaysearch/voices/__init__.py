"""Who speaks: own words, quoted words, or not known."""
