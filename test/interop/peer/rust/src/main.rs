//! Does what each line of standard input asks with josekit, at its default settings, and writes one answer a line.

mod key_set;

use std::error::Error;
use std::io::{stdin, stdout, BufRead, Write};

use josekit::jwe::alg::aeskw::AeskwJweAlgorithm;
use josekit::jwe::alg::direct::DirectJweAlgorithm;
use josekit::jwe::alg::ecdh_es::EcdhEsJweAlgorithm;
use josekit::jwe::alg::rsaes::RsaesJweAlgorithm;
use josekit::jwe::{self, JweDecrypter, JweEncrypter, JweHeader};
use josekit::jwk::Jwk;
use josekit::jws::alg::ecdsa::EcdsaJwsAlgorithm;
use josekit::jws::alg::eddsa::EddsaJwsAlgorithm;
use josekit::jws::alg::hmac::HmacJwsAlgorithm;
use josekit::jws::alg::rsassa::RsassaJwsAlgorithm;
use josekit::jws::alg::rsassa_pss::RsassaPssJwsAlgorithm;
use josekit::jws::{self, JwsHeader, JwsSigner, JwsVerifier};
use serde_json::{json, Map, Value};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// The signature algorithms that josekit has.
enum Signature {
    Rsa(RsassaJwsAlgorithm),
    Pss(RsassaPssJwsAlgorithm),
    Ecdsa(EcdsaJwsAlgorithm),
    Eddsa,
    Hmac(HmacJwsAlgorithm),
}

fn signature(alg: &str) -> Outcome<Signature> {
    Ok(match alg {
        "RS256" => Signature::Rsa(RsassaJwsAlgorithm::Rs256),
        "RS384" => Signature::Rsa(RsassaJwsAlgorithm::Rs384),
        "RS512" => Signature::Rsa(RsassaJwsAlgorithm::Rs512),
        "PS256" => Signature::Pss(RsassaPssJwsAlgorithm::Ps256),
        "PS384" => Signature::Pss(RsassaPssJwsAlgorithm::Ps384),
        "PS512" => Signature::Pss(RsassaPssJwsAlgorithm::Ps512),
        "ES256" => Signature::Ecdsa(EcdsaJwsAlgorithm::Es256),
        "ES384" => Signature::Ecdsa(EcdsaJwsAlgorithm::Es384),
        "ES512" => Signature::Ecdsa(EcdsaJwsAlgorithm::Es512),
        "EdDSA" => Signature::Eddsa,
        "HS256" => Signature::Hmac(HmacJwsAlgorithm::Hs256),
        "HS384" => Signature::Hmac(HmacJwsAlgorithm::Hs384),
        "HS512" => Signature::Hmac(HmacJwsAlgorithm::Hs512),
        _ => return Err(format!("josekit does not have {alg}").into()),
    })
}

fn signer(alg: &str, key: &Jwk) -> Outcome<Box<dyn JwsSigner>> {
    Ok(match signature(alg)? {
        Signature::Rsa(alg) => Box::new(alg.signer_from_jwk(key)?),
        Signature::Pss(alg) => Box::new(alg.signer_from_jwk(key)?),
        Signature::Ecdsa(alg) => Box::new(alg.signer_from_jwk(key)?),
        Signature::Eddsa => Box::new(EddsaJwsAlgorithm::Eddsa.signer_from_jwk(key)?),
        Signature::Hmac(alg) => Box::new(alg.signer_from_jwk(key)?),
    })
}

fn verifier(alg: &str, key: &Jwk) -> Outcome<Box<dyn JwsVerifier>> {
    Ok(match signature(alg)? {
        Signature::Rsa(alg) => Box::new(alg.verifier_from_jwk(key)?),
        Signature::Pss(alg) => Box::new(alg.verifier_from_jwk(key)?),
        Signature::Ecdsa(alg) => Box::new(alg.verifier_from_jwk(key)?),
        Signature::Eddsa => Box::new(EddsaJwsAlgorithm::Eddsa.verifier_from_jwk(key)?),
        Signature::Hmac(alg) => Box::new(alg.verifier_from_jwk(key)?),
    })
}

