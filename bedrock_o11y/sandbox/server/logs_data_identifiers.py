"""Managed data identifiers of CloudWatch Logs data protection: which exist, and how those that are detected are found.

Source: CloudWatch Logs user guide, "Types of data that you can protect" (names, keywords, and that a keyword has to be
within 30 characters of the data, spaces in it also as underscore, hyphen or nothing). AWS does not publish its
patterns; the ones here find what the guide describes. An identifier that exists but is not detected is accepted and
masks nothing: ``sandbox/README.md`` lists them.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ARN_PREFIX = ":dataprotection::aws:data-identifier/"
_NEAR = 30

_DRIVERS_LICENSE = [
    "AT",
    "AU",
    "BE",
    "BG",
    "CA",
    "CY",
    "CZ",
    "DE",
    "DK",
    "EE",
    "ES",
    "FI",
    "FR",
    "GB",
    "GR",
    "HR",
    "HU",
    "IE",
    "IT",
    "LT",
    "LU",
    "LV",
    "MT",
    "NL",
    "PL",
    "PT",
    "RO",
    "SE",
    "SI",
    "SK",
    "US",
]
_BY_COUNTRY = {
    "BankAccountNumber": "DE ES FR GB IT US",
    "NationalIdentificationNumber": "DE ES IT",
    "PassportNumber": "CA DE ES FR GB IT US",
    "PhoneNumber": "BR DE ES FR GB IT US",
    "TaxId": "DE ES FR GB",
    "Ssn": "ES US",
}

NAMES: frozenset[str] = frozenset(
    {
        *["Address", "AwsSecretKey", "CepCode-BR", "Cnpj-BR", "CpfCode-BR", "CreditCardExpiration", "CreditCardNumber"],
        *["CreditCardSecurityCode", "DrugEnforcementAgencyNumber-US", "ElectoralRollNumber-GB", "EmailAddress"],
        *["HealthcareProcedureCode-US", "HealthInsuranceCardNumber-EU", "HealthInsuranceClaimNumber-US"],
        *["HealthInsuranceNumber-FR", "IndividualTaxIdentificationNumber-US", "InseeCode-FR", "IpAddress", "LatLong"],
        *["MedicareBeneficiaryNumber-US", "Name", "NationalDrugCode-US", "NationalInsuranceNumber-GB"],
        *["NationalProviderId-US", "NhsNumber-GB", "NieNumber-ES", "NifNumber-ES", "OpenSshPrivateKey"],
        *["PermanentResidenceNumber-CA", "PersonalHealthNumber-CA", "PgpPrivateKey", "PkcsPrivateKey", "PostalCode-CA"],
        *["PuttyPrivateKey", "RgNumber-BR", "SocialInsuranceNumber-CA", "VehicleIdentificationNumber", "ZipCode-US"],
        *(f"DriversLicense-{country}" for country in _DRIVERS_LICENSE),
        *(f"{kind}-{country}" for kind, countries in _BY_COUNTRY.items() for country in countries.split()),
    }
)
"""Every managed identifier that CloudWatch Logs knows."""


@dataclass(frozen=True, slots=True)
class Detector:
    """How one identifier is found.

    Attributes:
        pattern: finds candidates; a group named ``data`` is what is masked, otherwise the whole match.
        keywords: one of them has to be near; none means that no keyword is required.
        confirm: looks twice at a candidate, such as a checksum.
    """

    pattern: re.Pattern[str]
    keywords: tuple[str, ...] = ()
    confirm: Callable[[str], bool] = bool

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where the text holds this kind of data.

        Args:
            text: a log event's message.

        Yields:
            start and end of each finding.
        """
        for match in self.pattern.finditer(text):
            start, end = match.span("data") if "data" in self.pattern.groupindex else match.span()
            if self.confirm(text[start:end]) and self._has_keyword(text, start, end):
                yield start, end

    def _has_keyword(self, text: str, start: int, end: int) -> bool:
        if not self.keywords:
            return True
        around = text[max(0, start - _NEAR) : start] + "\0" + text[end : end + _NEAR]
        return any(_keyword(keyword).search(around) for keyword in self.keywords)


@functools.cache
def _keyword(keyword: str) -> re.Pattern[str]:
    """A keyword as a word of its own; its spaces may be underscores, hyphens or nothing."""
    parts = (re.escape(part) for part in re.split(r"[ _-]", keyword))
    return re.compile(r"(?<![a-z0-9])" + "[ _-]?".join(parts) + r"(?![a-z0-9])", re.IGNORECASE)


