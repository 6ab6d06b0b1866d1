"""Words in their contexts: concordance lines, collocates, keyness, frequency over the years, and their plots.

Everything here starts from the passages that a query finds, so that each can be narrowed by
author, date, kind or voice as any search can.
"""
