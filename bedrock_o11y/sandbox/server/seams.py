"""Every private name of MiniStack that the sandbox relies on, in one table, verified at start.

The rest of the server reaches MiniStack's internals only through `get` and `replace`, and only by the addresses of the
table, so that an upgrade of MiniStack fails at start with one line that names what is missing, never in the middle of
a deploy.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import inspect
from dataclasses import dataclass
from typing import Any

from .service_names import SERVICE_NAMES

MINISTACK_VERSION = "1.5.33"
"""The version whose private names the table lists; requirements-sandbox.txt pins the same."""


class SeamError(Exception):
    """A private name of MiniStack is not as the table says."""


@dataclass(frozen=True, slots=True)
class Seam:
    """One private name.

    Attributes:
        address: `module:attribute`, the module relative to `ministack` unless it starts with `hypercorn`.
        why: what the sandbox does with it.
        parameters: for a function, the names of its parameters in order; empty when they do not matter.
    """

    address: str
    why: str
    parameters: tuple[str, ...] = ()

    @property
    def module(self) -> str:
        """The importable name of the module."""
        name = self.address.partition(":")[0]
        return name if name.split(".", maxsplit=1)[0] == "hypercorn" else f"ministack.{name}"

    @property
    def attribute(self) -> str:
        """The dotted attribute inside the module."""
        return self.address.partition(":")[2]


# --- The machine: serving, authorisation, faults -----------------------------------------------------------------

MACHINE: tuple[Seam, ...] = (
    Seam("app:app", "the ASGI application", ("scope", "receive", "send")),
    Seam("app:_is_ecr_registry_path", "the container registry is refused", ("path",)),
    Seam("app:AUTH", "tells whether enforcement is on"),
    Seam("app:SERVICE_HANDLERS", "the handlers by service; faults are applied around them, after authorisation"),
    Seam("app:_run_init_scripts", "replaced: it would run scripts of fixed folders of this machine"),
    Seam("app:_collect_scripts", "replaced: it would find scripts in fixed folders of this machine", ("dirs",)),
    Seam(
        "core.iam_actions:extract_iam_action",
        "replaced: the action an operation is authorised as",
        ("service", "method", "path", "headers", "body", "query_params"),
    ),
    Seam(
        "core.iam_actions:extract_resource_arn",
        "replaced: the resource an operation is authorised on",
        ("service", "method", "path", "headers", "body", "query_params", "region", "account_id"),
    ),
    Seam(
        "core.iam_actions:agentcore_endpoint_arn",
        "replaced: the table asks for the endpoint of an agent",
        ("path", "query_params"),
    ),
    Seam(
        "core.iam_actions:logs_service_context",
        "wrapped: finds the tags of a log group by the group's own ARN",
        ("action", "body", "resource_arn", "region", "account_id"),
    ),
    Seam(
        "core.iam_actions:access_denied_response",
        "wrapped: the message names the action and the resource that were refused",
        (
            "service",
            "action",
            "principal_arn",
            "request_id",
            "error_code",
            "message",
            "headers",
            "resource_arn",
            "explicit_deny",
            "resource_policy_arn",
        ),
    ),
    Seam(
        "core.iam_evaluator:enforce",
        "wrapped: an operation may need more than one permission",
        ("access_key_id", "iam_action", "service", "region", "resource_arn", "service_context"),
    ),
    Seam("core.iam_evaluator:caller_arn", "names the caller in a denial made to order"),
    Seam("core.iam_evaluator:AuthError", "tells a failed authentication from a refused authorisation"),
    Seam("core.iam_evaluator:EvalResult", "a refusal of an operation that has no row"),
    Seam("core.iam_evaluator:is_root_access_key", "replaced: only one key is the root user's", ("access_key_id",)),
    Seam("core.iam_evaluator:_is_root_key", "replaced: no key skips the signature check", ("access_key_id",)),
    Seam("core.lambda_runtime:execution_credentials", "wrapped: the credentials must not be guessable", ("config",)),
    Seam("services.lambda_svc:execution_credentials", "the same function under the name it is called by", ("config",)),
    Seam("services.sts:register_session", "registers a function's session", ("access_key", "session")),
    Seam("services.sts:_sessions", "forgets the guessable session"),
    Seam("core.responses:get_account_id", "the account of the request"),
    Seam("services.kms:_resolve_key", "the key behind an alias", ("key_id_or_arn",)),
    Seam("core.responses:get_region", "the Region of the request"),
    Seam("services.bedrock:_inference_profiles_apps", "the models behind an application inference profile"),
    Seam("services.s3:_resolve_sse_write_headers", "wrapped: the managed key of S3", ("headers", "bucket_name")),
    Seam("hypercorn.protocol.http_stream:ASGIHTTPState.CLOSED", "drops a response: the connection closes unanswered"),
    Seam("hypercorn.protocol.http_stream:HTTPStream.app_send", "the bound `send` leads to the stream"),
)

# --- The services: Bedrock delivery, Logs, CloudFormation, metrics -----------------------------------------------

SERVICES: tuple[Seam, ...] = tuple(Seam(address, why) for address, why in SERVICE_NAMES.values())

SEAMS: tuple[Seam, ...] = MACHINE + SERVICES


def verify() -> None:
    """Check that every name of the table is there and takes what we give it.

    Raises:
        SeamError: with one line that names what differs.
    """
    try:
        version = importlib.metadata.version("ministack")
    except importlib.metadata.PackageNotFoundError:
        raise SeamError("ministack is not installed in the sandbox's environment") from None
    if version != MINISTACK_VERSION:
        raise SeamError(f"ministack {version} is installed, the sandbox needs {MINISTACK_VERSION}")
    for seam in SEAMS:
        try:
            value = _find(seam)
        except (ImportError, AttributeError):
            raise SeamError(f"ministack {version} has no {seam.address} ({seam.why})") from None
        if seam.parameters:
            names = tuple(inspect.signature(value).parameters)
            if names != seam.parameters:
                raise SeamError(f"ministack {version}: {seam.address} takes {', '.join(names)}, not as expected")


def get(address: str) -> Any:
    """The object behind an address of the table.

    Args:
        address: as in the table.

    Returns:
        what stands there now.

    Raises:
        SeamError: the address is not in the table.
    """
    return _find(_row(address))


def replace(address: str, value: Any) -> Any:
    """Put another object behind an address of the table.

    Args:
        address: as in the table.
        value: what stands there from now on.

    Returns:
        what stood there before.

    Raises:
        SeamError: the address is not in the table.
    """
    seam = _row(address)
    before = _find(seam)
    *path, name = seam.attribute.split(".")
    holder: Any = importlib.import_module(seam.module)
    for part in path:
        holder = getattr(holder, part)
    setattr(holder, name, value)
    return before


def _row(address: str) -> Seam:
    for seam in SEAMS:
        if seam.address == address:
            return seam
    raise SeamError(f"{address} is not in the table of seams")


def _find(seam: Seam) -> Any:
    value: Any = importlib.import_module(seam.module)
    for part in seam.attribute.split("."):
        value = getattr(value, part)
    return value
