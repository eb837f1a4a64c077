"""The policy language of IAM: parse, match, decide, include. Pure: no files, no calls, nothing else of this package.

The questions it answers: would this one request be allowed (:func:`decide`), does a role have everything a need asks
for (:func:`cover`), is everything one policy allows also allowed by another (:func:`includes`), what does a role allow
beyond a recommendation (:func:`excess`), and who can make a service assume a role (:func:`assess_trust`). An answer is
proved or it is undecided; it is never a guess.
"""

from .cover import cover
from .coverage import Coverage, Need, Verdict
from .decide import Decision, Outcome, Request, decide
from .document import Condition, Effect, PolicyDocument, Principal, Statement, readable, unknown
from .errors import PolicyError
from .excess import Beyond, Excess, excess
from .include import Inclusion, includes
from .trust import OtherPrincipal, TrustAssessment, TrustVerdict, assess_trust
from .unknown_text import ANY_NAME
from .witness import StatementReference, Witness

__all__ = [
    "ANY_NAME",
    "Beyond",
    "Condition",
    "Coverage",
    "Decision",
    "Effect",
    "Excess",
    "Inclusion",
    "Need",
    "OtherPrincipal",
    "Outcome",
    "PolicyDocument",
    "PolicyError",
    "Principal",
    "Request",
    "Statement",
    "StatementReference",
    "TrustAssessment",
    "TrustVerdict",
    "Verdict",
    "Witness",
    "assess_trust",
    "cover",
    "decide",
    "excess",
    "includes",
    "readable",
    "unknown",
]
