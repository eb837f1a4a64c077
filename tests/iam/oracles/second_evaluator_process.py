"""Answers requests with MiniStack's evaluator: a JSON line in, its answer out. Runs in the sandbox's environment."""

from __future__ import annotations

import json
import sys

from ministack.core.iam_evaluator import EvalContext, evaluate, parse_policy_document


def main() -> None:
    """Until the input ends."""
    for line in sys.stdin:
        case = json.loads(line)
        context = EvalContext(
            principal_arn="arn:aws:sts::123456789012:assumed-role/r/s",
            principal_type="AssumedRole",
            principal_account="123456789012",
            action=case["action"],
            resource_arn=case["resource"],
            region="us-east-1",
            source_ip="192.0.2.1",
            secure_transport=True,
            service_context={key.lower(): value for key, value in case["context"].items()},
        )
        fences = [[parse_policy_document(document)] for document in case["fences"]]
        identity = [parse_policy_document(document) for document in case["identity"]]
        print(json.dumps(evaluate(context, identity, *fences).decision), flush=True)


if __name__ == "__main__":
    main()
