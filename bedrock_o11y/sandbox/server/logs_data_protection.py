"""Data protection policies of log groups: validation, masking at ingestion, and reading with or without the mask.

Source: CloudWatch Logs user guide, "Help protect sensitive log data with masking", and the API reference of
PutDataProtectionPolicy. Events ingested after the policy was set are masked with as many asterisks wherever they leave
CloudWatch Logs; ``unmask`` needs ``logs:Unmask`` on the log group.
"""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

from .logs_answers import LogsError, group_named, group_of, ok
from .logs_data_identifiers import ARN_PREFIX, DETECTORS, NAMES, Detector

if TYPE_CHECKING:
    from . import service_seams as seams

_LONGEST_DOCUMENT = 30_720
_MOST_CUSTOM = 10
_LONGEST_REGEX = 200


class MaskedMessage(str):
    """A message as it is shown, which still knows what was under the mask."""

    unmasked: str

    @classmethod
    def of(cls, shown: str, unmasked: str) -> MaskedMessage:
        """A masked message.

        Args:
            shown: with asterisks.
            unmasked: as it was ingested.

        Returns:
            the message.
        """
        message = cls(shown)
        message.unmasked = unmasked
        return message


def put_policy(data: dict[str, Any]) -> seams.Response:
    """PutDataProtectionPolicy: one policy per log group, replaced as a whole."""
    name = group_named(data.get("logGroupIdentifier"))
    policy = set_policy(name, data.get("policyDocument"))
    return ok({"logGroupIdentifier": data["logGroupIdentifier"], **policy})


def get_policy(data: dict[str, Any]) -> seams.Response:
    """GetDataProtectionPolicy: no ``policyDocument`` for a log group that has none."""
    group = group_of(group_named(data.get("logGroupIdentifier")))
    return ok({"logGroupIdentifier": data["logGroupIdentifier"], **group.get("dataProtection", {})})


def delete_policy(data: dict[str, Any]) -> seams.Response:
    """DeleteDataProtectionPolicy: events that were masked stay masked."""
    group = group_of(group_named(data.get("logGroupIdentifier")))
    if group.pop("dataProtection", None) is not None:
        group["dataProtectionStatus"] = "DELETED"
    return ok({})


def set_policy(name: str, document: Any) -> dict[str, Any]:
    """Validate a policy document and store it with its log group.

    Args:
        name: of the log group.
        document: JSON text, or the object that a template holds.

    Returns:
        what the API answers: the document and when it was put.

    Raises:
        LogsError: the log group does not exist, or the document breaks a rule.
    """
    group = group_of(name)
    text = document if isinstance(document, str) else json.dumps(document)
    detectors_of(text)
    policy = {"policyDocument": text, "lastUpdatedTime": int(time.time() * 1000)}
    group["dataProtection"] = policy
    group["dataProtectionStatus"] = "ACTIVATED"
    return policy


def mask(group: dict[str, Any], message: str) -> str:
    """The message as the log group's policy shows it.

    Args:
        group: MiniStack's record of the log group.
        message: as it was ingested; one that is masked already stays as it is.

    Returns:
        the message, masked where the policy finds something.
    """
    policy = group.get("dataProtection")
    if policy is None or isinstance(message, MaskedMessage):
        return message
    shown = message
    for detector in detectors_of(policy["policyDocument"]):
        for start, end in detector.spans(message):
            shown = shown[:start] + "*" * (end - start) + shown[end:]
    return message if shown == message else MaskedMessage.of(shown, message)


def unmasked(value: Any) -> Any:
    """An answer with every masked message as it was ingested.

    Args:
        value: JSON-like.

    Returns:
        a copy.
    """
    if isinstance(value, MaskedMessage):
        return value.unmasked
    if isinstance(value, dict):
        return {key: unmasked(item) for key, item in value.items()}
    if isinstance(value, list):
        return [unmasked(item) for item in value]
    return value


def detectors_of(text: str) -> list[Detector]:
    """The detectors that a policy document asks for, after every rule about the document has been checked.

    Args:
        text: the policy document.

    Returns:
        detectors of the managed identifiers that the sandbox finds, and of the custom ones.

    Raises:
        LogsError: the first rule that the document breaks.
    """
    try:
        document = json.loads(text)
    except ValueError:
        raise _invalid("The policy document is not valid JSON.") from None
    if len(text) > _LONGEST_DOCUMENT:
        raise _invalid(f"The policy document is longer than {_LONGEST_DOCUMENT} characters.")
    if not isinstance(document, dict) or not document.get("Name") or document.get("Version") != "2021-06-01":
        raise _invalid('A policy document has a Name and the Version "2021-06-01".')
    identifiers = _identifiers(document.get("Statement"))
    custom = _custom(document.get("Configuration"))
    detectors = []
    for identifier in identifiers:
        name = identifier.partition(ARN_PREFIX)[2]
        if identifier in custom:
            detectors.append(custom[identifier])
        elif name in NAMES and re.fullmatch(r"arn:aws[a-z-]*", identifier.partition(":dataprotection")[0]):
            if name in DETECTORS:
                detectors.append(DETECTORS[name])
        else:
            raise _invalid(f"The data identifier {identifier} does not exist.")
    return detectors


def _identifiers(statements: Any) -> list[str]:
    if not isinstance(statements, list) or len(statements) != 2:
        raise _invalid("A policy document has two statements, one that audits and one that de-identifies.")
    found: list[list[str]] = []
    operations: set[str] = set()
    for statement in statements:
        operation = statement.get("Operation") if isinstance(statement, dict) else None
        if not isinstance(operation, dict) or len(operation) != 1:
            raise _invalid("Each statement has one Operation, Audit or Deidentify.")
        identifiers = statement.get("DataIdentifier")
        if not isinstance(identifiers, list) or not identifiers:
            raise _invalid("Each statement has a DataIdentifier array that is not empty.")
        found.append(sorted(map(str, identifiers)))
        operations |= set(operation)
        if "Audit" in operation and not isinstance(operation["Audit"].get("FindingsDestination"), dict):
            raise _invalid("The Audit operation has a FindingsDestination object, which may be empty.")
        if "Deidentify" in operation and operation["Deidentify"].get("MaskConfig") != {}:
            raise _invalid("The Deidentify operation has an empty MaskConfig object.")
    if operations != {"Audit", "Deidentify"}:
        raise _invalid("One statement audits and one de-identifies.")
    if found[0] != found[1]:
        raise _invalid("The DataIdentifier arrays of the two statements must match exactly.")
    return found[0]


def _custom(configuration: Any) -> dict[str, Detector]:
    given = (configuration or {}).get("CustomDataIdentifier") or []
    if len(given) > _MOST_CUSTOM:
        raise _invalid(f"A policy has at most {_MOST_CUSTOM} custom data identifiers.")
    detectors = {}
    for identifier in given:
        regex = str(identifier.get("Regex", ""))
        if not 1 <= len(regex) <= _LONGEST_REGEX:
            raise _invalid(f"The regex of a custom data identifier has 1 to {_LONGEST_REGEX} characters.")
        try:
            detectors[str(identifier.get("Name", ""))] = Detector(re.compile(regex))
        except re.error as error:
            raise _invalid(f"The regex {regex} is not valid: {error}.") from None
    return detectors


def _invalid(message: str) -> LogsError:
    return LogsError("InvalidParameterException", message)
