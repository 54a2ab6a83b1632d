"""Letters by e-mail, through a real SMTP server."""

import datetime as dt
import socket
import time

import pytest
from tests.features.letters.conftest import Post, body_of, letters_policy, statuses, text_of
from tests.policies import two_brands
from tests.prepared import CopyOf
from tests.world import World

from dunwell.settings import Smtp

MORNING = dt.datetime(2026, 3, 12, 6, tzinfo=dt.UTC)


def _debtors(world: World, *numbers: str, policy: str = "", **columns: str) -> None:
    world.policy(policy or letters_policy())
    for number in numbers or ("B1",):
        address = {"email": f"{number.lower()}@customers.example", **columns}
        world.customer(number, delivery="email", **address)
        world.bill("80.00", "2026-03-01", number, bill_no=f"R-{number}")
    world.nights("2026-03-11", "2026-03-12")


@pytest.fixture
def debtor(copy_of: CopyOf) -> World:
    """One customer, to whom a letter goes by e-mail."""
    return copy_of(_debtors)


def _template(world: World, name: str, source: str, *, kind: str = "dunning", form: str) -> None:
    """After the policy is applied, which takes away what no version of it has listed."""
    world.rows(
        "insert into template (kind, name, engine, format, source, changed_by)"
        " values (%s, %s, 'jinja2', %s, %s, 'me') returning id",
        *(kind, name, form, source),
    )


def test_a_pdf_is_attached_to_the_words_of_the_body_template(debtor: World, post: Post):
    debtor.deliver("2026-03-12", smtp=post.smtp, moment=MORNING)
    (mail,) = post.received()
    assert mail["To"] == "b1@customers.example"
    assert mail["From"] == "Northwind <billing@northwind.example>"
    assert mail["Subject"] == "Your account B1: please read the attached letter"
    assert mail["Message-ID"].startswith("<dunwell.")
    assert mail["Date"] == "Thu, 12 Mar 2026 06:00:00 +0000"
    assert "Dear Ada Okafor" in body_of(mail)
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "B1.pdf"
    assert "R-B1" in text_of(attached.get_content())
    assert statuses(debtor) == [("sent", None)]
    assert debtor.events("letter_sent")[0]["data"]["message_id"] == mail["Message-ID"]


def test_html_is_the_body_by_default_with_plain_text_beside_it(world: World, post: Post):
    html = "<title>Please pay {{ total_amount_text }}</title><p>Dear {{ account.name }}</p>"
    _debtors(world, policy=letters_policy("1 own letter"), name="Ada <b>Okafor</b>")
    _template(world, "own", html, form="html")
    world.deliver("2026-03-12", smtp=post.smtp)
    (mail,) = post.received()
    assert mail["Subject"] == "Please pay $80.00"
    assert "Ada &lt;b&gt;Okafor&lt;/b&gt;" in body_of(mail, "html")
    assert "Ada <b>Okafor</b>" in body_of(mail)
    assert list(mail.iter_attachments()) == []


def test_html_is_attached_if_the_policy_says_so_with_a_body_of_its_own(world: World, post: Post):
    settings = {"email_option": '"attachment"', "email_body": '"words"'}
    _debtors(world, policy=letters_policy("1 own letter", **settings))
    _template(world, "own", "<p>{{ account.name }}</p>", form="html")
    _template(world, "words", "We enclose a letter.", kind="email_body", form="text")
    world.deliver("2026-03-12", smtp=post.smtp)
    (mail,) = post.received()
    assert body_of(mail).strip() == "We enclose a letter."
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "B1.html"


@pytest.mark.parametrize(
    ("pay_type", "own", "setting", "channel"),
    [
        ("invoice", "email", "print", "email"),
        ("invoice", "postal", "email", "print"),
        ("invoice", "", "email", "print"),
        ("card", "postal", "email", "email"),
        ("card", "email", "print", "print"),
    ],
)
def test_invoice_payers_choose_and_the_setting_decides_for_the_others(
    world: World, pay_type: str, own: str, setting: str, channel: str
):
    world.policy(letters_policy(delivery=f'"{setting}"'))
    world.customer(delivery=own, pay_type=pay_type, email="ada@customers.example")
    world.bill("80.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-12")
    world.deliver("2026-03-12")
    assert world.rows("select channel from letter") == [(channel,)]


def test_without_an_address_the_letter_is_printed(world: World, post: Post):
    _debtors(world, email="")
    assert world.deliver("2026-03-12", smtp=post.smtp).counts["printed"] == 1
    assert post.received() == []


@pytest.mark.parametrize(
    "address",
    [
        "ada@customers.example\r\nBcc: victim@example.com",
        "ada@customers.example, victim@example.com",
        "<ada@customers.example> SIZE=1",
        "nobody",
    ],
)
def test_an_address_that_is_none_is_an_error_and_injects_nothing(
    world: World, post: Post, address: str
):
    _debtors(world, email=address)
    world.deliver("2026-03-12", smtp=post.smtp)
    assert post.received() == []
    ((status, message),) = statuses(world)
    assert (status, "can't be used" in message) == ("error", True)


def test_a_name_adds_no_header(world: World, post: Post):
    text = "{% set subject = account.name %}Dear {{ account.name }}"
    _debtors(
        world,
        policy=letters_policy("1 own letter"),
        name="Ada\r\nBcc: victim@example.com\r\n\r\nGotcha",
    )
    _template(world, "own", text, form="text")
    world.deliver("2026-03-12", smtp=post.smtp)
    (mail,) = post.received()
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Ada Bcc: victim@example.com Gotcha"
    assert post.server.envelopes == [("billing@northwind.example", ["b1@customers.example"])]


