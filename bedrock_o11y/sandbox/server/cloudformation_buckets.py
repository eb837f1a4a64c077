"""``AWS::S3::Bucket`` with encryption, lifecycle, ownership and logging, and a deletion that loses nothing.

Source: CloudFormation template reference, AWS::S3::Bucket: "You can only delete empty buckets. Deletion fails for
buckets that have contents." MiniStack ignores these properties and deletes buckets with everything in them.
"""

from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, SubElement, tostring

from . import service_seams as seams

if TYPE_CHECKING:
    from collections.abc import Callable

    Properties = dict[str, Any]

TYPE = "AWS::S3::Bucket"
_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_imported: contextvars.ContextVar[frozenset[str]] = contextvars.ContextVar("sandbox_imported", default=frozenset())
_RULE_PROPERTIES = {
    "Id", "Status", "Prefix", "TagFilters", "ExpirationInDays", "ExpirationDate", "ExpiredObjectDeleteMarker",
    "NoncurrentVersionExpiration", "NoncurrentVersionExpirationInDays", "AbortIncompleteMultipartUpload",
    "Transitions", "Transition", "NoncurrentVersionTransitions",
}  # fmt: skip


def encryption_xml(configuration: Properties) -> bytes:
    """The body of PutBucketEncryption for a BucketEncryption property.

    Args:
        configuration: the property.

    Returns:
        XML.
    """
    root = Element("ServerSideEncryptionConfiguration", xmlns=_NAMESPACE)
    for rule in configuration.get("ServerSideEncryptionConfiguration") or []:
        element = SubElement(root, "Rule")
        default = rule.get("ServerSideEncryptionByDefault")
        if default:
            applied = SubElement(element, "ApplyServerSideEncryptionByDefault")
            _texts(applied, default, "SSEAlgorithm", "KMSMasterKeyID")
        _texts(element, rule, "BucketKeyEnabled")
    return tostring(root)


def lifecycle_xml(configuration: Properties) -> bytes:
    """The body of PutBucketLifecycleConfiguration for a LifecycleConfiguration property.

    Args:
        configuration: the property.

    Returns:
        XML.

    Raises:
        ValueError: a rule has a property that the sandbox does not know.
    """
    root = Element("LifecycleConfiguration", xmlns=_NAMESPACE)
    for rule in configuration.get("Rules") or []:
        unknown = set(rule) - _RULE_PROPERTIES
        if unknown:
            raise ValueError(f"{TYPE}: the sandbox does not know the lifecycle properties {sorted(unknown)}")
        element = SubElement(root, "Rule")
        _texts(element, {**rule, "ID": rule.get("Id")}, "ID", "Status")
        _filter(SubElement(element, "Filter"), rule)
        expiration = {"Days": rule.get("ExpirationInDays"), "Date": rule.get("ExpirationDate")}
        expiration["ExpiredObjectDeleteMarker"] = rule.get("ExpiredObjectDeleteMarker")
        _group(element, "Expiration", expiration)
        for transition in [*(rule.get("Transitions") or []), *([rule["Transition"]] if "Transition" in rule else [])]:
            days = {"Days": transition.get("TransitionInDays"), "Date": transition.get("TransitionDate")}
            _group(element, "Transition", {**days, "StorageClass": transition.get("StorageClass")})
        noncurrent = rule.get("NoncurrentVersionExpiration") or {}
        days_kept = noncurrent.get("NoncurrentDays") or rule.get("NoncurrentVersionExpirationInDays")
        kept = {"NoncurrentDays": days_kept, "NewerNoncurrentVersions": noncurrent.get("NewerNoncurrentVersions")}
        _group(element, "NoncurrentVersionExpiration", kept)
        for transition in rule.get("NoncurrentVersionTransitions") or []:
            moved = {"NoncurrentDays": transition.get("TransitionInDays")}
            _group(element, "NoncurrentVersionTransition", {**moved, "StorageClass": transition.get("StorageClass")})
        _group(element, "AbortIncompleteMultipartUpload", rule.get("AbortIncompleteMultipartUpload") or {})
    return tostring(root)


def ownership_xml(configuration: Properties) -> bytes:
    """The body of PutBucketOwnershipControls for an OwnershipControls property.

    Args:
        configuration: the property.

    Returns:
        XML.
    """
    root = Element("OwnershipControls", xmlns=_NAMESPACE)
    for rule in configuration.get("Rules") or []:
        _group(root, "Rule", rule)
    return tostring(root)


