"""Invented people and places: names in several scripts, each with a spelling for e-mail.

A name is written `Дмитрий=dmitry`; where the script is Latin the part behind `=` is made. Phone
numbers come from the ranges that each country keeps for fiction.
"""

import unicodedata
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Culture:
    """Where given and family names fit each other."""

    weight: int
    given: str
    family: str
    family_first: bool = False


CULTURES = (
    Culture(
        46,
        "James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara"
        " Aaliyah Jamal Denise Tyrone Grace Samuel Hannah Caleb Ruth Owen Siobhán Niamh",
        "Smith Johnson Williams Brown Jones Davis Miller Wilson Anderson Taylor Thomas Moore"
        " Jackson Martin Thompson White Harris Clark Lewis Robinson O’Connor O’Brien Walsh",
    ),
    Culture(
        18,
        "José María Luis Guadalupe Carlos Sofía Ángel Lucía Andrés Inés Raúl Begoña Iñaki Camila",
        "García Rodríguez Martínez Hernández López González Pérez Sánchez Ramírez Núñez Ibáñez"
        " Muñoz Peña Vázquez",
    ),
    Culture(
        8,
        "Lukas Anna Jürgen Käthe Friederike Björn Çağla Émile Zoë François Margaux Łukasz Agnieszka"
        " Błażej Søren Åse Ólafur",
        "Müller Schröder Weiß Köhler Groß Lefèvre Besançon Dubois Wójcik Kowalczyk Żak Nørgaard"
        " Öztürk Þórsson d’Aubigné",
    ),
    Culture(
        5,
        "Linh Hà=ha Minh Đức=duc Hương=huong Tuấn=tuan",
        "Nguyễn=nguyen Trần=tran Lê=le Phạm=pham Vũ=vu Đặng=dang",
        family_first=True,
    ),
    Culture(
        5,
        "Дмитрий=dmitry Ольга=olga Алексей=alexey Наталья=natalya Олександр=oleksandr Їжак=yizhak",
        "Иванов=ivanov Ковальчук=kovalchuk Соколова=sokolova Шевченко=shevchenko",
    ),
    Culture(
        3,
        "Γιώργος=giorgos Ελένη=eleni Νίκος=nikos Κατερίνα=katerina",
        "Παπαδόπουλος=papadopoulos Γεωργίου=georgiou Οικονόμου=oikonomou",
    ),
    Culture(
        3,
        "محمد=mohammed فاطمة=fatima أحمد=ahmed ليلى=layla",
        "العلي=alali حداد=haddad المنصوري=almansouri",
    ),
    Culture(2, "דוד=david נועה=noa יוסף=yosef", "כהן=cohen לוי=levi מזרחי=mizrahi"),
    Culture(
        3,
        "अर्जुन=arjun प्रिया=priya राहुल=rahul अनन्या=ananya",
        "शर्मा=sharma गुप्ता=gupta सिंह=singh",
    ),
    Culture(
        3,
        "伟=wei 芳=fang 秀英=xiuying 磊=lei",
        "王=wang 李=li 张=zhang 陈=chen",
        family_first=True,
    ),
    Culture(
        2,
        "陽菜=hina 蓮=ren 美咲=misaki 大輔=daisuke",
        "佐藤=sato 鈴木=suzuki 髙橋=takahashi",
        family_first=True,
    ),
    Culture(2, "민준=minjun 서연=seoyeon 지훈=jihun", "김=kim 이=lee 박=park", family_first=True),
)

TRADES = (
    "Bakery",
    "Plumbing",
    "Dental Care",
    "Hardware",
    "Print & Copy",
    "Florists",
    "Auto Repair",
    "Café",
    "Law Office",
    "Bookshop",
)

STREETS = ("Oak Street", "Maple Avenue", "2nd Street", "Cedar Lane", "Lakeview Drive", "Hill Road")


@dataclass(frozen=True, slots=True)
class Place:
    """A city with what an address there looks like; `phone` takes digits of the fiction range."""

    city: str
    country: str
    locale: str
    postal: str
    phone: str
    streets: tuple[str, ...] = STREETS


DOLLAR_PLACES = (
    Place("Springfield, IL", "US", "en_US", "627##", "+1 217 555 01##"),
    Place("Portland, OR", "US", "en_US", "972##", "+1 503 555 01##"),
    Place("El Paso, TX", "US", "es_US", "799##", "+1 915 555 01##"),
    Place("Albany, NY", "US", "en_US", "122##", "+1 518 555 01##"),
    Place("Cañon City, CO", "US", "en_US", "81212", "+1 719 555 01##"),
    Place("Savannah, GA", "US", "en_US", "314##", "+1 912 555 01##"),
    Place("Des Moines, IA", "US", "en_US", "503##", "+1 515 555 01##"),
)

EURO_PLACES = (
    Place(
        "Berlin",
        "DE",
        "de_DE",
        "10###",
        "+49 30 23125 ###",
        ("Schloßstraße", "Am Mühlgraben", "Lindenweg"),
    ),
    Place(
        "Besançon",
        "FR",
        "fr_FR",
        "25000",
        "+33 1 99 00 ## ##",
        ("rue de l’Église", "quai Vauban"),
    ),
    Place("Dún Laoghaire", "IE", "en_IE", "A96 ####", "+353 20 91# ####", ("Marine Road",)),
)


@dataclass(frozen=True, slots=True)
class Person:
    """A name as it is written, and as an e-mail address can carry it."""

    name: str
    spelling: str
    family: str


def person(random: Random) -> Person:
    """Somebody."""
    culture = random.choices(CULTURES, [culture.weight for culture in CULTURES])[0]
    given, given_spelling = _spelled(random.choice(culture.given.split()))
    family, family_spelling = _spelled(random.choice(culture.family.split()))
    name = f"{family} {given}" if culture.family_first else f"{given} {family}"
    return Person(name, f"{given_spelling}.{family_spelling}", family)


def digits(random: Random, pattern: str) -> str:
    """The pattern with a digit for each `#`."""
    return "".join(random.choice("0123456789") if sign == "#" else sign for sign in pattern)


def _spelled(entry: str) -> tuple[str, str]:
    name, _, spelling = entry.partition("=")
    return name, spelling or _plain(name)


def _plain(name: str) -> str:
    letters = name.lower()
    for sign, plain in (("ß", "ss"), ("ø", "o"), ("ł", "l"), ("þ", "th"), ("ı", "i")):
        letters = letters.replace(sign, plain)
    return unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode()
