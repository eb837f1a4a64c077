from __future__ import annotations

import pytest

from bedrock_o11y.audit.patch import quotas
from bedrock_o11y.audit.patch.document import NotWritableError, document_json
from bedrock_o11y.iam import PolicyDocument, unknown

from .patching import allow, document, trusting

SAME = {
    "a statement": document(allow(["s3:GetObject"], ["*"], "A")),
    "without a Sid": document(allow(["s3:GetObject"], ["*"])),
    "a Deny": document({"Effect": "Deny", "Action": ["*"], "Resource": ["*"]}),
    "NotAction": document({"Effect": "Allow", "NotAction": ["iam:*"], "Resource": ["*"]}),
    "NotResource": document({"Effect": "Deny", "Action": ["s3:*"], "NotResource": ["arn:aws:s3:::a", "b"]}),
    "no resource at all": document({"Effect": "Deny", "Action": ["s3:*"], "NotResource": []}),
    "conditions": document(
        allow(
            ["s3:*"],
            ["*"],
            Condition={"StringEquals": {"a:b": ["c"], "a:d": ["e", "f"]}, "Bool": {"aws:SecureTransport": ["true"]}},
        )
    ),
    "the older version": document(allow(["s3:*"], ["${aws:userid}"]), version="2008-10-17"),
    "a service": document(
        {"Effect": "Allow", "Principal": {"Service": ["a.amazonaws.com", "b"]}, "Action": ["sts:AssumeRole"]}
    ),
    "everybody": document({"Effect": "Allow", "Principal": "*", "Action": ["sts:AssumeRole"]}),
    "everybody of AWS": document({"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": ["sts:AssumeRole"]}),
    "everybody but": document({"Effect": "Deny", "NotPrincipal": {"AWS": ["x"]}, "Action": ["sts:AssumeRole"]}),
    "two kinds": document(
        {"Effect": "Allow", "Principal": {"AWS": ["x"], "Federated": ["y"]}, "Action": ["sts:AssumeRole"]}
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_a_document_comes_back_as_it_was(name):
    assert document_json(PolicyDocument.parse(SAME[name])) == SAME[name]


def test_a_scalar_comes_back_as_a_list():
    assert document_json(PolicyDocument.parse(trusting())) == trusting() | {
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": ["bedrock-agentcore.amazonaws.com"]},
                "Action": ["sts:AssumeRole"],
            }
        ]
    }


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (document(allow("s3:*", f"arn:aws:s3:::{unknown('Bucket')}/*", "A")), "A contains <Bucket>"),
        (document(allow(unknown("Actions"), "*")), "statement 1 contains <Actions>"),
        (document(unknown("Whole")), "contains <Whole>"),
        (document({**allow("s3:*"), "Effect": unknown("E")}), "contains"),
        (document(allow("s3:*", Condition={"StringEquals": {unknown("key"): "x"}})), "contains"),
        (document(allow("s3:*", Condition=unknown("Conditions"))), "contains <Conditions>"),
        (unknown("Policy.Text"), "its text is not known"),
    ],
)
def test_what_is_not_known_is_never_written(source, said):
    with pytest.raises(NotWritableError, match=said):
        document_json(PolicyDocument.parse(source))


def test_white_space_is_not_counted():
    assert quotas.size({"Version": "2012-10-17", "Statement": []}) == len('{"Version":"2012-10-17","Statement":[]}')
    assert quotas.total([{}, {}]) == 4


@pytest.mark.parametrize(("text", "fine"), [("a\u00ff\t", True), ("\u0100", False), ("\ue000x\ue001", False)])
def test_iam_takes_latin_1_alone(text, fine):
    assert quotas.writable({"Sid": text}) is fine
