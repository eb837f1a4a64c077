"""The sandbox's certificate authority and the certificate of its server, made anew at every start."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from bedrock_o11y.errors import CouldNotRunError

SERVER_NAMES = ("localhost", "*.localhost", "s3.localhost", "*.s3.localhost", "*.s3.us-east-1.localhost")
"""Names a client may reach the server by. Clients that follow `AWS_ENDPOINT_URL` use 127.0.0.1, which makes every SDK
address S3 buckets in the path; the others serve clients told to use a name (`<bucket>.s3.localhost`), whose first label
is the bucket. OpenSSL does not match a wildcard right under a single label, Node does."""

_VALID = datetime.timedelta(days=30)


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


def issue(folder: Path) -> Certificates:
    """Make an authority and a server certificate.

    Args:
        folder: an existing folder only the user may read.

    Returns:
        the files.

    Raises:
        CouldNotRunError: the package `cryptography` is not installed.
    """
    try:
        # Imported here: it is an extra, and only starting a sandbox needs it.
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
        from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
    except ImportError:
        raise CouldNotRunError(
            "the sandbox needs the package cryptography for its certificate: pip install 'bedrock-o11y[sandbox]'"
        ) from None

    now = datetime.datetime.now(datetime.UTC)

    def named(common_name: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])

    def usage(*, authority: bool) -> x509.KeyUsage:
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

    def certificate(subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(authority_name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + _VALID)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
            )
        )

    authority_name = named("bedrock-o11y sandbox authority")
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = (
        certificate(authority_name, authority_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage(authority=True), critical=True)
        .sign(authority_key, hashes.SHA256())
    )
    server_key = ec.generate_private_key(ec.SECP256R1())
    names: list[x509.GeneralName] = [x509.DNSName(name) for name in SERVER_NAMES]
    names.append(x509.IPAddress(ipaddress.IPv4Address("127.0.0.1")))
    server = (
        certificate(named("bedrock-o11y sandbox"), server_key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(authority_key, hashes.SHA256())
    )

    files = Certificates(folder)
    # The authority's key is not kept: nobody can sign another certificate with it.
    authority_pem = authority.public_bytes(Encoding.PEM)
    files.authority.write_bytes(authority_pem)
    files.bundle.write_bytes(_system_authorities() + authority_pem)
    (folder / "server.pem").write_bytes(server.public_bytes(Encoding.PEM))
    key_file = folder / "server.key"
    key_file.touch(mode=0o600)
    key_file.write_bytes(server_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files


def _system_authorities() -> bytes:
    paths = ssl.get_default_verify_paths()
    for name in (paths.cafile, paths.openssl_cafile):
        if name and Path(name).is_file():
            return Path(name).read_bytes() + b"\n"
    return b""
