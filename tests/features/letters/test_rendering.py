"""Templates that are wrong or hostile: an error with its place, nothing read, nothing hung."""

import time
from typing import Any

import pytest

from dunwell.features.letters import sample
from dunwell.features.letters.engines import Document
from dunwell.features.letters.rendering import Failed, Job, Outcome, Renderer

XSL = (
    '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">'
    '<xsl:template match="/" name="a">%s</xsl:template></xsl:stylesheet>'
)
GROWING = (
    "{% set n = namespace(s='x' * 1000) %}"
    "{% for i in range(60) %}{% set n.s = n.s ~ n.s %}{% endfor %}{{ n.s }}"
)
FORMS = {"typst": "pdf", "jinja2": "text", "xslt": "text"}


def _render(renderer: Renderer, engine: str, source: str, **data: Any) -> Outcome:
    job = Job("T", engine, FORMS[engine], source, "en_US", {**sample.data(), **data}, sample.SENDER)
    return renderer.render(job)


def _message(outcome: Outcome) -> str:
    assert isinstance(outcome, Failed), outcome
    return outcome.message


@pytest.mark.parametrize(
    ("engine", "source", "message"),
    [
        ("typst", '#import "/layout.typ": *\n\n#data.compny', "line 3: there is no field 'compny'"),
        ("jinja2", "Dear\n{{ account.compny }}", "line 2: there is no field 'compny'"),
        ("jinja2", "{{ compny }}", "line 1: there is no field 'compny'"),
        ("jinja2", "{% for row in rows %}\n{{ row.sum }}{% endfor %}", "line 2: there is no field"),
        (
            "xslt",
            XSL % '\n<xsl:value-of select="letter/account/compny"/>',
            "line 2: there is no field 'letter/account/compny'",
        ),
        ("typst", "#let x =", "line 1: expected"),
        ("jinja2", "{% if %}", "line 1: Expected"),
        ("xslt", "<xsl:stylesheet", "line 1: not XML"),
        ("xslt", "<letter/>", "line 1: not a stylesheet"),
    ],
)
def test_a_fault_names_template_line_and_field(
    renderer: Renderer, engine: str, source: str, message: str
):
    assert message in _message(_render(renderer, engine, source))
    assert _message(_render(renderer, engine, source)).startswith("template T")


@pytest.mark.parametrize(
    ("engine", "source"),
    [
        ("typst", '#read("/etc/passwd")'),
        ("typst", '#read("../../../../settings.py")'),
        ("typst", '#image("/etc/passwd")'),
        ("typst", '#import ("@prev" + "iew/cetz:0.3.0")'),
        ("typst", '#import "@local/x:1.0.0"'),
        ("jinja2", "{% include '/etc/passwd' %}"),
        ("jinja2", "{{ ''.__class__.__mro__[1].__subclasses__() }}"),
        ("jinja2", "{{ cycler.__init__.__globals__.os.popen('id').read() }}"),
        ("jinja2", "{{ account.clear() }}"),
        ("xslt", XSL % "<xsl:copy-of select=\"document('/etc/passwd')\"/>"),
        ("xslt", XSL % "<xsl:copy-of select=\"document('http://127.0.0.1:1/x')\"/>"),
        ("xslt", XSL % "" + '<!-- --><?xml-stylesheet href="file:///etc/passwd"?>'),
        (
            "xslt",
            (XSL % "").replace("<xsl:template", '<xsl:import href="/etc/hosts"/><xsl:template'),
        ),
        ("xslt", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + XSL % "&a;"),
    ],
)
def test_a_template_reads_and_fetches_nothing(renderer: Renderer, engine: str, source: str):
    outcome = _render(renderer, engine, source)
    if isinstance(outcome, Document):
        assert b"root:" not in outcome.content
    else:
        assert "root:" not in outcome.message


@pytest.mark.parametrize(
    ("engine", "source"),
    [
        ("typst", "#let f(n) = f(n + 1)\n#f(1)"),
        ("typst", "#let n = 0\n#while n < 1 { n = n - 1 }"),
        ("typst", '#let x = "a" * 1000000000\n#x'),
        ("typst", "#range(10000000).map(x => range(10000000)).len()"),
        (
            "jinja2",
            "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        ),
        ("jinja2", "{{ 'x' * 10 ** 9 }}"),
        ("jinja2", "{{ 9 ** (9 ** 9) }}"),
        ("jinja2", "{{ '%2000000000d' % 1 }}"),
        ("jinja2", "{{ '{:>2000000000}'.format(1) }}"),
        (
            "jinja2",
            GROWING,
        ),
        ("xslt", XSL % '<xsl:call-template name="a"/>'),
        (
            "xslt",
            '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
            + XSL % "&b;",
        ),
    ],
)
def test_a_template_that_would_never_end_or_fill_the_memory_is_ended(
    renderer: Renderer, engine: str, source: str
):
    started = time.monotonic()
    assert _message(_render(renderer, engine, source))
    assert time.monotonic() - started < 20
    # the next letter is none the worse
    assert isinstance(_render(renderer, "jinja2", "{{ account.name }}"), Document)


def test_a_template_sees_no_secret_of_the_installation(
    renderer: Renderer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DUNWELL_SMTP__PASSWORD", "hush")
    with Renderer(1) as fresh:
        assert isinstance(_render(fresh, "jinja2", "x"), Document)
        process = fresh._all[0]._process  # noqa: SLF001 - the very process
        assert process is not None
        with open(f"/proc/{process.pid}/environ", "rb") as environment:  # noqa: PTH123
            assert b"hush" not in environment.read()


def test_what_a_customer_lacks_is_empty_and_no_fault(renderer: Renderer):
    account = {"account_no": "1", "name": "Ada", "locale": "en_US"}
    for engine, source in (
        ("jinja2", "{{ account.company }}|"),
        ("xslt", XSL % '<xsl:value-of select="letter/account/company"/>|'),
    ):
        outcome = _render(renderer, engine, source, account=account)
        assert isinstance(outcome, Document)
        assert outcome.content.decode().split("?>")[-1].strip() == "|"


def test_a_stylesheet_is_given_the_letter_as_xml(renderer: Renderer):
    body = (
        '<p><xsl:value-of select="/letter/account/name"/></p><xsl:for-each'
        ' select="/letter/rows/item"><li><xsl:value-of select="number"/></li></xsl:for-each>'
    )
    outcome = _render(
        renderer, "xslt", XSL % body, account={**sample.data()["account"], "name": "<Ada>"}
    )
    assert isinstance(outcome, Document)
    assert "<p>&lt;Ada&gt;</p><li>R-2025-11873</li>" in outcome.content.decode()


def test_the_same_letter_is_the_same_bytes(renderer: Renderer):
    source = '#import "/layout.typ": *\n#show: letter.with(title: "x")\n#owed\n#how_to_pay'
    first, second = (_render(renderer, "typst", source) for _ in range(2))
    assert isinstance(first, Document)
    assert first == second
