"""A device that keeps passkeys and answers as a browser does, without one."""

import json
import re
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import Client
from fido2.cose import ES256, CoseKey
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

ADD = "/accounts/2fa/passkeys/add/"
SIGN_IN = "/accounts/login/passkey/"
PRESENT, VERIFIED = 0x01, 0x04
HOST = "testserver"


class Device:
    """One passkey. `verifies` is false for a device that asks for no PIN, `origin` where its browser is, `public_key` another than its own."""

    def __init__(
        self, *, verifies: bool = True, origin: str = f"https://{HOST}", public_key: CoseKey | None = None
    ) -> None:
        self.public_key = public_key
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = secrets.token_bytes(16)
        self.handle = b""
        self.origin = origin
        self.flags = PRESENT | (VERIFIED if verifies else 0)

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """What a browser answers when a passkey is made."""
        asked = options["publicKey"]
        self.handle = websafe_decode(asked["user"]["id"])
        key = self.public_key or ES256.from_cryptography_key(self.key.public_key())
        kept = AttestedCredentialData.create(bytes(16), self.id, key)
        said = AuthenticatorData.create(sha256(asked["rp"]["id"].encode()), self.flags | 0x40, 0, kept)
        client_data = self._client_data("webauthn.create", asked)
        return self._answer(
            {
                "clientDataJSON": websafe_encode(client_data),
                "attestationObject": websafe_encode(AttestationObject.create("none", said, {})),
            }
        )

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """What a browser answers when the passkey is used."""
        asked = options["publicKey"]
        said = AuthenticatorData.create(sha256(asked["rpId"].encode()), self.flags, 0)
        client_data = self._client_data("webauthn.get", asked)
        signature = self.key.sign(said + sha256(client_data), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": websafe_encode(client_data),
                "authenticatorData": websafe_encode(said),
                "signature": websafe_encode(signature),
                "userHandle": websafe_encode(self.handle),
            }
        )

    def _client_data(self, kind: str, asked: dict[str, Any]) -> CollectedClientData:
        return CollectedClientData.create(kind, websafe_decode(asked["challenge"]), self.origin)

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        name = websafe_encode(self.id)
        return {
            "id": name, "rawId": name, "type": "public-key", "response": response,
            "authenticatorAttachment": "platform", "clientExtensionResults": {"credProps": {"rk": True}},
        }  # fmt: skip


def options_on(page) -> dict[str, Any]:
    """What a page asks the authenticator."""
    told = re.search(r'<script id="passkey-options" type="application/json">(.*?)</script>', page.content.decode())[1]
    return next(iter(json.loads(told).values()))


def register(client: Client, device: Device, *, name: str = "", following: str = ""):
    """The answer to a device made known on the page for it."""
    credential = json.dumps(device.create(options_on(client.get(ADD))))
    return client.post(ADD, {"name": name, "credential": credential, "next": following})


def sign_in_options(client: Client) -> dict[str, Any]:
    return client.get(SIGN_IN, headers={"accept": "application/json"}).json()["request_options"]


def sign_in_by(client: Client, device: Device, *, following: str = ""):
    """The answer to the button on the sign-in page."""
    credential = json.dumps(device.get(sign_in_options(client)))
    return client.post(SIGN_IN, {"credential": credential, "next": following})
