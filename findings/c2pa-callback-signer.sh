#!/bin/sh
# c2pa-python 0.38.1: a file that is signed by a callback is 9 kB larger than one that is signed by the same key and
# certificates as PEM: the callback's signer reserves ten thousand bytes for what is 64 bytes and the certificates.
# A good guess: the same manifest and the same algorithm, by whomever, take the same bytes.
# Seen: a JPEG of 693 bytes becomes one of about 3,770 by the key and of about 13,100 by a callback, thumbnails being off
# and both valid. reserve_size() says 1,950 and 11,280.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet c2pa-python==0.38.1 cryptography==50.0.0 pillow==13.0.0
"$folder/env/bin/python" - <<'PY'
import json
from datetime import UTC, datetime, timedelta
from io import BytesIO

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image

root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
yesterday = datetime.now(UTC) - timedelta(days=1)


def certificate(of, public, is_root):
    names = [
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test")])
        for each in (of, "root")
    ]
    uses = (not is_root, False, False, False, False, is_root, is_root, False, False)
    made = (
        x509.CertificateBuilder(names[1], names[0], public, x509.random_serial_number())
        .not_valid_before(yesterday)
        .not_valid_after(yesterday + timedelta(days=90))
        .add_extension(x509.BasicConstraints(is_root, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .add_extension(x509.KeyUsage(*uses), critical=True)
    )
    if not is_root:
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return made.sign(root_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def sign(data):
    return b"".join(part.to_bytes(32) for part in decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256()))))


chain = certificate("leaf", key.public_key(), is_root=False) + certificate("root", root_key.public_key(), is_root=True)
pem = key.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
picture = BytesIO()
Image.new("RGB", (64, 64), "red").save(picture, "JPEG")
created = {"action": "c2pa.created", "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"}
manifest = {
    "claim_generator_info": [{"name": "test", "version": "1"}],
    "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [created]}}],
}
context = c2pa.Context(c2pa.Settings.from_dict({"builder": {"thumbnail": {"enabled": False}}}))
signers = {
    "key": c2pa.Signer.from_info(
        c2pa.C2paSignerInfo(alg=b"es256", sign_cert=chain.encode(), private_key=pem.encode(), ta_url=None)
    ),
    "callback": c2pa.Signer.from_callback(sign, c2pa.C2paSigningAlg.ES256, chain, None),
}
sizes = {}
for name, signer in signers.items():
    reserved, signed = signer.reserve_size(), BytesIO()
    c2pa.Builder(json.dumps(manifest), context=context).sign(signer, "image/jpeg", BytesIO(picture.getvalue()), signed)
    sizes[name] = len(signed.getvalue())
    signed.seek(0)
    state = json.loads(c2pa.Reader("image/jpeg", signed).json())["validation_state"]
    print(name, len(picture.getvalue()), sizes[name], reserved, state)
    assert state == "Valid"
assert 8000 < sizes["callback"] - sizes["key"] < 11000
PY
