"""What abbreviations, units and signs stand for."""

from __future__ import annotations

__all__ = [
    "ABBREVIATIONS",
    "CURRENCIES",
    "GREEK",
    "MAGNITUDES",
    "MONTHS",
    "PER",
    "SIGNS",
    "SOUNDS",
    "UNITS",
]


def _table(text: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    entries = (line.rpartition(":") for line in text.strip().splitlines())
    return {
        key.strip(): tuple(tuple(form.split()) for form in forms.split("|"))
        for key, _, forms in entries
    }


ABBREVIATIONS = _table("""
mr: mister
mrs: missus
ms: miz|miss|m s
dr: doctor|drive
st: saint|street
jr: junior
sr: senior
prof: professor|prof
vs: versus|v s
v: v|versus
etc: et cetera
eg: e g|for example
ie: i e|that is
aka: a k a|also known as
approx: approximately|approx
inc: incorporated|inc|ink
ltd: limited
corp: corporation|corp
co: company|co
dept: department
est: established|e s t|est
gen: general|gen
gov: governor|gov
sen: senator
sgt: sergeant
capt: captain
lt: lieutenant
col: colonel
rev: reverend|rev
hon: honorable
ave: avenue
blvd: boulevard
rd: road|r d
mt: mount|m t
ft: feet|foot|fort|f t
jan: january|jan
feb: february
aug: august
sept: september
oct: october
nov: november
dec: december
phd: p h d
phds: p h d's|p h d s
covid: covid
w/: with
w/o: without
w/out: without
b/c: because
wwi: world war one|w w one
wwii: world war two|w w two|w w i i
nos: numbers|nos
&c: et cetera|and c
fig: figure|fig
hwy: highway
ok: okay
pls: please
govt: government
vol: volume
pp: pages
ed: ed|edition|editor
ca: circa|california|c a
""")
"""Readings of abbreviations in lower case without full stops."""

UNITS = _table("""
km: kilometers|kilometer|k m|k
kms: kilometers|kilometer
cm: centimeters|centimeter
mm: millimeters|millimeter
nm: nanometers|nanometer
µm: micrometers|microns
μm: micrometers|microns
m: meters|meter|million|m
kg: kilograms|kilogram|kilos|kilo
g: grams|gram|g
mg: milligrams|milligram
lb: pounds|pound
lbs: pounds|pound
oz: ounces|ounce
ft: feet|foot
in: inches|inch|in
mi: miles|mile
yd: yards|yard
mph: miles per hour|miles an hour|mile per hour|m p h
kph: kilometers per hour|kilometers an hour|k p h
km/h: kilometers per hour|kilometers an hour
m/s: meters per second|meters a second
fps: frames per second|f p s
rpm: revolutions per minute|r p m
hz: hertz
khz: kilohertz
mhz: megahertz
ghz: gigahertz
w: watts|watt
kw: kilowatts|kilowatt
mw: megawatts|megawatt|milliwatts
gw: gigawatts|gigawatt
tw: terawatts
kwh: kilowatt hours|kilowatt hour
mwh: megawatt hours
v: volts|volt
kv: kilovolts
ma: milliamps
mah: milliamp hours
kb: kilobytes|k b
mb: megabytes|megabyte|megs|m b
gb: gigabytes|gigabyte|gigs|g b
tb: terabytes|terabyte|t b
pb: petabytes|petabyte
mbps: megabits per second
gbps: gigabits per second
ms: milliseconds|millisecond
ns: nanoseconds
s: seconds|second|s
sec: seconds|second
secs: seconds
min: minutes|minute
mins: minutes|minute
hr: hours|hour
hrs: hours|hour
h: hours|hour|h
l: liters|liter
ml: milliliters|milliliter
db: decibels|d b
c: celsius|degrees celsius|c
f: fahrenheit|degrees fahrenheit|f
°: degrees|degree|
°c: degrees celsius|degrees|celsius|degrees c
°f: degrees fahrenheit|degrees|fahrenheit|degrees f
tn: trillion
ac: acres
px: pixels
mpg: miles per gallon|m p g
psi: p s i|pounds per square inch
hp: horsepower|h p
bpm: beats per minute|b p m
bps: basis points|b p s|bits per second
ppm: parts per million|p p m
dpi: dots per inch|d p i
kcal: kilocalories|kilocalorie
cal: calories|calorie
tbsp: tablespoons|tablespoon
tsp: teaspoons|teaspoon
gal: gallons|gallon
ha: hectares|hectare
ω: ohms|ohm
omega: ohms|ohm
kω: kilohms|kilohm
mω: megohms|megohm|megaohms
wh: watt hours|watt hour
twh: terawatt hours|terawatt hour
j: joules|joule
kj: kilojoules
nmi: nautical miles
yr: years|year
yrs: years|year
µg: micrograms|microgram
μg: micrograms|microgram
µs: microseconds|microsecond
μs: microseconds|microsecond
am: a m
pm: p m
""")
"""Readings of units after a number."""

MAGNITUDES = _table("""
k: k|thousand|grand
m: million|m
mm: million
mn: million
b: billion|b
bn: billion
t: trillion|t
tn: trillion
""")
"""Readings of what multiplies the number before it."""

CURRENCIES = {
    "$": ("dollars", "dollar", "cents"),
    "£": ("pounds", "pound", "pence"),
    "€": ("euros", "euro", "cents"),
    "¥": ("yen", "yen", ""),
    "₹": ("rupees", "rupee", "paise"),
    "₽": ("rubles", "ruble", ""),
    "₿": ("bitcoin", "bitcoin", ""),
    "₩": ("won", "won", ""),
    "¢": ("cents", "cent", ""),
}
"""Names by sign: plural, singular, hundredths."""

SIGNS = _table("""
&: and|n|
+: plus|
=: equals|is|equal to|makes|
@: at|
%: percent|per cent
‰: per mill|per thousand
°: degrees|degree|
<: less than|is less than|under
>: greater than|is greater than|more than|over
≤: less than or equal to|is less than or equal to|at most
≥: greater than or equal to|is greater than or equal to|at least
≠: not equal to|is not equal to|does not equal|not equals
^: to the|
÷: divided by|over|
±: plus or minus|plus minus
×: times|by|x
−: minus|
→: to|goes to|arrow|
#: number|hashtag|pound|hash|
~: about|approximately|around|roughly|tilde
∼: about|approximately|around|roughly
≈: about|approximately|roughly|approximately equals|is about
≅: about|approximately|roughly
$: dollars|dollar
£: pounds|pound
€: euros|euro
¥: yen
₹: rupees|rupee
¢: cents|cent
₽: rubles|ruble
₩: won
₿: bitcoin|bitcoins
§: section|paragraph
¶: paragraph
№: number
∞: infinity
√: square root of|the square root of|root
∑: sum of|the sum of|sum
∆: delta
©: copyright|
_: underscore|
℃: degrees celsius|degrees|celsius
℉: degrees fahrenheit|degrees|fahrenheit
♯: sharp
♭: flat
==: equals equals|equals|is equal to|double equals
!=: not equal to|not equals|is not equal to|bang equals
<=: less than or equal to|is less than or equal to
>=: greater than or equal to|is greater than or equal to
&&: and|and and
""")
"""Readings of signs inside a token or alone; an empty one (`&|`) where it may not be said."""

MONTHS = tuple(
    "january february march april may june july august september october november december".split()
)

PER = _table("""
s: second
sec: second
min: minute
h: hour
hr: hour
hrs: hour
d: day
wk: week
mo: month
yr: year
y: year
kg: kilogram
lb: pound
gal: gallon
l: liter
""")
"""What stands behind a slash after a number: `$15/hr`; longer words are said as they are."""

GREEK = dict(
    pair.split(":")
    for pair in (
        "α:alpha β:beta γ:gamma δ:delta ε:epsilon ϵ:epsilon ζ:zeta η:eta θ:theta ϑ:theta ι:iota "
        "κ:kappa λ:lambda μ:mu ν:nu ξ:xi ο:omicron π:pi ρ:rho σ:sigma ς:sigma τ:tau υ:upsilon "
        "φ:phi ϕ:phi χ:chi ψ:psi ω:omega"
    ).split()
)
"""Names of letters that stand alone: of variables, rays, variants."""

SOUNDS = {
    entry.split(":")[0]: tuple(tuple(p.split()) for p in entry.split(":")[1].split("|"))
    for entry in """
mm:M|AH M
mmm:M|AH M
hm:HH M|HH AH M|M
hmm:HH M|HH AH M|M
hmmm:HH M|HH AH M|M
mhm:AH M HH AH M|M HH M
mm-hmm:AH M HH AH M|M HH M
mmhmm:AH M HH AH M|M HH M
mm-hm:AH M HH AH M|M HH M
uh-huh:AH HH AH|AH N HH AH
uhhuh:AH HH AH
uh-uh:AH AH
nuh-uh:N AH AH
uh-oh:AH OW
uh:AH|ER
uhh:AH
um:AH M
umm:AH M
er:ER|AH
erm:ER M|AH M
eh:EH|EY
huh:HH AH
ah:AA
ahh:AA
aha:AA HH AA
ooh:UW
oof:UW F
ugh:AH G|AH
ow:AW
whoa:W OW
shh:SH
psst:P S T
pfft:P F T|P F
phew:F Y UW
tsk:T IH S K|T S K
brr:B ER
grr:G ER
zzz:Z
nah:N AA|N AE
yeah:Y AE|Y AE AH|Y EH|Y AH
yep:Y EH P
yup:Y AH P
nope:N OW P
ya:Y AA|Y AH
yknow:Y AH N OW|Y N OW
y'know:Y AH N OW|Y N OW
c'mon:K AH M AA N
o'clock:AH K L AA K
ma'am:M AE M
ol':OW L
lemme:L EH M IY
gimme:G IH M IY
dunno:D AH N OW
kinda:K AY N D AH
sorta:S AO R T AH
outta:AW T AH
lotta:L AA T AH
coulda:K UH D AH
shoulda:SH UH D AH
woulda:W UH D AH
musta:M AH S T AH
hafta:HH AE F T AH
gotcha:G AA CH AH
whatcha:W AH CH AH
tryna:T R AY N AH
gonna:G AH N AH|G AA N AH|G OW N AH
wanna:W AA N AH|W AO N AH
ain't:EY N T
y'all:Y AO L
y'all'd:Y AO L D
lol:L AA L|EH L OW EH L
gif:G IH F|JH IH F
meme:M IY M
memes:M IY M Z
emoji:IH M OW JH IY
crypto:K R IH P T OW
godel:G ER D AH L|G OW D AH L
huxley:HH AH K S L IY
wi-fi:W AY F AY
wifi:W AY F AY
covid:K OW V IH D
miz:M IH Z
""".split("\n")
    if ":" in entry
}
"""Pronunciations of interjections and everyday words that CMUdict lacks or knows one way only."""
