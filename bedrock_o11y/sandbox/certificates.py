"""The sandbox's certificate authority and the certificate of its server, made anew at every start."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bedrock_o11y.errors import CouldNotRunError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

SERVER_NAMES = ("localhost", "*.localhost", "s3.localhost", "*.s3.localhost", "*.s3.us-east-1.localhost")
"""Names a client may reach the server by. Clients that follow `AWS_ENDPOINT_URL` use 127.0.0.1, which makes every SDK
address S3 buckets in the path; the others serve clients told to use a name (`<bucket>.s3.localhost`), whose first label
is the bucket. OpenSSL does not match a wildcard right under a single label, Node does."""

_VALID = datetime.timedelta(days=30)
_LEEWAY = datetime.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Certificates:
    """The files of the sandbox's certificates.

    Attributes:
        folder: where they are.
    """

    folder: Path

    @property
    def authority(self) -> Path:
        """The authority's certificate, for clients."""
        return self.folder / "ca.pem"

    @property
    def bundle(self) -> Path:
        """The system's authorities and ours, for processes that also talk to others."""
        return self.folder / "bundle.pem"


class Authority:
    """A certificate authority whose key is nowhere but in this process.

    Args:
        name: its common name.
        domains: the only domains that it may sign names of (RFC 5280, name constraints); any name when empty.

    Raises:
        CouldNotRunError: the package `cryptography` is not installed.
    """

    def __init__(self, name: str, domains: Sequence[str] = ()) -> None:
        try:
            # Imported in the methods: it is an extra, and only starting a sandbox or a proxy needs it.
            from cryptography import x509
            from cryptography.hazmat.primitives import hashes
            from cryptography.hazmat.primitives.asymmetric import ec
        except ImportError:
            raise CouldNotRunError(
                "the sandbox needs the package cryptography for its certificate: pip install 'bedrock-o11y[sandbox]'"
            ) from None
        self._name = _named(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            self._begin(self._name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(authority=True), critical=True)
        )
        if domains:
            permitted = [x509.DNSName(domain) for domain in domains]
            builder = builder.add_extension(x509.NameConstraints(permitted, None), critical=True)
        self._certificate = builder.sign(self._key, hashes.SHA256())

    @property
    def pem(self) -> bytes:
        """Its certificate, for clients."""
        from cryptography.hazmat.primitives.serialization import Encoding

        return self._certificate.public_bytes(Encoding.PEM)

    def certificate(self, names: Sequence[str], addresses: Sequence[str] = ()) -> tuple[bytes, bytes]:
        """Sign a server's certificate, with a new key.

        Args:
            names: DNS names of the server.
            addresses: its IPv4 addresses.

        Returns:
            the certificate and its key, both PEM.
        """
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
        from cryptography.x509.oid import ExtendedKeyUsageOID

        key = ec.generate_private_key(ec.SECP256R1())
        known_as: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
        known_as += [x509.IPAddress(ipaddress.IPv4Address(address)) for address in addresses]
        signed = (
            self._begin(_named("bedrock-o11y sandbox"), key)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(authority=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName(known_as), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        return (
            signed.public_bytes(Encoding.PEM),
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        )

    def _begin(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        from cryptography import x509

        now = datetime.datetime.now(datetime.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _LEEWAY)
            .not_valid_after(now + _VALID)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )


def issue(folder: Path) -> Certificates:
    """Make an authority and a server certificate.

    Args:
        folder: an existing folder only the user may read.

    Returns:
        the files.

    Raises:
        CouldNotRunError: the package `cryptography` is not installed.
    """
    # The authority's key is not kept: nobody can sign another certificate with it.
    authority = Authority("bedrock-o11y sandbox authority")
    certificate, key = authority.certificate(SERVER_NAMES, ["127.0.0.1"])
    files = Certificates(folder)
    files.authority.write_bytes(authority.pem)
    files.bundle.write_bytes(_system_authorities() + authority.pem)
    (folder / "server.pem").write_bytes(certificate)
    key_file = folder / "server.key"
    key_file.touch(mode=0o600)
    key_file.write_bytes(key)
    return files


def _named(common_name: str) -> x509.Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _usage(*, authority: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _system_authorities() -> bytes:
    paths = ssl.get_default_verify_paths()
    for name in (paths.cafile, paths.openssl_cafile):
        if name and Path(name).is_file():
            return Path(name).read_bytes() + b"\n"
    return b""
