"""Differences that are meant, each with its reason: the first entry whose expressions all match explains one.

`command` is searched for in the command line, `path` in the path of keys, `before` and `after` in the two values.
"""

EXPLAINED = []
