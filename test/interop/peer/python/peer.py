"""Does what each line of standard input asks with one Python library, at its default settings, and writes one answer a line."""

import json
import sys
import urllib.request

import joserfc.jwe
import joserfc.jwk
import joserfc.jws
import jwcrypto.jwe
import jwcrypto.jwk
import jwcrypto.jws
import jwt


def fetch(url):
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)


def text(data):
    return data.decode() if isinstance(data, bytes) else data


def header(request):
    names = ("alg", "enc", "kid")
    return {name: request[name] for name in names if name in request}


class PyJwt:
    """Payloads are JSON claims: PyJWT decodes nothing else."""

    def key(self, request):
        if "jwksUrl" in request:
            return jwt.PyJWKClient(request["jwksUrl"]).get_signing_key_from_jwt(request["token"])
        return jwt.PyJWK(request["jwk"], algorithm=request["alg"])

    def verify(self, request):
        return json.dumps(jwt.decode(request["token"], self.key(request), algorithms=[request["alg"]]))

    def sign(self, request):
        key = self.key(request)
        return jwt.encode(json.loads(request["payload"]), key.key, algorithm=request["alg"], headers={"kid": request["kid"]})

    def decrypt(self, request):
        raise NotImplementedError("no JWE")

    encrypt = decrypt


class Joserfc:
    def verify(self, request):
        if "jwksUrl" in request:
            key = joserfc.jwk.KeySet.import_key_set(fetch(request["jwksUrl"]))
        else:
            key = joserfc.jwk.import_key(request["jwk"])
        return text(joserfc.jws.deserialize_compact(request["token"], key, algorithms=[request["alg"]]).payload)

    def sign(self, request):
        key = joserfc.jwk.import_key(request["jwk"])
        return joserfc.jws.serialize_compact(header(request), request["payload"], key, algorithms=[request["alg"]])

    def decrypt(self, request):
        key = joserfc.jwk.import_key(request["jwk"])
        return text(joserfc.jwe.decrypt_compact(request["token"], key, algorithms=[request["alg"], request["enc"]]).plaintext)

    def encrypt(self, request):
        key = joserfc.jwk.import_key(request["jwk"])
        names = [request["alg"], request["enc"]]
        return joserfc.jwe.encrypt_compact(header(request), request["payload"], key, algorithms=names)


class Jwcrypto:
    def verify(self, request):
        token = jwcrypto.jws.JWS()
        token.deserialize(request["token"])
        if "jwksUrl" in request:
            token.verify(jwcrypto.jwk.JWKSet.from_json(json.dumps(fetch(request["jwksUrl"]))))
        else:
            token.verify(jwcrypto.jwk.JWK(**request["jwk"]))
        return text(token.payload)

    def sign(self, request):
        token = jwcrypto.jws.JWS(request["payload"])
        token.add_signature(jwcrypto.jwk.JWK(**request["jwk"]), protected=json.dumps(header(request)))
        return token.serialize(compact=True)

    def decrypt(self, request):
        token = jwcrypto.jwe.JWE()
        token.deserialize(request["token"], key=jwcrypto.jwk.JWK(**request["jwk"]))
        return text(token.payload)

    def encrypt(self, request):
        key = jwcrypto.jwk.JWK(**request["jwk"])
        token = jwcrypto.jwe.JWE(request["payload"].encode(), protected=json.dumps(header(request)), recipient=key)
        return token.serialize(compact=True)


LIBRARIES = {"PyJWT": PyJwt, "joserfc": Joserfc, "jwcrypto": Jwcrypto}


def answer(library, request):
    try:
        return {"value": getattr(library, request["op"])(request)}
    except Exception as error:  # Whatever the library says is the answer.
        return {"error": f"{type(error).__name__}: {error}"}


library = LIBRARIES[sys.argv[1]]()
for line in sys.stdin:
    print(json.dumps(answer(library, json.loads(line))), flush=True)
