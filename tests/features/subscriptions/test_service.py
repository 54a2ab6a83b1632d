"""Who may subscribe to what, and what is refused."""

from pathlib import Path

import pytest
from pydantic import SecretStr
from tests.features.subscriptions.conftest import Publisher

from dunwell.domain.errors import BadInput, Conflict, Forbidden, NotFound
from dunwell.features.access.actor import Actor, Permission
from dunwell.features.subscriptions import queries, secrets, service
from dunwell.features.subscriptions.addresses import check_url, networks, refuse
from dunwell.features.subscriptions.outgoing import Outgoing
from dunwell.settings import Settings

URL = "https://example.com/events"
OUTSIDE = Outgoing(b"k" * 32)


def test_who_may_not_subscribe_is_refused(publisher: Publisher):
    nobody = Actor("Nobody", frozenset({Permission.VIEW}), brands=None)
    for verb, given in (
        (service.create, (OUTSIDE, "mine", URL, service.Wish())),
        (service.pause, ("mine",)),
        (service.delete, ("mine",)),
        (queries.subscriptions, ()),
    ):
        with pytest.raises(Forbidden):
            publisher.do(verb, *given, actor=nobody)


def test_behind_the_wall_of_a_brand_one_meets_only_one_s_own(publisher: Publisher):
    with publisher.database.connect() as connection:
        connection.execute(
            "insert into brand (name, locale, time_zone, calendar_id)"
            " select 'North', locale, time_zone, calendar_id from brand"
        )
        ((north,),) = connection.execute("select id from brand where name = 'North'").fetchall()
    publisher.world.customer("B1")
    walled = Actor("Nora", frozenset(Permission), brands=frozenset({north}))
    publisher.subscribe(URL, "everything")
    publisher.do(service.create, OUTSIDE, "ours", URL, service.Wish(), actor=walled)
    (own,) = publisher.do(queries.subscriptions, actor=walled)
    assert (own["name"], own["brands"]) == ("ours", ["North"])
    for verb in (service.pause, service.delete):
        with pytest.raises(NotFound):
            publisher.do(verb, "everything", actor=walled)
    for wish in (service.Wish(brands=["Default"]), service.Wish(bill_units=["B1"])):
        with pytest.raises(NotFound):
            publisher.do(service.create, OUTSIDE, "theirs", URL, wish, actor=walled)


def test_a_name_is_given_once(publisher: Publisher):
    publisher.subscribe(URL)
    with pytest.raises(Conflict, match="billing"):
        publisher.subscribe(URL)


@pytest.mark.parametrize(
    ("wish", "named"),
    [({"kinds": ["case_opend"]}, "case_opend"), ({"bill_units": ["none"]}, "none")],
)
def test_what_doesn_t_exist_can_t_be_subscribed_to(publisher: Publisher, wish, named: str):
    with pytest.raises(BadInput, match=named):
        publisher.subscribe(URL, **wish)
    assert publisher.do(queries.subscriptions) == []


def test_every_change_is_an_event(publisher: Publisher):
    publisher.subscribe(URL)
    publisher.do(service.pause, "billing")
    publisher.do(service.delete, "billing")
    changes = publisher.world.rows(
        "select actor, data ->> 'change' from event where kind = 'subscription_changed' order by id"
    )
    assert changes == [("Grace", "created"), ("Grace", "paused"), ("Grace", "deleted")]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "https://",
        "https://user:secret@example.com/",
        "https://example.com/#part",
        "https://example.com:port/",
        "http://example.com/",
        "https://exämple.com/",
        "https://example.com/a b",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fe80::1]/",
        "https://[fc00::1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2002:7f00:1::]/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://100.64.0.1/",
        "https://" + "a" * 2000 + ".com/",
    ],
)
def test_where_nothing_may_be_sent(url: str):
    with pytest.raises(BadInput):
        check_url(url, ())


def test_public_hosts_may_be_sent_to_and_private_ones_that_are_allowed():
    check_url("https://example.com/events?tenant=7", ())
    check_url("https://93.184.216.34/", ())
    allowed = networks(["10.20.0.0/16"])
    check_url("http://10.20.1.1:8080/", allowed)
    check_url("http://[::ffff:10.20.1.1]:8080/", allowed)
    with pytest.raises(BadInput, match="not a public address"):
        check_url("https://10.21.1.1/", allowed)
    with pytest.raises(BadInput, match="https"):
        check_url("http://93.184.216.34/", allowed)
    with pytest.raises(BadInput, match=r"10\.20\.0\.0/16"):
        networks(["10.20.0.1/16"])
    assert refuse is not None


def test_the_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path):
    settings = Settings(home=tmp_path / "home", secret_key=None)
    key = secrets.installation_key(settings)
    assert secrets.installation_key(settings) == key
    assert len(key) >= 32
    assert ((tmp_path / "home" / "secret.key").stat().st_mode & 0o777) == 0o600
    assert [path.name for path in (tmp_path / "home").iterdir()] == ["secret.key"]


def test_a_key_that_is_too_short_is_refused(tmp_path: Path):
    with pytest.raises(BadInput, match="5 characters"):
        secrets.installation_key(Settings(home=tmp_path, secret_key=SecretStr("short")))


def test_secrets_differ_and_the_database_holds_none(publisher: Publisher):
    one = publisher.subscribe(URL, "one", OUTSIDE)
    two = publisher.subscribe(URL, "two", OUTSIDE)
    assert one != two
    stored = str(publisher.world.rows("select to_jsonb(subscription) from subscription"))
    assert one not in stored
    assert one.removeprefix("whsec_") not in stored