def luhn(number: str) -> bool:
    """Whether the digits of a card number end in the right check digit (ISO/IEC 7812-1).

    Args:
        number: digits, perhaps grouped by spaces or hyphens.

    Returns:
        True for 13 to 19 digits with a correct check digit.
    """
    digits = [int(character) for character in number if character.isdigit()]
    doubled = [sum(divmod(digit * 2, 10)) if place % 2 else digit for place, digit in enumerate(reversed(digits))]
    return 13 <= len(digits) <= 19 and len(set(digits)) > 1 and sum(doubled) % 10 == 0


def _ip(text: str) -> bool:
    return ":" in text or all(int(part) <= 255 for part in text.split("."))


def _private_key(kind: str) -> Detector:
    body = r"[\s\\n]*(?P<data>[A-Za-z0-9+/=:\s\\.,-]{16,}?)[\s\\n]*"
    return Detector(re.compile(rf"-----BEGIN {kind}-----{body}-----END {kind}-----"))


_PHONE_WORDS = ("cell", "contact", "fax", "fax number", "mobile", "phone", "phone number", "tel", "telephone")
_CARD_WORDS = (
    "account number", "american express", "amex", "bank card", "card", "card number", "cc #", "ccn", "check card",
    "credit", "credit card", "debit", "diners club", "discover", "jcb", "mastercard", "mc", "pan", "union pay", "visa",
)  # fmt: skip

DETECTORS: dict[str, Detector] = {
    "EmailAddress": Detector(
        # The look-behind keeps a long run of letters from being tried again at each of its letters.
        re.compile(r"(?<![A-Za-z0-9._%+'-])[A-Za-z0-9._%+'-]+@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}")
    ),
    "IpAddress": Detector(
        re.compile(r"(?<![\w.:])(?:(?:\d{1,3}\.){3}\d{1,3}|(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4})(?![\w:]|\.\d)"),
        confirm=_ip,
    ),
    "CreditCardNumber": Detector(re.compile(r"(?<![\d-])\d(?:[ -]?\d){12,18}(?![\d-])"), _CARD_WORDS, luhn),
    "AwsSecretKey": Detector(
        re.compile(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])"),
        ("aws_secret_access_key", "credentials", "secret access key", "secret key", "set-awscredential"),
    ),
    "Ssn-US": Detector(
        re.compile(r"(?<![\d-])(?!000|666|9)\d{3}[ -]?(?!00)\d{2}[ -]?(?!0000)\d{4}(?![\d-])"),
        ("social security", "ss#", "ssn", "socsec", "social"),
    ),
    "PhoneNumber-US": Detector(
        re.compile(r"(?<![\d])(?:\+?1[ .-]?)?\(?[2-9]\d{2}\)?[ .-]?[2-9]\d{2}[ .-]?\d{4}(?!\d)"), _PHONE_WORDS
    ),
    "PhoneNumber-GB": Detector(re.compile(r"(?<!\d)(?:\+44[ ]?|0)\d{2,4}[ ]?\d{3,4}[ ]?\d{3,4}(?!\d)"), _PHONE_WORDS),
    "PhoneNumber-DE": Detector(re.compile(r"(?<!\d)(?:\+49[ /-]?|0)\d{2,5}[ /-]?\d{3,9}(?!\d)"), _PHONE_WORDS),
    "CreditCardSecurityCode": Detector(
        re.compile(r"(?<![\w.-])\d{3,4}(?![\w.-])"),
        ("card id", "card security code", "card validation code", "card verification", "cvc", "cvc2", "cvv", "cvv2"),
    ),
    "CreditCardExpiration": Detector(
        re.compile(r"(?<![\d/-])(?:0?[1-9]|1[0-2])[/-](?:20)?\d{2}(?![\d/-])"),
        ("exp", "exp date", "expiration", "expiration date", "expiry", "valid thru", "valid through"),
    ),
    "BankAccountNumber-US": Detector(
        re.compile(r"(?<![\w-])\d{9,17}(?![\w-])"),
        ("bank account", "bank acct", "checking account", "checking acct", "deposit account", "savings account"),
    ),
    "PassportNumber-US": Detector(
        re.compile(r"(?<![A-Za-z0-9])[A-Z0-9]\d{8}(?![A-Za-z0-9])"), ("passport", "travel document")
    ),
    "PuttyPrivateKey": Detector(re.compile(r"Private-Lines: \d+(?P<data>[A-Za-z0-9+/=\s\\]{16,}?)(?=Private-MAC)")),
    "OpenSshPrivateKey": _private_key("OPENSSH PRIVATE KEY"),
    "PkcsPrivateKey": _private_key("(?:RSA |EC |ENCRYPTED )?PRIVATE KEY"),
    "PgpPrivateKey": _private_key("PGP PRIVATE KEY BLOCK"),
}
"""The identifiers that the sandbox detects."""
