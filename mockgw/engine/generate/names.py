"""Names: what a property is likely to hold, by the words of its name."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from mockgw.engine.generate.text import clock, day, moment, web_address

if TYPE_CHECKING:
    from faker import Faker

Text = Callable[["Faker"], str]
Value = TypeVar("Value")


class Usual(NamedTuple):
    """The numbers that are usual, and how many digits they have after the point."""

    least: float
    most: float
    digits: int = 0


ANY_NUMBER = Usual(0, 100, 2)


def text_of(name: str) -> Text | None:
    """What makes text for a name."""
    return next((TEXTS[phrase] for phrase in _phrases(name) if phrase in TEXTS), None)


def number_of(name: str) -> Usual:
    return next((NUMBERS[phrase] for phrase in _phrases(name) if phrase in NUMBERS), ANY_NUMBER)


@cache
def _phrases(name: str) -> tuple[str, ...]:
    """The runs of words in a name, those at its end first: `userEmail` is an e-mail address of a user."""
    words = [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", name[:200])]
    return tuple(dict.fromkeys(_runs(words)))


def _runs(words: list[str]) -> Iterator[str]:
    for end in range(len(words), 0, -1):
        for start in range(end):
            yield " ".join(words[start:end])
            yield " ".join([*words[start : end - 1], _singular(words[end - 1])])


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "uses")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _one_of(*choices: str) -> Text:
    return lambda fake: str(fake.random_element(choices))


def _heading(fake: "Faker") -> str:
    return " ".join(fake.words(4)).capitalize()


def _words(count: int) -> Text:
    return lambda fake: " ".join(fake.words(count))


def _file(fake: "Faker") -> str:
    return f"/tmp/{fake.file_name(extension='txt')}"


def _by_name(table: Mapping[str, Value]) -> dict[str, Value]:
    """A table whose keys are lists of names, name by name."""
    return {name: value for names, value in table.items() for name in names.split(", ")}


# What is made up may be carried out: commands do no harm, addresses lead nowhere, files are temporary.
COMMAND = _one_of("ls -la", "pwd", "git status", "git log --oneline -5", "echo hello", "date", "python --version")

TEXTS: Mapping[str, Text] = _by_name(
    {
        # people
        "name, full name": lambda fake: fake.name(),
        "first name, given name, middle name": lambda fake: fake.first_name(),
        "last name, family name, surname": lambda fake: fake.last_name(),
        "nickname, username, user name, login, handle": lambda fake: fake.user_name(),
        "author, owner, assignee, customer, person": lambda fake: fake.name(),
        "user": lambda fake: fake.user_name(),
        "gender": _one_of("female", "male", "other"),
        "job, occupation, profession, job title": lambda fake: fake.job(),
        "company, company name, organization, organisation, employer": lambda fake: fake.company(),
        "department": _one_of("Sales", "Support", "Research", "Finance", "Operations"),
        # how to reach them
        "email, mail, email address": lambda fake: fake.safe_email(),
        "phone, phone number, telephone, mobile, fax": lambda fake: fake.basic_phone_number(),
        "url, uri, link, href, website, homepage": web_address,
        "domain": _one_of("example.com", "example.org", "example.net"),
        "host, hostname": _one_of("example.com", "example.org", "localhost"),
        "ip, ip address": lambda fake: f"192.0.2.{fake.random_int(1, 254)}",
        "user agent": _one_of("Mozilla/5.0 (X11; Linux x86_64)", "curl/8.5.0"),
        # places
        "city, town, location, place, destination, origin": lambda fake: fake.city(),
        "country, nationality": lambda fake: fake.country(),
        "country code": lambda fake: fake.country_code(),
        "state, region, province": lambda fake: fake.state(),
        "address": lambda fake: fake.address().replace("\n", ", "),
        "street": lambda fake: fake.street_name(),
        "street address": lambda fake: fake.street_address(),
        "house number": lambda fake: fake.building_number(),
        "zip, zip code, zipcode, postcode, postal code": lambda fake: fake.postcode(),
        "latitude": lambda fake: str(fake.latitude()),
        "longitude": lambda fake: str(fake.longitude()),
        "timezone, time zone": lambda fake: fake.timezone(),
        # time
        "date, day, birthday, birth date, date of birth, due date, deadline": day,
        "time": clock,
        "datetime, date time, timestamp, created, updated, created at, updated at, deleted at, published at": moment,
        "expires at, start time, end time": moment,
        "month": _one_of("January", "April", "July", "October"),
        "weekday, day of week": _one_of("Monday", "Wednesday", "Friday", "Sunday"),
        "year": lambda fake: str(fake.random_int(1990, 2026)),
        "duration": lambda fake: f"{fake.random_int(1, 59)} minutes",
        # texts
        "title, heading, headline, subject": _heading,
        "topic": _words(2),
        "label, tag, keyword, category, genre, word, key": _words(1),
        "slug": lambda fake: fake.slug(),
        "description": lambda fake: fake.sentence(10),
        "summary, text": lambda fake: fake.paragraph(2),
        "content, body, paragraph": lambda fake: fake.paragraph(3),
        "message, comment, note, reason": lambda fake: fake.sentence(),
        "question": lambda fake: fake.sentence().rstrip(".") + "?",
        "query, search": _words(3),
        "language": lambda fake: fake.language_name(),
        "language code": lambda fake: fake.language_code(),
        "locale": lambda fake: fake.locale(),
        # things
        "id, uuid, guid": lambda fake: fake.uuid4(),
        "product, product name": lambda fake: " ".join(fake.words(2)).title(),
        "project name": lambda fake: fake.slug(),
        "sku": lambda fake: fake.bothify("???-#####").upper(),
        "isbn": lambda fake: fake.isbn13(),
        "color, colour": lambda fake: fake.color_name(),
        "currency, currency code": lambda fake: fake.currency_code(),
        "price, amount": lambda fake: f"{fake.random_int(100, 49999) / 100:.2f}",
        "iban": lambda fake: fake.iban(),
        "license plate": lambda fake: fake.license_plate(),
        "weather": _one_of("sunny", "cloudy", "rainy", "windy", "snowy"),
        "status": _one_of("active", "pending", "done"),
        "priority, level, severity": _one_of("low", "medium", "high"),
        "sentiment": _one_of("positive", "neutral", "negative"),
        "age": lambda fake: str(fake.random_int(18, 80)),
        # computers
        "file, path, file path, filepath": _file,
        "file name, filename": lambda fake: fake.file_name(extension="txt"),
        "directory, folder": _one_of("/tmp"),
        "mime type, media type, content type": lambda fake: fake.mime_type(),
        "command, cmd": COMMAND,
        "code": _one_of("print('hello')", "1 + 1", "return None"),
        "script": _one_of("echo hello"),
        "pattern": _one_of("TODO", "import", "def test_", "hello"),
        "glob": _one_of("**/*.py", "**/*.md", "*.txt"),
        "branch": _one_of("main", "develop"),
        "version": lambda fake: f"{fake.random_int(0, 5)}.{fake.random_int(0, 20)}.{fake.random_int(0, 9)}",
        "hash, sha": lambda fake: fake.sha1(),
        "token": lambda fake: fake.lexify("?" * 24),
        "password": lambda fake: fake.password(),
        "emoji": _one_of("🎉", "🚀", "✅"),
        "sql": _one_of("SELECT 1"),
        "model": _one_of("claude-sonnet-4-5", "claude-haiku-4-5"),
    }
)

NUMBERS: Mapping[str, Usual] = _by_name(
    {
        "age": Usual(18, 80),
        "year": Usual(1990, 2026),
        "month": Usual(1, 12),
        "day": Usual(1, 28),
        "hour": Usual(0, 23),
        "minute": Usual(0, 59),
        "second": Usual(1, 59),
        "duration": Usual(1, 120),
        "timeout": Usual(1000, 60000),
        "timestamp, created, created at": Usual(1704067200, 1798675200),
        "price, cost, amount": Usual(1, 500, 2),
        "total": Usual(1, 1000, 2),
        "salary": Usual(30000, 120000),
        "quantity": Usual(1, 10),
        "count": Usual(1, 20),
        "number, size, limit": Usual(1, 100),
        "offset": Usual(0, 20),
        "page": Usual(1, 10),
        "index": Usual(0, 10),
        "line": Usual(1, 200),
        "max result": Usual(1, 10),
        "id": Usual(1, 10000),
        "port": Usual(1024, 65535),
        "latitude, lat": Usual(-90, 90, 4),
        "longitude, lng, lon": Usual(-180, 180, 4),
        "temperature": Usual(-5, 35, 1),
        "humidity": Usual(20, 95),
        "percent, percentage": Usual(0, 100),
        "rating, star": Usual(1, 5),
        "score, confidence, probability, ratio": Usual(0, 1, 2),
        "weight": Usual(1, 100, 1),
        "height, width": Usual(1, 200, 1),
        "distance": Usual(1, 500, 1),
    }
)
