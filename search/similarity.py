"""Records about the same as another: those that share most of the telling words of its title,
or of the beginning of its text when the title says little."""

import itertools

from search.analysis import folded_terms
from search.plan import ID_FIELD, Bool, Boost, Fixed, Node, OneOf, Phrase, Term
from search.ranking import BODY, HEAD
from search.types import EVERYTHING, Acl, SearchRecord

MOST_WORDS = 16
FEW_WORDS = 4  # a title with fewer telling words says little
BEGINNING = 300  # characters of the text
SHARE = 0.5  # of the title's words that another record must hold
WITHOUT_MEANING = frozenset(
    ["ve", "viec", "va", "cua", "cac", "cho", "theo", "tren", "trong", "nam", "so", "ngay", "thang",
     "v", "den", "tai", "voi", "duoc", "la", "co", "mot", "nhung", "dia", "ban", "cong", "van"]
)  # fmt: skip
"""Words that stand in titles of all kinds."""


def itself(record_id: str, acl: Acl) -> Node:
    """The record, for somebody who may see it."""
    seen: tuple[Node, ...] = () if acl is EVERYTHING else (OneOf("acl", acl),)
    return Bool(must=(*seen, OneOf(ID_FIELD, frozenset([record_id]))))


def _words(text: str) -> list[str]:
    return [term for term in folded_terms(text) if not term.isdigit()]


def plan(record: SearchRecord, acl: Acl) -> Node | None:
    """Other records with most of the words of its title, best in their titles and in pairs;
    None when its title says too little."""
    typed = _words(record.title)
    if len(set(typed) - WITHOUT_MEANING) < FEW_WORDS:
        typed += _words(" ".join((record.text, *record.pages[:1]))[:BEGINNING])
    telling = [term for term in dict.fromkeys(typed) if term not in WITHOUT_MEANING][:MOST_WORDS]
    if len(telling) < 2:
        return None
    pairs = [pair for pair in itertools.pairwise(typed) if not set(pair) & WITHOUT_MEANING]
    must: list[Node] = [] if acl is EVERYTHING else [Fixed(OneOf("acl", acl), 0.0)]
    shared = tuple(Term(BODY, term) for term in telling)
    must.append(Bool(should=shared, at_least=max(2, round(len(telling) * SHARE))))
    should: list[Node] = [Boost(Term(HEAD, term), 1.5) for term in telling]
    should += [Boost(Phrase(HEAD, pair), 2.0) for pair in dict.fromkeys(pairs)]
    return Bool(
        must=tuple(must),
        should=tuple(should),
        never=(OneOf(ID_FIELD, frozenset([record.id])),),
    )
