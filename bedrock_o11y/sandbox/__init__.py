"""An AWS account on this machine: MiniStack over HTTPS with IAM enforcement, corrected where it differs from AWS."""

from __future__ import annotations

from bedrock_o11y.sandbox.machine import Sandbox

__all__ = ["Sandbox"]
