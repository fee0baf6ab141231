"""Brokers that want a password, or speak TLS."""

import asyncio
import shutil
import subprocess
from datetime import timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from gateway.lines import LineDownError
from tests.gateway.drivers.mosquitto import PATH, connected, mosquitto, now


def test_a_password_is_taken_from_its_file_and_a_wrong_one_told(tmp_path):
    users, secret = tmp_path / "users", tmp_path / "secret"
    users.write_text("")
    program = shutil.which("mosquitto_passwd", path=PATH)
    if program is None:
        pytest.skip("there is no mosquitto_passwd on this machine")
    subprocess.run([program, "-b", users, "gateway", "open sesame"], check=True)

    async def run():
        more = f"allow_anonymous false\npassword_file {users}"
        with mosquitto(tmp_path, more) as port:
            who = {"username": "gateway", "password_file": secret}
            with connected(port, **who) as broker:
                with pytest.raises(LineDownError, match="cannot read the password"):
                    await broker.connect()
                secret.write_text("wrong\n")
                with pytest.raises(LineDownError, match="refuses: Not authorized"):
                    await broker.connect()
                secret.write_text("open sesame\n")
                await broker.connect()
                assert broker.is_connected

    asyncio.run(run())


def test_a_broker_with_tls_is_believed_only_by_its_ca(tmp_path):
    ca_file, key_file = self_signed(tmp_path)

    async def run():
        more = f"allow_anonymous true\ncertfile {ca_file}\nkeyfile {key_file}"
        with mosquitto(tmp_path, more) as port:
            with (
                connected(port, tls=True) as broker,
                pytest.raises(LineDownError, match="CERTIFICATE_VERIFY_FAILED"),
            ):
                await broker.connect()
            with connected(port, tls=True, ca_file=ca_file) as broker:
                await broker.connect()
                assert broker.is_connected
            with (
                connected(port, tls=True, ca_file=tmp_path / "none") as broker,
                pytest.raises(LineDownError, match="cannot use"),
            ):
                await broker.connect()

    asyncio.run(run())


def self_signed(folder):
    """Write a certificate for the loopback, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")])
    loopback = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(loopback, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    ca_file, key_file = folder / "ca.pem", folder / "key.pem"
    ca_file.write_bytes(certificate.public_bytes(Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    key_file.chmod(0o644)
    return ca_file, key_file
