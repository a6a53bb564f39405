"""The agent's half of the handshake: its nonce, and both sides' proofs that they know the token."""

import hashlib
import hmac
import os

import frames

VERSION = 1


class Greeting:
    """Of one connection; a proof is good for no other."""

    def __init__(self, token):
        self._token = token
        self._nonce = os.urandom(16).hex()

    def hello(self):
        return frames.encode_json(frames.HELLO, 0, {"versions": [VERSION], "nonce": self._nonce})

    def accepts(self, auth):
        """Whether a host that sent this AUTH knows the token. Never throws: whoever sent it may be anybody."""
        try:
            expected = self.proof("host", auth["nonce"])
            return auth["version"] == VERSION and hmac.compare_digest(expected, auth["proof"])
        except (KeyError, TypeError, ValueError):
            return False

    def proof(self, side, host_nonce):
        text = "%s|%s|%s" % (side, self._nonce, host_nonce)
        return hmac.new(self._token, text.encode(), hashlib.sha256).hexdigest()
