"""Who may call what, typed by hand from the AWS documentation, without a look at the sandbox's own table."""

from __future__ import annotations

from tests.sandbox import (
    authorization_cases_agentcore,
    authorization_cases_bedrock,
    authorization_cases_deliveries,
    authorization_cases_logs,
    authorization_cases_memories,
    authorization_cases_others,
    authorization_cases_xray,
)
from tests.sandbox.authorization_case import Allow, Case

__all__ = ["CASES", "MINISTACKS", "Allow", "Case"]

CASES: list[Case] = [
    *authorization_cases_logs.CASES,
    *authorization_cases_deliveries.CASES,
    *authorization_cases_bedrock.CASES,
    *authorization_cases_others.CASES,
    *authorization_cases_xray.CASES,
    *authorization_cases_agentcore.CASES,
    *authorization_cases_memories.CASES,
]
"""One case or more for every row of the table."""

MINISTACKS: list[Case] = authorization_cases_others.MINISTACKS
"""Operations without a row, which MiniStack judges as AWS does."""
