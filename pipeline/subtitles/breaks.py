"""How good it is to break a text between two words: after punctuation best, never in a phrase.

The rules are those of Netflix's Timed Text Style Guide ("Line Treatment"): break after punctuation,
before conjunctions, before prepositions; never part an article from its noun, a first name from
the last, a verb from its auxiliary, negation, reflexive or subject pronoun, a number from its unit.
There is no grammar here: closed word classes are listed, the rest is read off endings and capitals.
In other languages than English punctuation and capitals alone speak.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache

__all__ = ["Boundary", "boundary"]


class Boundary(IntEnum):
    """What lies between two words, best place for a break first."""

    SENTENCE = 0
    CLAUSE = 1
    CONJUNCTION = 2
    PREPOSITION = 3
    PLAIN = 4
    POOR = 5
    FORBIDDEN = 6


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ARTICLES = _words("a an the my your our their its his every another whose")
_DETERMINERS = _words(
    "this that these those some any no each her all both such which what many few several"
)
_SUBJECTS = _words("i he she we they")
_LOOSE_SUBJECTS = _words("you it")
_CLAUSE_SUBJECTS = _words("this that there who which what everything nothing everyone someone")
_OBJECTS = _words("me him them us")
_BE = _words("am is are was were be been being isn't aren't wasn't weren't ain't")
_HAVE = _words("have has had having haven't hasn't hadn't")
_MODALS = _words(
    "do does did don't doesn't didn't will would shall should can could may might must won't "
    "wouldn't shan't shouldn't can't cannot couldn't mightn't mustn't gonna gotta wanna"
)
_AUXILIARIES = _BE | _HAVE | _MODALS
_SHORT_AUXILIARY = re.compile(r".+'(?:m|re|ve|ll|d)$")
_SHORT_IS = re.compile(r"(?:he|she|it|that|there|who|what|where|how|here|let)'s$")
_POSSESSIVE = re.compile(r".+(?:'s|s')$")
_CONJUNCTIONS = _words(
    "and or but nor yet because although though unless until while whereas if when whenever where "
    "wherever whether that which who whom since so as than before after once like why how except "
    "plus then"
)
_PREPOSITIONS = _words(
    "about above across after against along among amongst around at before behind below beneath "
    "beside besides between beyond by despite during for from in inside into near of off on onto "
    "out outside over past per since through throughout to toward towards under underneath until "
    "up upon via with within without versus vs"
)
_PARTICLES = _words("up out off away back down apart together")
_ADVERBS = _words(
    "very really so too more most quite pretty just also never always still already probably "
    "actually even only almost extremely incredibly super kinda sorta literally basically fairly "
    "rather absolutely completely totally slightly much less least ever"
)
_ADJECTIVES = _words(
    "good great big small new old long short high low large little best better worst worse first "
    "last next same other real whole right wrong different important hard easy early late young "
    "human main major only own full free fast slow deep dark bright clear common certain possible "
    "single entire average massive giant tiny huge vast ancient modern roman american russian "
    "chinese french german british european political social economic general second third fourth "
    "top basic complex simple nice bad cool crazy interesting amazing incredible"
)
_ADJECTIVE_ENDING = re.compile(r"[a-z]{3,}(?:ful|ous|ive|able|ible|less|ical|ional|ary|ish)$")
_NUMBER_WORDS = _words(
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred "
    "thousand million billion trillion half dozen"
)
_PARTICIPLES = _words(
    "been done gone made seen said got gotten had come become found thought known given taken "
    "built brought bought sold told kept left lost meant met paid put read run sent set shown "
    "spent stood understood won written begun broken chosen driven eaten fallen flown forgotten "
    "grown heard held hit hurt led let spoken stuck taught thrown worn born"
)
_PARTICIPLE_ENDING = re.compile(r"[a-z]{2,}(?:ing|ed|wn|en)$")
_BEFORE_TO = _words("going want wanted wants have has had need needs able got trying used supposed")
_FIXED_PAIRS = frozenset(
    tuple(pair.split("+"))
    for pair in (
        "kind+of sort+of lot+of lots+of out+of because+of of+course such+as you+know i+mean "
        "as+well at+least more+than less+than each+other one+another a+lot in+order no+one "
        "so+that as+if each+of one+of some+of all+of most+of part+of instead+of rather+than "
        "let+alone and+so or+so even+if even+though"
    ).split()
)
_OPENERS = _words(
    "yeah yes yep no nope well okay ok oh hey hi hello wow now maybe perhaps sure right exactly "
    "also anyway there here not did one even just"
)
_FUNCTION_WORDS = (
    _ARTICLES | _DETERMINERS | _SUBJECTS | _LOOSE_SUBJECTS | _CLAUSE_SUBJECTS | _OBJECTS
    | _AUXILIARIES | _CONJUNCTIONS | _PREPOSITIONS | _ADVERBS | _OPENERS
)  # fmt: skip
_JOINERS = _words("and or but because if when")
_LINKS = _CONJUNCTIONS | _PREPOSITIONS
_REFLEXIVE = re.compile(r"(?:my|your|him|her|it|our|your|them)(?:self|selves)$")
_TITLES = _words("mr. mrs. ms. dr. prof. st. gen. sen. rep. gov. lt. sgt. capt. mt. no. vs.")
_INITIAL = re.compile(r"(?:[A-Z]\.)+$")
_SENTENCE_END = re.compile(r"[.?!…。？！]+[\"'”’»)\]]*$")
_CLAUSE_END = re.compile(r"(?:[,;:—–、，；：]|--)[\"'”’»)\]]*$")
_CAPITALISED = re.compile(r"[\"“‘'(]*[A-Z0-9][\w'&.-]*$")
_CAPITAL = re.compile(r"[\"“‘'(]*[A-Z]")
_NUMBER = re.compile(r"[$€£¥#]?\d[\d.,:/]*(?:st|nd|rd|th|s|%|k|m|x)?$")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\ds?$")
_NOT_BARE = re.compile(r"[^\w$€£%'-]+")


@lru_cache(maxsize=8192)
def boundary(before: str, after: str, earlier: str = "") -> Boundary:
    """What lies between the words `before` and `after`, as written.

    Args:
        before: the word before the break, with its punctuation.
        after: the word after it.
        earlier: the word in front of `before`, empty at the start of a turn.
    """
    before, after = before.replace("’", "'"), after.replace("’", "'")
    if after[0] in "([♪" or before[-1] in ")]♪":
        return Boundary.CLAUSE
    if before.lower() in _TITLES and _CAPITAL.match(after):
        return Boundary.FORBIDDEN
    if _INITIAL.match(before) and _CAPITAL.match(after):
        return Boundary.FORBIDDEN
    if _SENTENCE_END.search(before):
        return Boundary.SENTENCE
    if _CLAUSE_END.search(before):
        return Boundary.CLAUSE
    one, two = _bare(before), _bare(after)
    if not one or not two:
        return Boundary.CLAUSE
    if _is_inside_phrase(before, after, one, two, earlier):
        return Boundary.FORBIDDEN
    if _is_poor(one, two):
        return Boundary.POOR
    if two in _CONJUNCTIONS:
        return Boundary.CONJUNCTION
    return Boundary.PREPOSITION if two in _PREPOSITIONS else Boundary.PLAIN


def _bare(word: str) -> str:
    return _NOT_BARE.sub("", word).strip("'-").lower()


def _is_inside_phrase(before: str, after: str, one: str, two: str, earlier: str) -> bool:
    if (one, two) in _FIXED_PAIRS or _REFLEXIVE.match(two) or two in ("not", "n't"):
        return True
    if one in _ARTICLES or one == "to":
        return True
    return (
        _is_name(before, after, one, two)
        or _is_number(before, one, two, after)
        or _is_verb_phrase(one, two)
        or _is_subject(one, two, earlier)
    )


def _is_name(before: str, after: str, one: str, two: str) -> bool:
    if one in _FUNCTION_WORDS or two in ("i", "i'm", "i've", "i'll", "i'd"):
        return False
    if not (_CAPITAL.match(before) and _CAPITALISED.match(before)):
        return False
    return bool(_CAPITAL.match(after) or after[0].isdigit())


def _is_number(before: str, one: str, two: str, after: str) -> bool:
    if two in _LINKS or two in _AUXILIARIES or two in _SUBJECTS | _LOOSE_SUBJECTS:
        return False
    if _YEAR.match(one):
        return False
    if one in ("chapter", "part", "version", "number", "level", "page", "episode", "step"):
        return bool(_NUMBER.match(after))
    return bool(_NUMBER.match(one)) or one in _NUMBER_WORDS or "%" in before


def _is_verb_phrase(one: str, two: str) -> bool:
    if one == "not":
        return two not in _JOINERS
    if two in _LINKS:
        return False
    if one == "never" or one in _MODALS:
        return True
    participle = two in _PARTICIPLES or bool(_PARTICIPLE_ENDING.match(two))
    if one in _BE or one in _HAVE:
        return participle or two in _SUBJECTS | _LOOSE_SUBJECTS
    if _SHORT_AUXILIARY.match(one):
        return participle or one.endswith(("'ll", "'d")) or two in _ADVERBS
    return bool(_SHORT_IS.match(one)) and (participle or one == "let's")


def _is_subject(one: str, two: str, earlier: str) -> bool:
    if two in _JOINERS:
        return False
    if one in _SUBJECTS:
        return True
    auxiliary = two in _AUXILIARIES
    if one in _LOOSE_SUBJECTS:
        begins = not earlier or bool(_SENTENCE_END.search(earlier) or _CLAUSE_END.search(earlier))
        head = _bare(earlier)
        opened = begins or head in _CONJUNCTIONS or head in _AUXILIARIES or head == "what"
        return auxiliary or (opened and two not in _LINKS)
    return one in _CLAUSE_SUBJECTS and auxiliary


def _is_poor(one: str, two: str) -> bool:
    if one in _PREPOSITIONS or one in _CONJUNCTIONS or one in _DETERMINERS:
        return True
    if two == "to" and one in _BEFORE_TO:
        return True
    if two in _LINKS and two not in _PARTICLES:
        return False
    return (
        two in _PARTICLES
        or two in _OBJECTS
        or one in _ADVERBS
        or one in _ADJECTIVES
        or one in _AUXILIARIES
        or one == "one"
        or bool(_ADJECTIVE_ENDING.match(one))
        or bool(_POSSESSIVE.match(one))
        or bool(_SHORT_AUXILIARY.match(one))
    )
