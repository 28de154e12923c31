"""Plans as queries of Elasticsearch, and the mapping of the fields."""

from typing import Any

from search.fields import (
    NUMBER_FIELDS,
    PHRASE_FIELDS,
    PIECE_FIELDS,
    SCHEMA,
    VALUE_FIELDS,
    IndexedRecord,
)
from search.plan import (
    Begun,
    Best,
    Bool,
    Boost,
    Days,
    Every,
    Fixed,
    Fuzzy,
    Node,
    OneOf,
    Phrase,
    Prefix,
    Term,
)

Json = dict[str, Any]

MOST_ENDINGS = 1000  # of a word that is begun: more than Vietnamese has syllables for a letter


def mapping() -> Json:
    """The fields of `search.fields`; of a record only `source` is kept.

    Our terms are parted by blanks, so the built-in `whitespace` analyser is all that is asked of
    a cluster.
    """
    text: Json = {"type": "text", "analyzer": "whitespace"}
    fields: Json = dict.fromkeys(PHRASE_FIELDS, text)
    fields |= {name: text | {"index_options": "docs", "norms": False} for name in PIECE_FIELDS}
    fields |= {name: {"type": "keyword"} for name in VALUE_FIELDS}
    fields |= {name: {"type": "long"} for name in NUMBER_FIELDS}
    fields["source"] = {"type": "keyword", "index": False, "doc_values": False}
    return {
        "dynamic": "strict",
        "_source": {"includes": ["source"]},
        "_meta": {"schema": SCHEMA},
        "properties": fields,
    }


def document(indexed: IndexedRecord) -> Json:
    """The fields of one record; a number of 0 is left out, so that sorting puts it last."""
    numbers = {name: number for name, number in indexed.numbers.items() if number}
    return {**indexed.texts, **indexed.values, **numbers, "source": indexed.source}


def translate(node: Node) -> Json:  # noqa: C901, PLR0912  # one case a node
    """The query of Elasticsearch that means the same as the plan."""
    match node:
        case Term(field, text):
            return {"term": {field: {"value": text}}}
        case Phrase(field, terms, slop):
            return {"match_phrase": {field: {"query": " ".join(terms), "slop": slop}}}
        case Fuzzy(field, text):
            fuzzy = {"value": text, "fuzziness": 1, "transpositions": True}
            return _constant({"fuzzy": {field: fuzzy}}, 1.0)
        case Prefix(field, text):
            return _constant({"prefix": {field: {"value": text}}}, 1.0)
        case Begun(field, terms):
            begun = {"query": " ".join(terms), "max_expansions": MOST_ENDINGS}
            return {"match_phrase_prefix": {field: begun}}
        case OneOf("id", values):
            return _constant({"ids": {"values": sorted(values)}}, 1.0)
        case OneOf(field, values):
            return _constant({"terms": {field: sorted(values)}}, 1.0)
        case Days(first, last, field):
            return _constant({"range": {field: {"gte": first, "lte": last}}}, 1.0)
        case Every():
            return {"match_all": {}}
        case Bool(must, should, never, at_least):
            return {
                "bool": {
                    "must": [translate(part) for part in must],
                    "should": [translate(part) for part in should],
                    "must_not": [translate(part) for part in never],
                    # without this, a Bool of `should` alone would ask for one of them
                    "minimum_should_match": at_least,
                }
            }
        case Best(nodes):
            return {"dis_max": {"queries": [translate(part) for part in nodes]}}
        case Boost(part, by):
            return {"bool": {"must": [translate(part)], "boost": by}}
        case Fixed(part, score):
            return _constant(translate(part), score)


def _constant(query: Json, score: float) -> Json:
    return {"constant_score": {"filter": query, "boost": score}}
