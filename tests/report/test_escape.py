"""Text of somebody else in every form."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bedrock_o11y.report.escape import json_text, markdown, markdown_code, plain, xml_attribute, xml_text

from .typed_audits import HOSTILE

ANY_TEXT = st.text(st.characters())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("role/äß 字", "role/äß 字"),
        ("a\nb\tc\r", r"a\nb\tc\r"),
        ("\x1b[31m", r"\x1b[31m"),
        ("\x9b31m\x7f", r"\x9b31m\x7f"),
        ("user\u202egpj.exe", r"user\u202egpj.exe"),
        ("\u200b\ufeff", r"\u200b\ufeff"),
        ("\ud800", r"\ud800"),
        ("arn:\ue000AWS::Partition\ue001:iam", "arn:<AWS::Partition>:iam"),
        ("\ue000open", r"\ue000open"),
    ],
)
def test_a_terminal_gets_only_what_prints(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(ANY_TEXT)
def test_whatever_is_printed_is_printable_and_can_be_encoded(text: str) -> None:
    assert plain(text).isprintable()
    plain(text).encode()  # half a character would raise


@given(ANY_TEXT)
def test_xml_carries_any_text(text: str) -> None:
    tree = ElementTree.fromstring(f"<a b={xml_attribute(text)}>{xml_text(text)}</a>")  # noqa: S314  our own document
    assert tree.get("b") == plain(text)
    assert (tree.text or "") == "\n".join(plain(line) for line in text.split("\n"))


@given(st.dictionaries(ANY_TEXT, ANY_TEXT))
def test_json_gives_back_what_it_was_given_and_shows_nothing_that_does_not_print(document: dict[str, str]) -> None:
    kept = {key: value for key, value in document.items() if "\ue000" not in key + value}
    text = json_text(kept)
    assert json.loads(text) == kept
    assert text.replace("\n", "").isprintable()


def test_json_names_what_a_template_does_not_know() -> None:
    assert json.loads(json_text({"arn": "arn:\ue000AWS::Partition\ue001:iam"})) == {"arn": "arn:<AWS::Partition>:iam"}


def rendered(source: str) -> ElementTree.Element:
    """As GitHub renders it: tables, bare links, HTML passed on."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return ElementTree.fromstring(f"<r>{parser.render(source)}</r>")  # noqa: S314  escaped, or this fails


@pytest.mark.parametrize("escape", [markdown, markdown_code])
@given(text=ANY_TEXT)
def test_no_text_breaks_out_of_a_cell_or_makes_markup(escape, text: str) -> None:
    tree = rendered(f"| a | b |\n| --- | --- |\n| x {escape(text)} | y |")
    cells = tree.findall(".//td")
    assert len(cells) == 2
    words = "".join(cells[0].itertext()).replace("\u200b", "")
    assert words.split() == ["x", *plain(text).split()]
    assert [each.tag for each in cells[0]] == (["code"] if escape is markdown_code else [])


def test_a_hostile_text_neither_links_nor_mentions() -> None:
    source = markdown(HOSTILE + " www.example.com https://example.com a@example.com ~~x~~ $x$")
    for markup in ("@octocat", "@example", "www.", "://", "<", "|", "`", "$", "["):
        assert markup not in source


def test_a_long_list_has_a_line_for_each_element_and_says_the_same():
    document = {
        "schema": {"name": "x"},
        "empty": [],
        "roles": [{"arn": f"r{i}", "findings": [1, 2]} for i in range(150)],
    }
    text = json_text(document)
    assert json.loads(text) == document
    assert len(text.splitlines()) == 150 + 6
