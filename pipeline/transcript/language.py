"""Which language a transcript is in, so far as to tell that it is not English.

Told by the script of its letters, else by function words: half of all English words are among a
hundred, and so it is with other languages, whatever the text is about. Names, accents and some
foreign sentences therefore make no English text foreign.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import InputError

__all__ = [
    "Guess",
    "check_english",
    "guess_foreign",
    "is_common_english",
    "is_foreign_function_word",
]

_MOST_WORDS = 20_000
"""Words that are looked at: more change nothing."""
_FEWEST_WORDS, _FEWEST_DIFFERENT = 12, 4
"""Words of a text that can be judged at all, and different function words of a language."""
_FEWEST_LETTERS = 20
"""Letters of a text that can be judged by its script."""
_SURE, _MOST_ENGLISH = 0.18, 0.1
"""Share of function words of the foreign language at least, and at most of those that only English
has. Of texts in the languages below 20 to 50 % are function words of theirs and 0 to 7 % such
English ones; of English texts 25 to 50 % are, and 0 to 6 % look like another language's."""
_DOUBTFUL = 0.12
"""Share of foreign function words from which on it is worth a warning, if English has fewer."""

_ENGLISH = frozenset(
    "a about after again all also am an and any are as at back be because been before being but by "
    "came can come could day did do does doing don't down even every first for from get go going "
    "good got had has have he her here him his how i i'm if in into is it it's its just kind know "
    "like little look lot make man many me mean more most much my never new no not now of off okay "
    "old on one only or other our out over people really right said say see she should so some "
    "something still take than that that's the their them then there these they they're thing "
    "things think this those through time to too two uh um up us very want was way we well went "
    "were what when where which who why will with would yeah yes you you're your".split()
)
_HOMOGRAPHS = frozenset(
    "alle also am an art at bad bin come dan den die dove due fast far gift hat hem her hub kind "
    "list man me men met most mine non nu on over par per plus pour rest sin son sous van via "
    "war".split()
)
"""English words and names that are spelled like frequent ones of other languages."""

