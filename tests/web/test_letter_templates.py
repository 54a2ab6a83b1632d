"""Templates of letters in the configuration: tried, compared, previewed, applied, restored."""

import html
import re
from typing import Any

from tests.web import town
from tests.web.conftest import Site
from tests.web.drafting import (
    HIGH,
    C,
    change,
    draft,
    fields,
    in_force,
)

from dunwell.features.access.actor import Operation, operator
from dunwell.features.policy import versions

TEMPLATE: dict[str, Any] = {"kind": "dunning", "name": "mine", "locale": "en_US"}
TEMPLATE |= {"made": "jinja2 text"}


def test_a_template_is_tried_before_it_goes_into_the_draft(owner: Site):
    refused = owner.post(f"{C}/templates/save", **TEMPLATE, source="{% nonsense")
    assert refused.status_code == 422
    assert "Nothing was loaded" in refused.text
    assert "{% nonsense" in refused.text
    told = owner.post(f"{C}/templates/check", part=True, **TEMPLATE, source="{% nonsense")
    assert re.search(r'id="e-source"[^>]*>[^<]*line 1', told.text)
    assert draft(owner) is None
    answer = owner.post(f"{C}/templates/save", **TEMPLATE, source="Hello {{ account.name }}")
    assert answer.status_code == 303, answer.text
    page = owner.get(answer.headers["location"]).text
    assert "changed in your draft" in page
    assert in_force(owner).templates == []


def test_words_are_compared_line_by_line_applied_with_the_policy_and_restored(owner: Site):
    shipped = f"{C}/templates/email_body/letter-attached?locale=en_US"
    before = html.unescape(re.split("</?textarea[^>]*>", owner.get(shipped).text)[1])
    given: dict[str, Any] = {"kind": "email_body", "name": "letter-attached", "locale": "en_US"}
    words = before.rstrip() + "\n<b>Thank you!</b>\n"
    owner.post(f"{C}/templates/save", **given, made="jinja2 text", source=words)
    change(owner, HIGH, entry_amount="325")
    page = owner.get(f"{C}/draft").text
    assert "<ins>+ &lt;b&gt;Thank you!&lt;/b&gt;</ins>" in page
    assert "325" in page
    assert owner.post(f"{C}/draft/apply", note="politer").status_code == 303
    with owner.world.database.connect() as connection:
        newest, older = versions.newest(Operation(connection, operator("x"), town.TODAY), limit=2)
    compared = owner.get(f"{C}/compare?older={older.id}&newer={newest.id}").text
    assert "Thank you!" in compared
    owner.post(f"{C}/versions/{older.id}/restore")
    assert "<del>− &lt;b&gt;Thank you!&lt;/b&gt;</del>" in owner.get(f"{C}/draft").text
    assert owner.post(f"{C}/draft/apply", note="back").status_code == 303
    assert "comes with Dunwell" in owner.get(shipped).text


def test_an_action_may_name_a_template_that_only_the_draft_has(owner: Site):
    owner.post(f"{C}/templates/save", **TEMPLATE, source="Hello")
    form = fields(owner.get(f"{C}/actions/new?type=dunning_letter").text)
    sent = {**form, "type": "dunning_letter", "name": "my letter", "template": "mine"}
    answer = owner.post(f"{C}/actions", **sent)
    assert answer.status_code == 303
    page = owner.get(f"{C}/templates/dunning/mine?locale=en_US").text
    assert ">my letter</bdi></a>" in page
    removed = owner.post(f"{C}/templates/dunning/mine/remove?locale=en_US")
    assert removed.headers["location"].startswith(f"{C}/templates/dunning/mine")
    assert owner.post(f"{C}/draft/apply", note="a letter of our own").status_code == 303
    assert [each.name for each in in_force(owner).templates] == ["mine"]


def test_a_text_is_previewed_beside_its_source(owner: Site):
    page = owner.get(f"{C}/templates/invoice_reminder/invoice-reminder?locale=en_US").text
    shown = page.split('<pre class="preview"', 1)[1].split("</pre>", 1)[0]
    assert len(shown) > 20
    assert "{{" not in shown


def test_an_uploaded_file_takes_the_place_of_what_was_typed(owner: Site):
    answer = owner.client.post(
        f"{C}/templates/save",
        data={**TEMPLATE, "source": "typed"},
        files={"file": ("letter.txt", "Grüße, {{ account.name }}".encode())},
        follow_redirects=False,
    )
    assert answer.status_code == 303, answer.text
    page = owner.get(answer.headers["location"]).text
    assert "Grüße, {{ account.name }}" in html.unescape(page)
    assert "typed" not in re.split("</?textarea[^>]*>", page)[1]


def test_a_file_that_is_no_text_is_refused_and_nothing_is_kept(owner: Site):
    answer = owner.client.post(
        f"{C}/templates/save",
        data=TEMPLATE,
        files={"file": ("letter.txt", b"Gr\xfc\xdfe \xff")},
        follow_redirects=False,
    )
    assert answer.status_code == 422
    assert "UTF-8" in answer.text
    assert draft(owner) is None


def test_a_draft_that_another_window_has_begun_is_noticed(owner: Site):
    page = owner.get(f"{C}/templates/new").text
    seen = fields(page)["version"]
    change(owner, HIGH, entry_amount="325")
    answer = owner.post(f"{C}/templates/save", **TEMPLATE, source="Hello", version=seen)
    assert answer.status_code == 422
    assert "changed meanwhile" in answer.text
    assert ">Hello</textarea>" in answer.text
    again = fields(answer.text)["version"]
    answer = owner.post(f"{C}/templates/save", **TEMPLATE, source="Hello", version=again)
    assert answer.status_code == 303, answer.text


def test_an_upload_has_a_limit(owner: Site):
    given = {"kind": "dunning", "name": "large", "locale": "en_US", "made": "typst pdf"}
    answer = owner.client.post(
        f"{C}/templates/save", data=given, files={"file": ("large.typ", b"a" * 2_000_001)}
    )
    assert answer.status_code == 413
    assert "can be sent at once" in answer.text
    assert "<html" in answer.text
