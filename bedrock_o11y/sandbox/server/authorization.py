"""Puts the authorisation table in the place of MiniStack's own judgement, inside its dispatch.

Authentication stays MiniStack's: the first requirement of a request goes through its `enforce`, which checks key,
token, signature and time before any policy.
"""

from __future__ import annotations

from typing import Any

from . import exchange, seams
from .authorization_model import Request, Requirement, requirements
from .authorization_request import operation_of, parameters_of
from .authorization_table import CORRECTED, TABLE

_ONE_PROTOCOL = frozenset({"dynamodb", "events", "kms", "lambda", "s3", "secretsmanager", "ssm", "states"})
"""Services without the query protocol. MiniStack takes the action from a parameter `Action` before it looks at the
operation it will run, so a caller could be judged on one action and served another."""


def install() -> None:
    """Replace MiniStack's functions that say what a request is authorised as."""
    _Judge().install()


class _Judge:
    """The replacements; each falls back on what stood there before for everything the table does not speak of."""

    def __init__(self) -> None:
        self._account = seams.get("core.responses:get_account_id")
        self._key = seams.get("services.kms:_resolve_key")
        self._models_behind = _application_profiles()

    def install(self) -> None:
        self._action_before = seams.replace("core.iam_actions:extract_iam_action", self.action)
        self._resource_before = seams.replace("core.iam_actions:extract_resource_arn", self.resource)
        self._enforce_before = seams.replace("core.iam_evaluator:enforce", self.enforce)
        self._denied_before = seams.replace("core.iam_actions:access_denied_response", self.denied)
        self._logs_context_before = seams.replace("core.iam_actions:logs_service_context", self.logs_context)
        self._auth_error = seams.get("core.iam_evaluator:AuthError")
        self._result = seams.get("core.iam_evaluator:EvalResult")

    def action(
        self, service: str, method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> str | None:
        """The action a request is authorised as; also what the rest of this class judges it by."""
        current = exchange.current()
        if service in CORRECTED:
            operation, parts = operation_of(service, method, path, headers, body, query_params, TABLE)
            self._judge(current, self._request(operation, headers, body, query_params, parts))
            # Something must be asked, or the request would be let through with authentication alone.
            return TABLE[operation].needs[0].action if operation in TABLE else operation
        known = query_params
        if service in _ONE_PROTOCOL and "Action" in query_params:
            known = {name: value for name, value in query_params.items() if name != "Action"}
        action: str | None = self._action_before(service, method, path, headers, body, known)
        if current is not None and action:
            current.operation = action
            if action in TABLE:
                self._judge(current, self._request(action, headers, body, query_params, {}))
        return action

    def _judge(self, current: exchange.Exchange | None, request: Request) -> None:
        if current is None:
            return
        current.operation = request.operation
        questions = requirements(request, TABLE)
        if questions is not None and TABLE[request.operation].adds:
            current.added = questions
            return
        current.judged = True
        current.questions = questions
        current.resource = questions[0].resource if questions else "*"

    def resource(self, service: str, *details: Any) -> str:
        """The resource a request is authorised on."""
        current = exchange.current()
        if current is not None and current.resource:
            # Also later in the same request, when a service asks for more on its own (logs:Unmask).
            return current.resource
        arn: str = self._resource_before(service, *details)
        if service == "kms" and ":alias/" in arn:
            # KMS developer guide, "Controlling access to aliases": a call that names an alias is judged on its key.
            key = self._key(arn)
            arn = key["Arn"] if key else arn
        return arn

    def logs_context(self, action: str, body: bytes, resource_arn: str, region: str, account_id: str) -> Any:
        """The tags of a request's log group, which MiniStack finds by the group's own ARN."""
        group = resource_arn.partition(":log-stream:")[0]
        return self._logs_context_before(action, body, group, region, account_id)

    def enforce(
        self,
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        """Judge a request: None when it is allowed, else why not."""
        current = exchange.current()
        if current is None or not (current.judged or current.added):
            return self._enforce_before(access_key_id, iam_action, service, region, resource_arn, service_context)
        judged, questions, added = current.judged, current.questions, current.added
        # Taken: what a service asks for on its own, while it answers, is not the caller's request.
        current.judged, current.questions, current.added = False, None, []
        if judged and not questions:
            refusal = self._enforce_before(access_key_id, iam_action, service, region, "*", service_context)
            if isinstance(refusal, self._auth_error):
                return refusal
            current.refused = Requirement(iam_action, "*", {})
            current.without_row = True
            return self._result("ImplicitDeny", reason="no row")
        if not judged:
            refusal = self._enforce_before(access_key_id, iam_action, service, region, resource_arn, service_context)
            if refusal is not None:
                return refusal
        for question in [*(questions or []), *added]:
            keys = {**(service_context or {}), **question.keys}
            refusal = self._enforce_before(access_key_id, question.action, service, region, question.resource, keys)
            if refusal is not None:
                current.refused = question
                return refusal
        return None

    def denied(self, service: str, action: str, *details: Any, **named: Any) -> Any:
        """The answer to a refused request, naming what was refused."""
        current = exchange.current()
        refused = current.refused if current is not None else None
        if current is not None and refused is not None and not named.get("error_code"):
            action = refused.action
            named["resource_arn"] = refused.resource
            if current.without_row:
                named["error_code"] = "AccessDeniedException"
                named["message"] = (
                    f"The sandbox refuses {current.operation}: its authorisation table has no row for it, so it cannot"
                    " tell who may do it."
                )
            elif not named.get("message") and service not in {"logs", "ssm"}:
                principal = details[0] if details else named.get("principal_arn", "")
                why = (
                    "with an explicit deny in an identity-based policy"
                    if named.get("explicit_deny")
                    else (f"because no identity-based policy allows the {action} action")
                )
                named["message"] = (
                    f"User: {principal} is not authorized to perform: {action} on resource: {refused.resource} {why}"
                )
        return self._denied_before(service, action, *details, **named)

    def _request(
        self, operation: str, headers: dict[str, str], body: bytes, query: dict[str, Any], path: dict[str, str]
    ) -> Request:
        return Request(
            operation=operation,
            region=seams.get("core.responses:get_region")(),
            account=str(self._account()),
            parameters=parameters_of(headers, body, query),
            path=path,
            headers=headers,
            models_behind=self._models_behind,
        )


def _application_profiles() -> Any:
    profiles = seams.get("services.bedrock:_inference_profiles_apps")

    def models_behind(identifier: str) -> list[str]:
        record = profiles.get(identifier.rpartition("/")[2]) or {}
        return [str(entry["ModelArn"]) for entry in record.get("Models", [])]

    return models_behind
