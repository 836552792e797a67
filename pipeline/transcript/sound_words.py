"""Words and phrases by which descriptions of sounds are told from talk. Data."""

from __future__ import annotations

import re

__all__ = [
    "ALONE",
    "BEGINNINGS",
    "COMMON_ADJECTIVES",
    "IDIOMS",
    "IMITATIONS",
    "KINDS",
    "LANGUAGES",
    "LINKS",
    "MANNER_ADVERBS",
    "NOTES",
    "NOUNS",
    "PERSON_VERBS",
    "PHRASES",
    "PLACES",
    "QUALITIES",
    "SECTIONS",
    "SHORT_ACTS",
    "SPEAKING",
    "TALK",
    "THINGS",
    "THING_VERBS",
    "VOICE_VERBS",
]


def words_of(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


VOICE_VERBS = words_of(
    """
    applaud babble bawl belch bellow boo breathe burp cackle chant cheer chortle chuckle clap cough
    croak croon cry exclaim exhale gag gargle gasp giggle groan growl grumble grunt gulp guffaw
    heckle hiccup hiss hoot howl huff hum inhale jeer laugh moan mumble murmur mutter
    pant purr retch roar scoff scream screech shriek shout shush sigh slurp smirk snarl sneeze
    snicker sniff snigger snore snort sob splutter sputter squeal stammer stutter sniffle
    titter wail wheeze whimper whine whistle whisper whoop yawn yell yelp tut vocalize vocalise
    harmonize harmonise beatbox yodel snivel blubber chew kiss wince choke weep gag
    smile grin wink frown nod shrug swallow snort-laugh sip
    """
)
"""Nobody but a describer says them in -ing or -s without more."""

THING_VERBS = words_of(
    """
    bang bark beep blare blast bleat bleep blip bubble buzz caw chime chirp clack clang clank
    clatter clink click clop cluck clunk coo crackle crash creak crinkle crow crunch ding drip drone
    explode fizz flap flush gurgle honk jangle jingle meow miaow moo neigh patter peal ping plop pop
    quack rattle resonate reverberate ring rumble rustle scrape scratch shatter sizzle slam
    slosh snap splash splatter squeak squelch squish strum swish swoosh tap thud thump thunder tick
    tinkle toll toot tweet twang vibrate whir whirr whoosh zap zoom knock hammer echo rev
    screech wail
    stomp howl roar hiss hum whistle buzz yap yelp growl
    """
)
"""Things do it, and people with things."""

PERSON_VERBS = words_of(
    """
    sing speak talk converse recite clear smack kiss play move sip drink eat chew stomp lick spit
    smoke type write read open close shut turn start stop fade swell continue cut drop break
    gesture nod shrug point pause argue chat interrupt overlap interject stand sit leave enter
    end begin resume strike hit slap skip glitch distort run walk approach recede fall pass pour
    blow raise lower tremble quaver crack intensify follow pound flick stretch rap
    rewind disconnect shatter crumple flip roll whirl burst lap
    """
)
"""They describe a sound with a sound's noun or a manner beside them only."""

IMITATIONS = words_of("imitate mimic impersonate mock mouth quote")
BEGINNINGS = words_of("start begin stop continue resume keep finish")
SPEAKING = words_of("speak sing talk whisper shout recite chant mutter read pray count curse swear")
SHORT_ACTS = words_of(
    "pause overlap interrupt interpose interject gesture smack chat argue glitch wave point eat"
    " drink clap dance bow salute"
)
ALONE = words_of(
    "typing reading reads singing sings clears kissing swears curses recites prays break commercial"
    " muted silent thinking thinks stretching translated slurred glitch quoting rapping"
    " excited angry sarcastic sarcasm teasing emotional breathless tearful profanity"
    " doorbell fireworks explosions echoes foreign unclear overlapping indistinct muffled distorted"
    " garbled"
)
"""Words that are descriptions by themselves only."""

NOUNS = words_of(
    """
    applause laughter music silence noise crosstalk static feedback cheers cheering clapping
    chatter commotion ovation whistle sigh cough sneeze gasp groan chuckle giggle giggles sniffles
    hiccup burp sob sobs scream screams shouts beep bleep buzz click clicks clang clank clatter thud
    thump bang crash boom thunder echo reverb jingle birdsong footsteps gunshot gunshots gunfire
    explosion soundbite tsk tut pause beat hum murmur murmurs murmuring whispers yawn snort grunt
    ding dong bell knock knocking siren sirens chime chimes rustle rustling crackle
    heartbeat drumroll fanfare interlude ringtone dial-tone sfx
    uproar hubbub din meow woof moo roar growl howl whimper whoosh squeak
    """
)
"""Sounds by themselves."""

THINGS = words_of(
    """
    song tune melody guitar piano violin drum drums trumpet horn organ orchestra band choir phone
    telephone cellphone mobile door doorbell bell bells alarm engine car traffic train plane
    airplane aircraft helicopter motor siren vehicle truck bus motorcycle wind rain storm thunder
    water waves dog dogs cat cats bird birds cow horse crickets rooster baby child children crowd
    audience glass dishes cup chair paper papers keyboard mouse microphone mic clock watch clip
    video audio tape recording track intro outro theme sound sounds voice voices noise music
    breath breathing throat lips tongue nose fingers hands hand feet static signal line zipper bag
    chimes fire gun coin coins keys pen mug bottle footsteps machine computer printer notification
    speech conversation chatter connection laughter applause tone bell-ringing page pages stairs
    floor table desk wood leaves metal wings gong conversations accent dialogue melody
    record busy window gate blinds curtain toilet kettle fan fly bee bees frog frogs owl duck sheep
    goat lion wolf raspberry wrapper plastic tin metronome projector camera shutter lighter match
    shower faucet tap book script notes letter aloud can bass solo anthem alert alarm head hand eyes
    shoulders fist finger face screen brakes name word phrase speaker fit lock
    latch drawer cash register pages lines call caller
    """
)
"""Beside a verb or a manner they make a description; alone they are words."""

NOTES = words_of(
    """
    inaudible unintelligible indiscernible indecipherable undecipherable crosstalk
    cross-talk redacted bleeped censored expletive nonverbal non-verbal overtalk overtalking
    phonetic sic voiceover voice-over off-mic off-camera off-screen offscreen
    off-microphone on-camera blank_audio no_audio beeped untranscribable incomprehensible
    ph sp v.o o.s o.c
    """
)
"""Technical notes: with one of them anything short is a note."""

PHRASES = re.compile(
    r"(?:on|over|off|through|via|by|into|to|from|in|under|out of)(?: (?:an?|his|her|their))? "
    r"(?:mic|microphone|camera|screen|interpreter|translator|translation|intercom|loudspeaker|breath"
    r"|tears|unison|falsetto|voiceover|megaphone|(?:[\w'-]+ )*(?:accent|voice|whisper|tone)"
    r"|(?:foreign|other|another|native) language|earpiece|harmony|monotone)s?$"
    r"|(?:[\w'-]+ing|[\w-]+-pitched|normal|deep|high|low|baby|silly|robotic|old|soft|loud) voice$"
    r"|non-?\w+ (?:speech|language)$"
    r"|(?:start|begin|beginning|end|ends?|resume)(?:s|ning|ing)?(?: of| the)* (?:music|video|audio|"
    r"tape|videotape|recording|clip|video clip|audio clip|audio tape|track|transcript|interview"
    r"|playback|recorded material|excerpt|segment|song)$"
    r"|(?:commercial|ad|advertisement|sponsor|station|musical|short|music|intermission|brief) "
    r"(?:break|message|spot|interlude|intermission|read)$"
    r"|(?:technical|audio|connection|network|sound) (?:difficult(?:y|ies)|problems?|issues?|glitch"
    r"(?:es)?|gap|dropout|drops?|cuts?|loss|lag|skips?|feedback|missing|distortion|interference|break"
    r"s?|fades?|stops?|resumes?)(?: (?:up|out|off|in))?$"
    r"|(?:break|gap|glitch|drop|skip|cut) in (?:the )?(?:audio|sound|recording|tape|video)$"
    r"|(?:no|dead) (?:audio|sound|response|answer|audible (?:response|answer)|verbal response"
    r"|air|speech)$"
    r"|(?:theme|intro|outro|closing|opening|hold|elevator|background|dance|rock|classical|jazz|pop"
    r"|title|church|choir|choral|instrumental|orchestral|electronic|ambient|folk|techno|upbeat) "
    r"(?:music|song|theme|tune|noise|chatter|sounds?|laughter|singing|jingle)$"
    r"|(?:foreign|native|another|other|unknown) (?:language|speech|tongue|dialect)$"
    r"|(?:multiple|several|all|many) (?:speakers?|voices|people)(?: at once| talking.*)?$"
    r"|(?:sounds?|noises?|bursts?|roars?|round|rounds|moment|moments|soundbite|ripple|peal|chorus"
    r"|hoots|murmurs|sound effects?|cries) of .*$"
    r"|(?:voice|voices|speech|words?|audio|sound|recording) (?:breaks?|cracks?|trembles?|fades?"
    r"|trails?|lowers?|rises?|missing|unclear|cuts?|drops?|distorts?|is \w+|was cut)(?: \w+){0,2}$"
    r"|(?:lip|lips|mouth|tongue|knuckle|finger|bubble)[ -](?:smack|click|crack|snap|pop)(?:s|ing)?$"
    r"|(?:deep|heavy|sharp|long|shaky) (?:breath|inhale|exhale|breathing|sigh)s?$"
    r"|(?:dial|ring|busy|censor) ?tones?$|sound effects?$|sotto voce$|ad[ -]?lib$|speaks? up$"
    r"|to (?:audience|camera|crowd|self|himself|herself|themselves)$|aside(?: to \w+)?$|deadpan$"
    r"|(?:air ?)?quotes$|laugh(?:ter)? track$|drum ?roll$|mic drop$|blank audio$|cross ?talk.*$"
    r"|(?:connection|signal|audio|video|sound|call|line) (?:lost|dropped|paused|muted|ended|gone)$"
    r"|(?:audio|sound|video|voice|signal) (?:distorted|garbled|muffled|missing|unclear)$"
    r"|(?:foreign|unclear|muffled|garbled|indistinct|\w+(?:ese|ish|ian|ic)) "
    r"(?:words?|phrases?|speech|names?)$"
    r"|recording (?:paused|stopped|ended|resumed)$|names? (?:withheld|removed|redacted)$|on mute$"
    r"|fade(?:s|d)?(?: (?:in|out|up|to black|to white|to music))$|screen ?share$|choked up$"
    r"|tear(?:s|ing) up$|curse words?$|simultaneous \w+$"
    r"|(?:video|audio|film|movie|news|sound) clip$"
    r"|(?:unidentified|unknown|female|male) (?:speakers?|voices?|man|woman)$"
    r"|(?:audience|crowd) (?:question|comment|member|response)s?(?: \w+)?$|question from audience$"
    r"|(?:man|woman|voice|speaker|caller) (?:on|over|through) (?:the )?(?:phone|radio|tv|video)$"
    r"|(?:speaking|talking|shouting) at (?:the same time|once)$|(?:cough|laugh|sneez|giggl)ing fit$"
    r"|with (?:sarcasm|irony|emotion|(?:an? )?(?:[\w-]+ )?accent)$|pauses? for \w+$"
    r"|impressions? of [\w' ]+$|(?:\w+ )?intake of breath$|speaking in tongues$|line goes dead$"
    r"|(?:on speaker(?:phone)?|(?:over|via) (?:phone|radio|video|zoom|speaker(?:phone)?))$"
    r"|(?:shakes?|shaking|nods?|nodding) head$"
    r"|(?:makes?|making) (?:an? )?(?:[\w-]+ )*(?:noises?|sounds?|faces?)$|(?:roll|rais|clos|clench)"
    r"(?:es|s|ing) (?:eyes|hand|hands|eyebrows?|fist|voice)$|through (?:tears|gritted teeth)$"
    r"|(?:fit|sigh|gasp|groan|scream|shout|murmur|squeal|howl|whoop|yell|roar|burst)s? of [\w' ]+$"
    r"|(?:talk(?:s|ing)?|speak(?:s|ing)?) over(?: .*)?$|simultaneous (?:talk\w*|speech|speaking)$"
    r"|speaking simultaneously$|trails? off$|trailing off$|tape (?:ends|stops|runs out|cuts out)$"
    r"|(?:mock|fake|nervous|canned|muffled|faint|distant|polite|loud|light|heavy|audience|crowd"
    r"|general|scattered|sustained|thunderous|more|slight|big|brief|bitter|wry|forced|hearty|soft"
    r"|quiet|background|indistinct|awkward|dramatic|long|short|extended|slight|pregnant|stunned) "
    r"(?:\w+ )?(?:laughter|laughs?|chuckles?|applause|cheers?|cheering|clapping|music|silence|pause"
    r"|beat|noise|sigh|chatter|talking|speech|voices?|conversations?|singing|whispers?|screams?"
    r"|giggles?|gasps?|groans?|coughs?|knock(?:ing)?|bang|thud|rumble|thunder|sobs?|booing|shouts?"
    r"|echo|static|buzz|hum|beeps?|sirens?|bells?|breathing|murmurs?)$"
)
"""Descriptions that the grammar does not make, as they are in captions and hearings."""

MANNER_ADVERBS = words_of(
    """
    softly loudly quietly faintly silently indistinctly inaudibly unintelligibly mockingly shakily
    gruffly huskily squeakily shrilly sarcastic mocking whispering joking
    sarcastically nervously excitedly angrily laughingly jokingly sheepishly wistfully
    breathlessly incredulously emphatically tearfully hoarsely sternly gently dramatically
    playfully teasingly calmly bitterly cheerfully gleefully mournfully hysterically maniacally
    uncontrollably awkwardly heavily deeply sharply repeatedly rhythmically melodically
    simultaneously sleepily drily dryly sardonically whispered shouted mouthed muffled
    sung singsong slowly rapidly steadily tunelessly
    """
)
LANGUAGES = words_of(
    """
    afrikaans albanian amharic arabic armenian basque bengali bulgarian cantonese catalan chinese
    croatian czech danish dutch english esperanto estonian farsi filipino finnish french gaelic
    georgian german greek gujarati hausa hawaiian hebrew hindi hungarian icelandic igbo indonesian
    irish italian japanese kannada khmer klingon korean kurdish lao latin latvian lithuanian malay
    malayalam mandarin maori marathi mongolian navajo nepali norwegian pashto persian polish
    portuguese punjabi quechua romanian russian sanskrit scots serbian slovak slovenian somali
    spanish swahili swedish tagalog tamil telugu thai tibetan turkish ukrainian urdu uzbek
    vietnamese welsh xhosa yiddish yoruba zulu
    """
)
QUALITIES = words_of(
    """
    foreign unclear overlapping indistinct muffled distorted garbled exaggerated fake silly robotic
    multiple several whole entire
    soft loud quiet faint gentle upbeat dramatic background distant long brief short awkward
    nervous slight heavy deep light muffled sad happy mysterious ominous tense suspenseful eerie
    somber sombre slow fast lively funky intense inspiring romantic whimsical classical jazz rock
    electronic ambient instrumental orchestral mock fake both all everyone everybody audience crowd
    someone somebody man woman men women boy girl people he she they speaker host guest group
    interviewer narrator male female together again more continued continuously high low low-pitched
    high-pitched static shared mutual small big foreign language languages native gibberish
    """
)
LINKS = words_of(
    """a an the in on of over off at to with from through into up down out under and between behind
    away by then while as like for once his her their own other's each other another nearby outside
    inside offstage backstage around along past background distance throat nose lips"""
)
PLACES = words_of("background distance outside offstage nearby backstage")
TALK = words_of(
    """
    i i'm i'd i've i'll we we're we've we'll you you're you've you'll it it's it'd my me mine our
    ours us your yours was were is are am isn't wasn't aren't weren't be been being have has had
    haven't hasn't hadn't having do does did don't doesn't didn't will won't would wouldn't could
    couldn't should shouldn't can can't cannot may might must that that's which who whom whose
    what what's why how if because although though so but or not nor than there there's here these
    those this let let's never ever always just really very too also even still maybe perhaps
    probably almost only such some any god please thanks sorry yes yeah no say said says think
    thought know knew mean meant called remember guess suppose believe hope wish want love hate
    went came got made gave took saw heard felt kept told asked left
    """
)
"""What speakers say and descriptions lack."""

KINDS = words_of(
    "music noise noises sound sounds accent laughter applause chatter alarm solo beep tone voice"
    " laugh chuckle giggle sigh groan gasp cackle"
)
"""Nouns before which any adjective may stand, but those of talk:"""
COMMON_ADJECTIVES = words_of(
    "last first second third good great big new old own one other same best worst nice real only"
    " little whole right wrong young human many few more most"
)
IDIOMS = frozenset(
    ("rings a bell", "knock on wood", "sound of music", "walking distance", "drinking water",
     "silence is golden", "hands down", "crying wolf", "good music", "dying laughing",
     "moment of truth", "shout out")
)  # fmt: skip
SECTIONS = words_of(
    """
    ad ads advert advertisement sponsor sponsors commercial break intro outro theme chorus verse
    bridge song end start beginning scene recap preview teaser trailer promo credits cut transition
    montage caption graphic title expletive video clip excerpt
    """
)
"""What editors mark in square brackets."""
