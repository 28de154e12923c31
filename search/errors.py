"""What can go wrong with an index. The caller decides what the user reads about it."""


class SearchError(Exception):
    """Anything this library raises on purpose."""


class IndexMissing(SearchError):
    """There is no index yet: rebuild it, or write the first records."""


class IndexOutdated(SearchError):
    """The index was written with another schema or analysis: rebuild it."""


class IndexCorrupt(SearchError):
    """The files of the index are damaged: they are set aside, rebuild it."""


class WriterBusy(SearchError):
    """Another process holds the only writer of the index."""


class EngineUnavailable(SearchError):
    """The search server cannot be reached or refuses; trying again later may help."""