def test_lines_that_begin_with_a_dot_arrive_whole(world: World, post: Post):
    _debtors(world, policy=letters_policy("1 own letter"))
    _template(world, "own", "One\n.\n..two\nEnd", form="text")
    world.deliver("2026-03-12", smtp=post.smtp)
    body = body_of(post.received()[0])
    assert body.split() == ["One", ".", "..two", "End"]


def test_bounces_return_to_their_own_address(debtor: World, post: Post):
    smtp = post.smtp.model_copy(update={"bounce_address": "bounces@northwind.example"})
    debtor.deliver("2026-03-12", smtp=smtp)
    assert post.server.envelopes[0][0] == "bounces@northwind.example"


def test_without_a_mail_server_e_mails_wait_and_the_report_says_so(debtor: World, post: Post):
    report = debtor.deliver("2026-03-12")
    assert report.counts["without_mail_server"] == 1
    assert statuses(debtor) == [("rendered", None)]
    assert debtor.deliver("2026-03-12", smtp=post.smtp).counts["mailed"] == 1


def test_a_server_that_is_down_loses_nothing_and_is_tried_after_growing_pauses(
    world: World, post: Post
):
    _debtors(world, "B1", "B2", "B3")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        down = Smtp(host="127.0.0.1", port=taken.getsockname()[1], security="none", timeout=1)
        moment, pauses = MORNING, []
        for _ in range(5):
            world.deliver("2026-03-12", smtp=down, moment=moment)
            ((following,),) = world.rows("select distinct next_attempt_at from letter")
            pauses.append((following - moment).total_seconds() / 60)
            early = world.deliver("2026-03-12", smtp=post.smtp, moment=moment)
            assert early.counts["mailed"] == 0
            moment = following
    assert pauses == [1, 4, 16, 64, 256]
    assert world.deliver("2026-03-12", smtp=post.smtp, moment=moment).counts["mailed"] == 3
    assert sorted(mail["To"] for mail in post.received()) == [
        f"b{number}@customers.example" for number in (1, 2, 3)
    ]


def test_a_letter_that_waited_is_not_sent_to_somebody_who_paid_meanwhile(debtor: World, post: Post):
    debtor.deliver("2026-03-12")
    debtor.pay("80.00", "2026-03-12")
    assert debtor.deliver("2026-03-12", smtp=post.smtp).counts["withdrawn"] == 1
    assert post.received() == []


def test_a_recipient_that_is_refused_for_good_is_an_error_and_stops_no_other(
    world: World, post: Post
):
    _debtors(world, "B1", "B2")
    post.server.answers["RCPT"] = "550 no such user"
    report = world.deliver("2026-03-12", smtp=post.smtp)
    assert report.counts["failed"] == 2
    assert {message for _, message in statuses(world)} == {"mail server: 550 no such user"}


def test_what_is_refused_for_now_is_tried_later_and_arrives_once(world: World, post: Post):
    _debtors(world, "B1", "B2")
    post.server.answers["DATA"] = "451 greylisted"
    report = world.deliver("2026-03-12", smtp=post.smtp, moment=MORNING)
    assert report.counts["deferred"] == 2
    del post.server.answers["DATA"]
    assert world.deliver("2026-03-12", smtp=post.smtp, moment=MORNING).counts["mailed"] == 0
    later = MORNING + dt.timedelta(minutes=1)
    assert world.deliver("2026-03-12", smtp=post.smtp, moment=later).counts["mailed"] == 2
    assert len(post.received()) == 2


def test_without_a_sender_everything_waits(world: World, post: Post):
    world.policy(letters_policy().replace('email = "billing@northwind.example", ', ""))
    world.customer(delivery="email", email="ada@customers.example")
    world.bill("80.00", "2026-03-01")
    world.nights("2026-03-11", "2026-03-12")
    report = world.deliver("2026-03-12", smtp=post.smtp)
    assert report.counts["deferred"] == 1
    assert "DUNWELL_SMTP__SENDER" in statuses(world)[0][1]


def test_a_brand_without_a_sender_holds_up_no_other(world: World, post: Post):
    sender = 'name = "north"\nsender = { email = "billing@north.example" }\n'
    world.policy(two_brands("1 letter {brand}").replace('name = "north"\n', sender, 1))
    for brand in ("south", "north"):
        email = f"{brand}@customers.example"
        world.customer(brand, brand=brand, delivery="email", email=email)
        world.bill("80.00", "2026-03-01", brand, bill_no=f"R-{brand}")
    world.nights("2026-03-11", "2026-03-12")
    counts = world.deliver("2026-03-12", smtp=post.smtp).counts
    assert (counts["mailed"], counts["deferred"]) == (1, 1)
    assert [mail["To"] for mail in post.received()] == ["north@customers.example"]


def test_a_letter_that_somebody_takes_back_as_it_is_sent_stays_here(debtor: World, post: Post):
    taken_back = "update letter set status = 'withdrawn', message = 'exempted' returning id"

    def take_back() -> None:
        debtor.rows(taken_back)

    post.server.before_text = take_back
    patient = post.smtp.model_copy(update={"timeout": 30})
    began = time.monotonic()
    debtor.deliver("2026-03-12", smtp=patient)
    assert time.monotonic() - began < patient.timeout
    assert post.received() == []
    assert statuses(debtor) == [("withdrawn", "exempted")]


def test_an_address_in_another_alphabet_becomes_one_that_servers_know(world: World, post: Post):
    _debtors(world, email="ada@büro.example")
    world.deliver("2026-03-12", smtp=post.smtp)
    assert post.server.envelopes[0][1] == ["ada@xn--bro-hoa.example"]