fn encrypter(alg: &str, key: &Jwk) -> Outcome<Box<dyn JweEncrypter>> {
    Ok(match alg {
        "RSA-OAEP-256" => Box::new(RsaesJweAlgorithm::RsaOaep256.encrypter_from_jwk(key)?),
        "ECDH-ES+A256KW" => Box::new(EcdhEsJweAlgorithm::EcdhEsA256kw.encrypter_from_jwk(key)?),
        "A128KW" => Box::new(AeskwJweAlgorithm::A128kw.encrypter_from_jwk(key)?),
        "A256KW" => Box::new(AeskwJweAlgorithm::A256kw.encrypter_from_jwk(key)?),
        "dir" => Box::new(DirectJweAlgorithm::Dir.encrypter_from_jwk(key)?),
        _ => return Err(format!("josekit does not have {alg}").into()),
    })
}

fn decrypter(alg: &str, key: &Jwk) -> Outcome<Box<dyn JweDecrypter>> {
    Ok(match alg {
        "RSA-OAEP-256" => Box::new(RsaesJweAlgorithm::RsaOaep256.decrypter_from_jwk(key)?),
        "ECDH-ES+A256KW" => Box::new(EcdhEsJweAlgorithm::EcdhEsA256kw.decrypter_from_jwk(key)?),
        "A128KW" => Box::new(AeskwJweAlgorithm::A128kw.decrypter_from_jwk(key)?),
        "A256KW" => Box::new(AeskwJweAlgorithm::A256kw.decrypter_from_jwk(key)?),
        "dir" => Box::new(DirectJweAlgorithm::Dir.decrypter_from_jwk(key)?),
        _ => return Err(format!("josekit does not have {alg}").into()),
    })
}

/// One request.
struct Asked(Map<String, Value>);

impl Asked {
    fn text(&self, name: &str) -> Outcome<&str> {
        self.0[name].as_str().ok_or_else(|| format!("{name} is not a text").into())
    }

    /// The key of the request, or that of the key set whose kid the token names.
    fn key(&self) -> Outcome<Jwk> {
        if let Some(jwk) = self.0.get("jwk") {
            return Ok(Jwk::from_bytes(serde_json::to_vec(jwk)?)?);
        }
        let header = josekit::jwt::decode_header(self.text("token")?)?;
        let kid = header.claim("kid").and_then(Value::as_str).ok_or("the token names no kid")?;
        let set = key_set::fetch(self.text("jwksUrl")?)?;
        let key = set.get(kid).first().copied().cloned();
        key.ok_or_else(|| "the key set does not have the kid".into())
    }

    fn perform(&self) -> Outcome<String> {
        let (alg, key) = (self.text("alg")?, self.key()?);
        match self.text("op")? {
            "verify" => {
                let verifier = verifier(alg, &key)?;
                let (payload, _) = jws::deserialize_compact(self.text("token")?, &*verifier)?;
                Ok(String::from_utf8(payload)?)
            }
            "sign" => {
                let mut header = JwsHeader::new();
                header.set_key_id(self.text("kid")?);
                let signer = signer(alg, &key)?;
                Ok(jws::serialize_compact(self.text("payload")?.as_bytes(), &header, &*signer)?)
            }
            "decrypt" => {
                let decrypter = decrypter(alg, &key)?;
                let (payload, _) = jwe::deserialize_compact(self.text("token")?, &*decrypter)?;
                Ok(String::from_utf8(payload)?)
            }
            _ => {
                let mut header = JweHeader::new();
                header.set_key_id(self.text("kid")?);
                header.set_content_encryption(self.text("enc")?);
                let encrypter = encrypter(alg, &key)?;
                Ok(jwe::serialize_compact(self.text("payload")?.as_bytes(), &header, &*encrypter)?)
            }
        }
    }
}

fn answer(line: &str) -> Value {
    let value = serde_json::from_str(line).map_err(Box::from).and_then(|asked| Asked(asked).perform());
    match value {
        Ok(value) => json!({ "value": value }),
        Err(error) => json!({ "error": error.to_string() }),
    }
}

fn main() -> Outcome<()> {
    for line in stdin().lock().lines() {
        println!("{}", answer(&line?));
        stdout().flush()?;
    }
    Ok(())
}
