"""What AgentCore keeps for one account and Region: runtimes with their endpoints, memories, gateways, identities."""

from __future__ import annotations

import secrets
import string
import time
from dataclasses import dataclass, field
from typing import Any

from . import service_seams as seams
from . import service_settings
from .agentcore_answers import not_found

PREFIX = "bedrock-agentcore"
_SUFFIX_LENGTH = 10


@dataclass(slots=True)
class Lifecycle:
    """What a resource is doing, and since when.

    Attributes:
        created: seconds since the epoch.
        updated: seconds since the epoch.
        doing: `CREATING`, `UPDATING` or `DELETING` while it lasts.
        until: seconds since the epoch at which it is done.
    """

    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)
    doing: str = "CREATING"
    until: float = 0.0

    def begin(self, doing: str) -> None:
        """Begin what goes on after the answer.

        Args:
            doing: `CREATING`, `UPDATING` or `DELETING`.
        """
        self.doing, self.updated = doing, time.time()
        self.until = self.updated + service_settings.current().agentcore_change_seconds

    def status(self, settled: str = "READY") -> str:
        """The status now.

        Args:
            settled: what the resource is called when nothing goes on.

        Returns:
            as the API answers it.
        """
        return self.doing if time.time() < self.until else settled

    @property
    def is_gone(self) -> bool:
        """Whether the resource has been deleted, and the deletion is done."""
        return self.doing == "DELETING" and time.time() >= self.until


@dataclass(slots=True)
class Endpoint:
    """An endpoint of a runtime.

    Attributes:
        name: of the endpoint.
        id: name and ten characters.
        arn: of the endpoint.
        version: of the runtime that it leads to.
        life: what it is doing.
        description: as given.
    """

    name: str
    id: str
    arn: str
    version: str
    life: Lifecycle
    description: str | None = None


@dataclass(slots=True)
class Runtime:
    """A runtime.

    Attributes:
        name: of the agent.
        id: name and ten characters.
        arn: of the runtime.
        versions: the members of the request that made each version, by number as text.
        life: what it is doing.
        endpoints: by name.
        sessions: the id of the microVM that serves each session, by log group and session id.
        tags: as given.
    """

    name: str
    id: str
    arn: str
    versions: dict[str, dict[str, Any]]
    life: Lifecycle
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    sessions: dict[tuple[str, str], str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def latest(self) -> str:
        """The number of the newest version."""
        return str(len(self.versions))


@dataclass(slots=True)
class Resource:
    """A memory or a gateway.

    Attributes:
        name: as given.
        id: name and ten characters.
        arn: of the resource.
        given: the members of the request.
        life: what it is doing.
        tags: as given.
    """

    name: str
    id: str
    arn: str
    given: dict[str, Any]
    life: Lifecycle
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Account:
    """The resources of one account and Region.

    Attributes:
        runtimes: by id.
        memories: by id.
        gateways: by id.
        identities: when each workload identity was created, by name.
    """

    runtimes: dict[str, Runtime] = field(default_factory=dict)
    memories: dict[str, Resource] = field(default_factory=dict)
    gateways: dict[str, Resource] = field(default_factory=dict)
    identities: dict[str, float] = field(default_factory=dict)

    def forget(self) -> None:
        """Drop what has been deleted."""
        for runtime in list(self.runtimes.values()):
            for endpoint in list(runtime.endpoints.values()):
                if endpoint.life.is_gone:
                    del runtime.endpoints[endpoint.name]
            if runtime.life.is_gone:
                del self.runtimes[runtime.id]
                self.identities.pop(runtime.id, None)
        for store in (self.memories, self.gateways):
            for resource in list(store.values()):
                if resource.life.is_gone:
                    del store[resource.id]
                    self.identities.pop(resource.id, None)


_accounts: dict[tuple[str, str], Account] = {}


def current() -> Account:
    """The resources of the account and Region of this request, without those whose deletion is done.

    Returns:
        the record itself.
    """
    account = _accounts.setdefault((seams.account_id(), seams.region()), Account())
    account.forget()
    return account


def runtime_of(identity: str) -> Runtime:
    """A runtime of the account and Region of this request.

    Args:
        identity: its id.

    Returns:
        the record itself.

    Raises:
        AgentCoreError: there is none.
    """
    runtime = current().runtimes.get(identity)
    if runtime is None:
        raise not_found(f"Agent '{identity}' was not found. Please check the agent ID and try again.")
    return runtime


def arn(resource: str) -> str:
    """The ARN of a resource of AgentCore in the account and Region of this request.

    Args:
        resource: the sixth field.

    Returns:
        the ARN.
    """
    return f"arn:aws:{PREFIX}:{seams.region()}:{seams.account_id()}:{resource}"


def identity_arn(name: str) -> str:
    """The ARN of a workload identity.

    Args:
        name: of the identity.

    Returns:
        the ARN.
    """
    return arn(f"workload-identity-directory/default/workload-identity/{name}")


def new_id(name: str, alphabet: str = string.ascii_letters + string.digits) -> str:
    """An id: the name and ten characters.

    Args:
        name: of the resource.
        alphabet: of the characters.

    Returns:
        the id.
    """
    return f"{name}-{''.join(secrets.choice(alphabet) for _ in range(_SUFFIX_LENGTH))}"
