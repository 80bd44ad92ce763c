"""Files over TLS."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from inbox.meta.files.media import download
from inbox.meta.files.media_errors import MediaUnavailableError
from tests.files.file_server import PNG, FileServer


@pytest.fixture
def secure_server(server: FileServer, tmp_path: Path) -> tuple[FileServer, Path]:
    """`server` over TLS, with a certificate for `localhost` alone, and the file it is in."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "certificate.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret = tmp_path / "key.pem"
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server.use_tls(pem, secret)
    return server, pem


def test_a_certificate_is_checked_against_the_name_and_the_authorities(
    secure_server: tuple[FileServer, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, pem = secure_server
    server.gives("/file")
    hosts = [f"localhost:{server.port}", server.netloc]
    by_name, by_number = (f"https://{host}/file" for host in hosts)
    with pytest.raises(MediaUnavailableError):
        download(by_name, hosts=hosts)  # nobody we know has signed it
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    assert ssl.get_default_verify_paths().cafile == str(pem)
    assert download(by_name, hosts=hosts) == PNG
    assert server.names == ["localhost", "localhost"], "the name was not asked for in TLS"
    with pytest.raises(MediaUnavailableError):
        download(by_number, hosts=hosts)  # signed, but for another name
    assert ipaddress.ip_address(server.host).is_loopback