_TABLE = """
de German: der die das und ist nicht ich sie es ein eine einen einem einer mit auf für von zu dem
des im auch wie wir aber oder wenn dass noch nur nach bei aus durch sich haben wird sind über mir
mich dich kann schon jetzt hier sehr immer wieder weil doch mal heute meine ihre ihr ihm vor zum
zur habe hatte wurde werden diese dieser alles etwas dann da uns kein keine gut ganz

fr French: le les des un une est dans que qui ne pas pour il elle nous vous ils je ce cette ces au
aux avec son sa ses mais ou où donc très bien comme tout tous était être avoir fait c'est j'ai
d'un d'une l'on qu'il n'est leur lui moi toi mon ma mes votre notre même aussi parce quand alors
oui si encore après avant sans chez peut sont ont ai as avait deux

es Spanish: el los las un una que es por con para como pero más muy este esta esto ese eso todo
todos cuando donde porque fue ser hay está son yo tú él ella nosotros su sus le les lo qué sí
también ya entre sin sobre hasta desde ha han era tiene bien aquí mucho nada así entonces vez años
dos del al me se una ni

pt Portuguese: os as um uma que não por com para como mas mais muito este esta isso tudo quando
onde porque foi ser há está são eu você ele ela nós seu sua lhe também já entre sem sobre até
desde era tem bem aqui nada assim então vez anos dois da dos das na nos nas ao pelo pela num numa
me minha meu

it Italian: il lo gli un una che è per con come ma più molto questo questa quello tutto quando
dove perché stato essere sono io lui lei noi voi suo sua anche già tra senza fino era ha hanno
bene qui niente così allora anni due della del dei delle nella nel alla al dal mi ci si ne c'è
cosa loro mio mia

nl Dutch: de het een en van ik je dat die niet is te zijn op aan met voor er maar om hem ook dan
nog naar bij heb heeft deze dit wat als ze zij wij ons hun mijn jij u kan moet wel geen over uit
door waar hier goed veel heel omdat toen worden werd was

sv Swedish: och att det som en ett på är av för med till den har de inte om jag vi du han hon sig
men var kan från så när nu också eller efter mycket bara där här ska skulle hade vara blir alla
någon något mig oss hans deras vad hur

da Danish: og at det som en et på er af for med til den har de ikke om jeg vi du han hun sig men
var kan fra så når nu også eller efter meget kun der her skal skulle havde være bliver alle nogen
noget mig os hans deres hvad hvordan hvor

no Norwegian: og at det som en et på er av for med til den har de ikke om jeg vi du han hun seg
men var kan fra så når nå også eller etter mye bare der her skal skulle hadde være blir alle noen
noe meg oss hans deres hva hvordan hvor

fi Finnish: ja on ei se että hän oli ovat mutta kun niin minä sinä me he tämä myös kuin joka mitä
nyt jos vain hyvin olla ollut voi sitten kaikki siitä sen tai olen ole minun sitä tässä siellä
mukaan kanssa

pl Polish: i w na z się nie to jest że do jak po ale co tak za od przez dla jego jej ich był była
było są być może tylko już kiedy gdzie bardzo ten ta te tego tym czy lub oraz jestem mnie mi dziś
wszystko jeszcze

cs Czech: a v na se že je to s z do o k i jak ale co tak za od pro jeho její byl byla bylo jsou
být může jen už když kde velmi ten ta tento této nebo jsem mě mi dnes všechno ještě která který
které není

ro Romanian: și în de la cu pe nu este că un o din care mai sunt ce se să pentru ca dar era foarte
acest această când unde acum bine tot lui ei noi voi eu fost fi am ai au fără după despre sau aici

hu Hungarian: a az és hogy nem is egy ez van volt de csak mint ha már meg még el azt ezt vagy lesz
nagyon mert most itt ott én te ő mi ti ők akkor kell lehet minden után jó így úgy pedig

tr Turkish: ve bir bu da de için ile çok ne gibi daha var olan olarak kadar ama sonra ben sen o
biz siz onlar şey değil mi her en ki bugün şimdi burada nasıl yok oldu vardı bana sana

id Indonesian: yang dan di ini itu dengan untuk tidak dari dalam akan pada juga saya ke karena
tersebut bisa ada mereka kami kita sudah atau oleh saat adalah banyak lebih sangat hanya orang apa
anda dia seperti

ca Catalan: el els les un una que és per amb com però més molt aquest aquesta això tot quan on
perquè va ser hi ha està són jo tu ell ella nosaltres seu seva també ja entre sense fins era té bé
aquí res així doncs anys dos del dels al als

vi Vietnamese: và của là có không được cho một trong người với các đã này để những khi đến cũng
tôi về ra như ở nhiều từ rất bạn anh chúng ta họ nhưng thì vì sẽ đó nào

hr Croatian: i u je se na da su za od s ne to kao ali što koji koja koje bio bila bilo biti može
samo već kada gdje vrlo ovaj ova ovo ili sam mi danas sve još nije kako te iz
"""
_ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz")
_LISTS = {
    # Single letters are spelled out, or name things, in any language.
    (head.split()[0], head.split()[1]): frozenset(w for w in words.split() if w not in _ALPHABET)
    for head, _, words in (entry.partition(":") for entry in _TABLE.split("\n\n"))
}
_WORDS = {language: own - _ENGLISH - _HOMOGRAPHS for language, own in _LISTS.items()}
_ENGLISH_ONLY = _ENGLISH.difference(_ALPHABET, *_LISTS.values())

