"""What a speaker's name looks like, and what stands before a colon without being one. Pure."""

from __future__ import annotations

import re

__all__ = ["NAMES_THAT_ARE_WORDS", "is_name", "is_ordinary_head", "is_role", "is_short_reply"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_PARTICLES = _words("de da van von der den la le di al bin ibn of the du dos das del y and & + und")
_LONGEST_NAME = 5

_ROLES = _words(
    """
    speaker spk interviewer interviewee interviewers host cohost co-host guest moderator narrator
    announcer reporter anchor correspondent caller operator man woman boy girl male female audience
    student teacher doctor nurse judge court witness counsel attorney prosecutor defense clerk
    bailiff juror officer president vice chairman chairwoman chairperson chair participant
    respondent facilitator presenter panelist panellist translator interpreter unknown unidentified
    voice voices everyone all both crowd producer mother father mom dad child kid customer agent
    client therapist patient coach player driver pilot professor senator minister mayor governor
    researcher observer informant q a i r interviewer1 interviewer2 voiceover voice-over
    mum mommy daddy papa mama grandma grandpa grandmother grandfather aunt uncle brother sister son
    daughter wife husband boss waiter waitress cashier soldier guard priest captain chief sergeant
    king queen prince princess mc emcee dj chef farmer lawyer engineer scientist
    automated siri alexa robot computer group person people others other staff member
    """
)
"""They occur in lower case, too, and are speakers nevertheless."""

NAMES_THAT_ARE_WORDS = _words(
    """
    will mark bill grace joy rob frank rich art hope faith pat drew jack may june april august rose
    lily daisy ruby pearl amber dawn eve iris ivy jade penny summer autumn chase grant hunter mason
    carter cooper dean duke earl ernest gene guy jay king lance max miles nick norm pierce ray reed
    rusty sandy sky skip stone victor ward wade woody young brown white black green gray grey cook
    page gates swift banks bush ford fox hall hill knight lake lane long love marsh moon park parks
    piper porter price rice short singer small smith snow steel sterling star sunny taylor tanner
    turner tyler walker waters weaver wise wolf wood woods wright field fields bird bishop pope
    abbot noble rush cash dash ace buck bud chip chuck cliff curt dale don gale glen harry holly
    hazel heather honey jasmine jewel kitty laurel melody misty myrtle olive pansy patience charity
    mercy constance felicity harmony robin violet willow angel sage bell bella crystal buzz clap
    barker baker potter carpenter fisher butler archer shepherd mike josh dick john bob tony phil
    crow hawk finch marina marine sierra paris sydney chelsea jordan kelly casey peg sue carol herb
    basil ginger rosemary opal garnet wren sparrow brook brooks rivers forest heath glenn chance
    storm thorn bolt flint cole coal jet rocky randy trip wick hale hardy manly jolly merry
    """
)
"""Given names and surnames that English has as words, too."""

_ORDINARY_HEADS = _words(
    """
    a after again all also although and answer anyway as at attention aware because before being
    but by caution chapter conclusion correction date disclaimer duration edit editor email episode
    example finally first follow for from goal guests hence here history hint hosts how i idea if
    important in introduction is it just last let link links listen location look maybe my next no
    not note notes now number of oh ok okay on one or part please point problem ps question quote re
    reason remember result rule second section see so solution sources spoiler step still summary
    that the then there therefore they third this time timestamp tip title to topic transcript two
    update url warning was we website well what when where which while who why with yeah yes yet
    you your http https fact facts myth myths truth lie false true claim verdict reality lesson
    takeaway takeaways pro pros con cons advantage disadvantage benefit benefits exercise task quiz
    riddle joke bonus bottom breaking news headline hypothesis theory theorem proof definition
    observation assumption finding findings evidence ingredients method recipe tools materials
    subject sponsor sponsored credits music sound audio video laughter applause option options plan
    phase stage level round game rules item line day week month year today tomorrow yesterday
    minute hour hours four five six seven eight nine ten third fourth fifth thirdly secondly
    firstly lastly meaning translation pronunciation answers questions comment comments response
    reply reminder alert danger important secret mistake rumor rumour legend trivia advice tips
    caveat exception objection counterpoint argument thesis moral motto slogan mission vision
    goals values aim purpose objective strategy cause effect causes effects symptoms treatment
    diagnosis cost price total score winner loser result results average overall plus minus
    equals total ratio rating category genre format source reference references read more less
    check do don't think imagine consider picture case exhibit figure table act scene verse
    previously currently meanwhile otherwise however basically honestly literally seriously
    specifically namely namely translation words word key keyword term terms name names label
    visit call go contact subscribe click download watch read buy call text write send dear
    situation context background setting story stories scenario setup punchline fun funny quick
    """
)
"""Words that stand before a colon in speech and in notes."""

_SHORT_REPLIES = _words(
    """
    yes yeah yep yup no nope wow right okay ok sure exactly absolutely totally definitely really
    oh ah hmm hm mm mhm uh um huh well so and but hi hello hey bye goodbye thanks thank welcome
    please sorry great good nice cool fine correct true false maybe perhaps indeed agreed amen
    what why how who when where which now then there here never always again stop go come wait
    look listen see both all none nothing everything something anything same music applause
    laughter silence cheers damn god jesus man dude boom bingo bravo congratulations
    """
)
"""Lines of one word that are spoken."""

_PRONOUNS = _words(
    """
    i i'm i’m i've i’ve i'd i’d i'll i’ll my me we we're we’re you you're you’re your he he's he’s
    she she's she’s they it it's it’s that that's that’s this what who how why is are was do did so
    but if because our us
    """
)
"""Of a sentence; names of several words have none."""

_SHAPE = re.compile(r"[^\W_][^:()\[\]{}<>\"“”?!,;*|/\\=]{0,39}$")


def is_name(text: str) -> bool:
    """Tell whether a text looks like a name: up to five capitalised words or initials."""
    parts = text.split()
    if not 1 <= len(parts) <= _LONGEST_NAME or _SHAPE.match(text) is None:
        return False
    if len(parts) > 1 and not _PRONOUNS.isdisjoint(part.casefold() for part in parts):
        return False
    capitals = [part for part in parts if not (part[0].isdigit() or part in _PARTICLES)]
    return bool(capitals) and all(map(_is_capital, capitals)) and not _is_sentence_end(parts[-1])


def _is_capital(part: str) -> bool:
    letters = [c for c in part if c.isalpha()]
    # Scripts without case count as capitals.
    return bool(letters) and (letters[0].isupper() or letters[0].lower() == letters[0].upper())


def _is_sentence_end(part: str) -> bool:
    """Whether a full stop ends more than initials or a title."""
    return part[-1] == "…" or (
        part[-1] == "." and part.count(".") == 1 and len(part) > 2 and part not in ("Jr.", "Sr.")
    )


def is_role(name: str) -> bool:
    """Tell whether a name is a role, perhaps numbered: `Interviewer`, `SPEAKER_00`, `Speaker A`.

    >>> is_role("Unknown Speaker"), is_role("Mary")
    (True, False)
    """
    words = [word for word in re.split(r"[\W\d_]+", name.casefold()) if word]
    if len(words) > 1:
        words = [word for word in words if len(word) > 1]  # Speaker A
    return bool(words) and all(word in _ROLES for word in words)


def is_ordinary_head(name: str) -> bool:
    """Tell whether a name begins with a word that stands before colons in speech."""
    if re.fullmatch(r"[A-Z]{1,2}\d{0,2}", name) or is_role(name):
        return False
    parts = name.split()
    if name.isupper() and len(parts) > 1 and parts[0] in ("THE", "A"):
        return False  # THE COURT
    return parts[0].strip(".'’").casefold() in _ORDINARY_HEADS


def is_short_reply(name: str) -> bool:
    """Tell whether a line of one word is what people say, capital or not."""
    word = name.casefold().strip(".")
    return len(name.split()) == 1 and (
        word in _SHORT_REPLIES or (word in _ORDINARY_HEADS and not is_role(name))
    )