def logging_xml(configuration: Properties) -> bytes:
    """The body of PutBucketLogging for a LoggingConfiguration property.

    Args:
        configuration: the property.

    Returns:
        XML.
    """
    root = Element("BucketLoggingStatus", xmlns=_NAMESPACE)
    target = {
        "TargetBucket": configuration.get("DestinationBucketName"),
        "TargetPrefix": configuration.get("LogFilePrefix") or "",
    }
    _group(root, "LoggingEnabled", target)
    return tostring(root)


PROPERTIES: tuple[tuple[str, Callable[[Properties], bytes], str, str | None], ...] = (
    # property, its XML, how it is put, how it is taken away
    ("BucketEncryption", encryption_xml, "s3.put_encryption", "s3.delete_encryption"),
    ("LifecycleConfiguration", lifecycle_xml, "s3.put_lifecycle", "s3.delete_lifecycle"),
    ("OwnershipControls", ownership_xml, "s3.put_ownership", None),
    ("LoggingConfiguration", logging_xml, "s3.put_logging", None),
)
"""What the sandbox adds to MiniStack's bucket."""


def _apply(name: str, properties: Properties, former: Properties) -> None:
    for key, xml_of, put, delete in PROPERTIES:
        value = properties.get(key)
        if value:
            status, _, answer = seams.get(put)(name, xml_of(value))
            if status >= 300:
                raise ValueError(f"{TYPE} {key}: {bytes(answer).decode(errors='replace')[:300]}")
        elif former.get(key) and delete is not None:
            seams.get(delete)(name)


def _create(original: Any) -> Any:
    def create(logical_id: str, properties: Properties, stack_name: str) -> Any:
        name, attributes = original(logical_id, properties, stack_name)
        try:
            _apply(name, properties, {})
        except ValueError:
            seams.get("s3.delete_bucket")(name)
            raise
        return name, attributes

    return create


def _update(original: Any) -> Any:
    def update(physical_id: str, former: Properties, properties: Properties, stack_name: str) -> Any:
        name, attributes = original(physical_id, former, properties, stack_name)
        _apply(name, properties, former if name == physical_id else {})
        return name, attributes

    return update


def _delete(original: Any) -> Any:
    def delete(physical_id: str, properties: Properties) -> None:
        if physical_id in seams.get("s3.buckets"):
            status, _, _ = seams.get("s3.delete_bucket")(physical_id)
            if status == 409:
                raise ValueError(
                    "The bucket you tried to delete is not empty. You must delete all versions in the bucket. "
                    "(Service: S3, Status Code: 409)"
                )
        original(physical_id, properties)

    return delete


def _importing(original: Any) -> Any:
    async def deploy(*arguments: Any, **options: Any) -> Any:
        identifiers = (options.get("imports") or {}).values()
        _imported.set(frozenset(item["BucketName"] for item in identifiers if "BucketName" in item))
        return await original(*arguments, **options)

    return deploy


def _conflict(original: Any) -> Any:
    """A bucket that a change set imports exists, and that is no conflict (``--import-existing-resources``)."""

    def conflict(name: str) -> str | None:
        reason: str | None = None if name in _imported.get() else original(name)
        return reason

    return conflict


def _filter(element: Element, rule: Properties) -> None:
    tags, prefix = rule.get("TagFilters") or [], rule.get("Prefix") or ""
    # More than one condition stands inside And (S3 API reference, LifecycleRuleFilter).
    holder = SubElement(element, "And") if len(tags) + bool(prefix) > 1 else element
    if prefix or not tags:
        SubElement(holder, "Prefix").text = prefix
    for tag in tags:
        _group(holder, "Tag", tag)


def _group(parent: Element, name: str, values: Properties) -> None:
    if any(value not in (None, "") for value in values.values()):
        _texts(SubElement(parent, name), values, *values)


def _texts(parent: Element, values: Properties, *names: str) -> None:
    for name in names:
        value = values.get(name)
        if value is not None:
            SubElement(parent, name).text = str(value).lower() if isinstance(value, bool) else str(value)


def install() -> None:
    """Wrap MiniStack's handlers of buckets."""
    handlers = seams.get("cfn.handlers")
    bucket = handlers[TYPE]
    handlers[TYPE] = {
        **bucket,
        "create": _create(bucket["create"]),
        "update": _update(bucket["update"]),
        "delete": _delete(bucket["delete"]),
    }
    seams.replace("cfn.deploy_change_set", _importing(seams.get("cfn.deploy_change_set")))
    seams.replace("cfn.bucket_conflict", _conflict(seams.get("cfn.bucket_conflict")))
