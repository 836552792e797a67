from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.transcript.language import check_english, guess_foreign

FOREIGN = {
    "de": "Guten Abend und herzlich willkommen. Heute reden wir über die Brücke, die mein Vater "
    "gebaut hat, und darüber, wie es war, als sie noch nicht da war.",
    "fr": "Bonsoir à tous et bienvenue. Ce soir nous parlons du pont que mon père a construit, et "
    "de la vie dans ce village quand il n'était pas encore là.",
    "es": "Buenas noches a todos. Hoy hablamos del puente que construyó mi padre y de cómo era la "
    "vida en este pueblo cuando todavía no estaba.",
    "pt": "Boa noite a todos. Hoje falamos da ponte que o meu pai construiu e de como era a vida "
    "nesta aldeia quando ela ainda não estava aqui.",
    "it": "Buona sera a tutti. Oggi parliamo del ponte che mio padre ha costruito e di com'era la "
    "vita in questo paese quando non c'era ancora.",
    "nl": "Goedenavond allemaal. Vandaag praten we over de brug die mijn vader heeft gebouwd en "
    "over hoe het leven in dit dorp was toen hij er nog niet stond.",
    "sv": "God kväll allihop. I dag pratar vi om bron som min far byggde och om hur det var i den "
    "här byn när den inte fanns än.",
    "pl": "Dobry wieczór. Dzisiaj mówimy o moście, który zbudował mój ojciec, i o tym, jak było w "
    "tej wsi, kiedy go jeszcze nie było.",
    "tr": "Herkese iyi akşamlar. Bugün babamın yaptığı köprüyü ve daha o yokken bu köyde hayat "
    "nasıl idi, çok eski zamanlar gibi değil ama sonra ne oldu, onu konuşuyoruz.",
    "ru": "Добрый вечер. Сегодня мы говорим о мосте, который построил мой отец.",
    "uk": "Добрий вечір. Сьогодні ми говоримо про міст, який збудував її батько.",
    "el": "Καλησπέρα σας. Σήμερα μιλάμε για τη γέφυρα που έχτισε ο πατέρας μου.",
    "ar": "مساء الخير نتحدث اليوم عن الجسر الذي بناه أبي",
    "he": "ערב טוב היום נדבר על הגשר שאבא שלי בנה",
    "hi": "नमस्ते आज हम उस पुल के बारे में बात करेंगे जो मेरे पिता ने बनाया",
    "ja": "こんばんは。今日は父が作った橋について話します。",
    "zh": "大家晚上好，今天我们来谈谈我父亲建造的那座桥的故事。",
    "ko": "안녕하세요 오늘은 아버지가 지은 다리에 대해 이야기합니다",
}
ENGLISH = [
    "José, Zoë and Günther went to São Paulo. C'est la vie, said François, and Łukasz agreed.",
    "He said: Ich bin ein Berliner, und das ist gut so. And then we all went home, you know.",
    "Kubernetes pods crash. Restart nginx. Redis cluster fails over. Docker images build quickly.",
    "Berlin Paris Madrid Lisbon Rome Vienna Prague Warsaw Budapest Bucharest Sofia Athens Oslo",
    "SO WE WENT TO THE HARBOUR AND ALL OF THE BOATS WERE GONE BY THEN",
    "a b c d e f g h i j k l m n o p q r s t u v w x y z",
    "The men met on the bad list. Do also come in, see the man die at war, an art of no kind.",
    "We met in El Paso, at La Casa de la Luz, and in Los Angeles with Juan de la Cruz.",
]


@pytest.mark.parametrize(("code", "text"), FOREIGN.items())
def test_another_language_is_refused_with_the_remedy(code: str, text: str) -> None:
    with pytest.raises(InputError, match="the default aligner knows English only") as raised:
        check_english(text.split(), Path("x.txt"))
    assert raised.value.remedy == f"use --aligner whisperx --language {code}"


@pytest.mark.parametrize("text", ENGLISH)
def test_english_with_names_accents_and_quotations_is_english(text: str) -> None:
    assert guess_foreign(text.split()) is None


def test_half_and_half_is_worth_a_warning() -> None:
    text = (
        "Ich glaube, dass wir heute nicht mehr nach Hause kommen. I think that we will not get "
        "home today, you know. Das ist auch nicht so schlimm."
    )
    warning = check_english(text.split(), Path("x.txt"))
    assert warning is not None
    assert "German" in warning


@given(st.sampled_from(sorted(FOREIGN)), st.sampled_from(ENGLISH[:2]), st.integers(3, 6))
def test_a_foreign_sentence_in_english_refuses_nothing(code: str, text: str, times: int) -> None:
    english = "And so it was that they came to the house, and then we all had what we wanted. "
    check_english((english * times + text + FOREIGN[code][:60]).split(), Path("x.txt"))