_SCRIPTS = {
    "CYRILLIC": ("ru", "Russian"), "GREEK": ("el", "Greek"), "HEBREW": ("he", "Hebrew"),
    "ARABIC": ("ar", "Arabic"), "DEVANAGARI": ("hi", "Hindi"), "HIRAGANA": ("ja", "Japanese"),
    "KATAKANA": ("ja", "Japanese"), "HANGUL": ("ko", "Korean"), "CJK": ("zh", "Chinese"),
    "THAI": ("th", "Thai"), "GEORGIAN": ("ka", "Georgian"), "ARMENIAN": ("hy", "Armenian"),
    "BENGALI": ("bn", "Bengali"), "TAMIL": ("ta", "Tamil"), "TELUGU": ("te", "Telugu"),
    "GUJARATI": ("gu", "Gujarati"), "MALAYALAM": ("ml", "Malayalam"), "KANNADA": ("kn", "Kannada"),
}  # fmt: skip
_LETTERS = (
    ("CYRILLIC", "іїєґ", ("uk", "Ukrainian")),
    ("ARABIC", "پچژگ", ("fa", "Persian")),
    ("CJK", "", ("zh", "Chinese")),
)
"""Letters by which a script's other languages are told."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Guess:
    """A language that a text seems to be in: ISO 639-1 code, name, and whether that is sure."""

    code: str
    name: str
    is_sure: bool


def is_common_english(word: str) -> bool:
    """Whether a word, in lower case, is one of the hundred that half of all English words are."""
    return word in _ENGLISH_ONLY


def is_foreign_function_word(word: str) -> bool:
    """Whether a word, in lower case, is frequent in another language and not in English."""
    return any(word in own for own in _WORDS.values())


def guess_foreign(tokens: Iterable[str]) -> Guess | None:
    """Guess which language but English a text is in; None if it is or may well be English."""
    words: list[str] = []
    for token in tokens:
        words += _WORD.findall(token.casefold().replace("’", "'"))
        if len(words) >= _MOST_WORDS:
            break
    return _by_script(words) or _by_words(words)


def _by_script(words: Sequence[str]) -> Guess | None:
    letters = Counter("".join(words))
    scripts: Counter[str] = Counter()
    for letter, count in letters.items():
        scripts[unicodedata.name(letter, "").split(" ")[0]] += count
    total = scripts.total()
    if not scripts or total < _FEWEST_LETTERS:
        return None
    foreign = {name: count for name, count in scripts.items() if name in _SCRIPTS}
    if 2 * sum(foreign.values()) <= total:
        return None
    script = max(foreign, key=lambda name: foreign[name])
    if script == "CJK" and sum(scripts[kana] for kana in ("HIRAGANA", "KATAKANA")) * 10 > total:
        script = "HIRAGANA"
    code, name = _SCRIPTS[script]
    for its_script, telling, other in _LETTERS:
        if script == its_script and sum(letters[c] for c in telling) * 100 > total:
            code, name = other
    return Guess(code, name, is_sure=True)


def _by_words(words: Sequence[str]) -> Guess | None:
    if len(words) < _FEWEST_WORDS:
        return None
    counts = Counter(words)
    english = sum(counts[word] for word in _ENGLISH_ONLY) / len(words)
    shares = {
        language: sum(counts[word] for word in own) / len(words)
        for language, own in _WORDS.items()
        if sum(word in counts for word in own) >= _FEWEST_DIFFERENT
    }
    if not shares:
        return None
    (code, name), share = max(shares.items(), key=lambda item: item[1])
    if share < _DOUBTFUL or share <= english:
        return None
    return Guess(code, name, is_sure=share >= _SURE and english <= _MOST_ENGLISH)


def check_english(tokens: Iterable[str], path: Path) -> str | None:
    """Return a warning if a transcript may not be in English.

    Raises:
        InputError: it is surely in another language.
    """
    guess = guess_foreign(tokens)
    if guess is None:
        return None
    remedy = f"use --aligner whisperx --language {guess.code}"
    if guess.is_sure:
        raise InputError(
            f"the default aligner knows English only; this text looks {guess.name}",
            path=path,
            remedy=remedy,
        )
    return f"the default aligner knows English only; parts of the text look {guess.name}"
