"""Plans as queries of tantivy."""

from collections.abc import Sequence

import tantivy
from tantivy import Occur
from tantivy import Query as T

from search.fields import NUMBER_FIELDS, PHRASE_FIELDS, PIECE_FIELDS, VALUE_FIELDS
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

TOKENIZER = "blanks"


def build_schema() -> tantivy.Schema:
    """The fields of `search.fields` for tantivy; `source` is kept, nothing else is."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic", stored=True)
    for name in PHRASE_FIELDS:
        builder.add_text_field(name, tokenizer_name=TOKENIZER)
    for name in PIECE_FIELDS:
        builder.add_text_field(name, tokenizer_name=TOKENIZER, index_option="basic")
    for name in VALUE_FIELDS:
        fast = name != "acl"
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=fast)
    for name in NUMBER_FIELDS:
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_bytes_field("source", stored=True)
    return builder.build()


def translate(schema: tantivy.Schema, node: Node) -> T:  # noqa: C901  # one case a node
    """The query of tantivy that means the same as the plan."""
    match node:
        case Term(field, text):
            return T.term_query(schema, field, text, index_option=_option(field))
        case Phrase(field, terms, slop):
            return T.phrase_query(schema, field, list(terms), slop=slop)
        case Fuzzy(field, text):
            return T.const_score_query(T.fuzzy_term_query(schema, field, text, distance=1), 1.0)
        case Prefix(field, text):
            return T.const_score_query(T.regex_query(schema, field, _beginning(text)), 1.0)
        case Begun(field, terms):
            words = [*map(_escaped, terms[:-1]), _beginning(terms[-1])]
            return T.regex_phrase_query(schema, field, list(words))
        case OneOf(field, values):
            return _one_of(schema, field, sorted(values))
        case Days(first, last, field):
            return T.const_score_query(
                T.range_query(schema, field, tantivy.FieldType.Integer, first, last), 1.0
            )
        case Every():
            return T.const_score_query(T.all_query(), 1.0)
        case Bool(must, should, never, at_least):
            parts = [(Occur.Must, translate(schema, part)) for part in must]
            parts += [(Occur.Should, translate(schema, part)) for part in should]
            parts += [(Occur.MustNot, translate(schema, part)) for part in never]
            return T.boolean_query(parts, minimum_number_should_match=at_least or None)
        case Best(nodes):
            return T.disjunction_max_query([translate(schema, part) for part in nodes])
        case Boost(part, by):
            return T.boost_query(translate(schema, part), by)
        case Fixed(part, score):
            return T.const_score_query(translate(schema, part), score)


def _option(field: str) -> str:
    return "position" if field in PHRASE_FIELDS else "basic"


def _beginning(text: str) -> str:
    return f"{_escaped(text)}.*"


def _escaped(text: str) -> str:
    """As tantivy's own expressions want it: every sign that could mean something by itself."""
    return "".join(c if c.isalnum() else f"\\{c}" for c in text)


def _one_of(schema: tantivy.Schema, field: str, values: Sequence[str]) -> T:
    if not values:
        return T.empty_query()
    if len(values) == 1:
        one = T.term_query(schema, field, values[0], index_option="basic")
        return T.const_score_query(one, 1.0)
    return T.const_score_query(T.term_set_query(schema, field, list(values)), 1.0)
