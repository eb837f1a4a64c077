"""Whether the keys let the services use them: CloudWatch Logs for the log group, Bedrock for the payload bucket.

The policies are read statement by statement, for the request that each service makes; an association of key and log
group says nothing, because CloudWatch Logs accepts a key first and fails to use it later.
"""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from bedrock_o11y.blueprint import invocation_logging as blueprint
from bedrock_o11y.blueprint import sources
from bedrock_o11y.check.resource_policy import ANYTHING, Answer, ServiceRequest, answer
from bedrock_o11y.check.rung import Judgement, RungSpec, combined, failed, not_applicable, passed, unknown, unreadable
from bedrock_o11y.check.subject import logs_key, payload_key, shown_key, subject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bedrock_o11y.blueprint import Grant
    from bedrock_o11y.check.evidence import Evidence

_EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "kms:ReEncrypt*": ("kms:ReEncryptFrom", "kms:ReEncryptTo"),
    "kms:GenerateDataKey*": ("kms:GenerateDataKey",),
    # DescribeKey carries no encryption context, so under the documented condition it never matches: not judged.
    "kms:Describe*": (),
}
"""What a service really asks for under each pattern of the blueprint (AWS KMS API reference)."""


def judge(evidence: Evidence) -> Judgement:
    """PASS when every customer key in use lets its service use it."""
    judgements = [judgement for judgement in (_logs(evidence), _payloads(evidence)) if judgement]
    if judgements:
        return combined(*judgements)
    group = evidence.fact("log_group")
    if group.is_unreadable and subject(evidence).log_group:
        return unreadable("The key of the log group", group)
    if group.is_absent:
        return unknown("The log group is gone, and no record says which key it had.", blocked_by="log-group")
    if not subject(evidence).log_group and evidence.fact("configuration").value is None:
        return unknown("No configuration says which log group and key are in use.", blocked_by="configuration")
    return not_applicable("No customer key is in use, so there is no key policy to judge.")


def _logs(evidence: Evidence) -> Judgement | None:
    name, key = subject(evidence).log_group, logs_key(evidence)
    if not name or not key:
        return None
    arn = f"arn:{evidence.partition}:logs:{evidence.region}:{evidence.account}:log-group:{name}"
    context = {"kms:EncryptionContext:aws:logs:arn": arn}
    return _judge(evidence, "key_policy", blueprint.LOGS_KEY_GRANT, key, context, f"log group {name}")


def _payloads(evidence: Evidence) -> Judgement | None:
    place, key = subject(evidence).bucket, payload_key(evidence)
    if not place or not key:
        return None
    context = {
        "aws:SourceAccount": evidence.account,
        "aws:SourceArn": f"arn:{evidence.partition}:bedrock:{evidence.region}:{evidence.account}:{ANYTHING}",
    }
    return _judge(evidence, "payload_key_policy", blueprint.PAYLOAD_KEY_GRANT, key, context, f"bucket {place.bucket}")


def _judge(
    evidence: Evidence, fact: str, grant: Grant, key: str, context: Mapping[str, str], encrypted: str
) -> Judgement:
    reading = evidence.fact(fact)
    if reading.is_unreadable:
        return unreadable(f"The policy of {shown_key(key)}", reading)
    if reading.is_absent:
        return failed(f"Key {key} does not exist.", next_step=f"Give {encrypted} a key that exists.")
    service = Template(grant.principals[0]).substitute(Region=evidence.region)
    answers = {
        action: answer(reading.value, ServiceRequest(service, action, key, context))
        for pattern in grant.actions
        for action in _EXAMPLES.get(pattern, (pattern,))
    }
    refused = {action: found for action, found in answers.items() if found[0] in (Answer.NOT_ALLOWED, Answer.DENIED)}
    if refused:
        return failed(
            *(_sentence(service, action, key, encrypted, *found) for action, found in refused.items()),
            next_step=f"Add a statement to the policy of key {key}: principal {service}, actions "
            f"{', '.join(grant.actions)}, with the condition on {' and '.join(c.key for c in grant.conditions)}. "
            f"{grant.purpose}",
        )
    open_questions = {found[1] for found in answers.values() if found[0] is Answer.UNDECIDED}
    if open_questions:
        return unknown(
            f"Whether {shown_key(key)} lets {service} use it for {encrypted} depends on conditions of statement "
            f"{', '.join(sorted(open_questions))} that cannot be judged from outside.",
            next_step="Read that statement by eye, or run with --canary: a record that arrives proves the key.",
        )
    statements = sorted({found[1] for found in answers.values()})
    return passed(
        f"The policy of {shown_key(key)} lets {service} use it for {encrypted} (statement {', '.join(statements)})."
    )


def _sentence(service: str, action: str, key: str, encrypted: str, found: Answer, statement: str) -> str:
    if found is Answer.DENIED:
        return f"Statement {statement} of the policy of {shown_key(key)} denies {action} to {service} for {encrypted}."
    return f"No statement of the policy of {shown_key(key)} allows {action} to {service} for {encrypted}."


RUNG = RungSpec(
    id="key-policy",
    title="The key policies name the services that encrypt",
    why="A key can be associated with a log group without letting CloudWatch Logs use it; then no record is stored.",
    reads=("configuration", "record", "log_group", "key_policy", "bucket", "bucket_encryption", "payload_key_policy"),
    how="Reads every statement of the key policies: principal, actions, resource and conditions, for the requests that "
    "CloudWatch Logs makes for this log group and Bedrock for this bucket. A Deny wins. A condition whose value cannot "
    "be known makes the rung UNKNOWN. NOT_APPLICABLE without a customer key.",
    sources=(sources.LOGS_ENCRYPTION, sources.INVOCATION_LOGGING),
    judge=judge,
)
