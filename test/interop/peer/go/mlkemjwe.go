package main

// The JWE with ML-KEM that apps/crypto-worker/src/envelope/ml-kem-jwe.md specifies, written from that page alone. ML-KEM is
// CIRCL's; key wrap and AES-CBC with HMAC are those of go-jose.

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/cloudflare/circl/kem"
	"github.com/cloudflare/circl/kem/schemes"
	josecipher "github.com/go-jose/go-jose/v4/cipher"
)

var mlKemJwe = library{"encrypt": sealMlKem, "decrypt": openMlKem}

// Every failure to open, whatever its cause.
var errDecryption = errors.New("decryption failed")

type contentEncryption struct {
	cekBytes, tagBytes int
	aead               func(cek []byte) (cipher.AEAD, error)
}

func gcm(cek []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(cek)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func cbcHmac(cek []byte) (cipher.AEAD, error) {
	return josecipher.NewCBCHMAC(cek, aes.NewCipher)
}

var contentEncryptions = map[string]contentEncryption{
	"A128GCM":       {16, 16, gcm},
	"A192GCM":       {24, 16, gcm},
	"A256GCM":       {32, 16, gcm},
	"A128CBC-HS256": {32, 16, cbcHmac},
	"A192CBC-HS384": {48, 24, cbcHmac},
	"A256CBC-HS512": {64, 32, cbcHmac},
}

var strict = base64.RawURLEncoding.Strict()

type akp struct {
	Kty  string `json:"kty"`
	Alg  string `json:"alg"`
	Pub  string `json:"pub"`
	Priv string `json:"priv"`
}

func schemeOf(alg string) (kem.Scheme, error) {
	name, isOurs := strings.CutPrefix(alg, "urn:ankasecure:jwe:")
	name, wraps := strings.CutSuffix(name, "+A256KW")
	scheme := schemes.ByName(name)
	if !isOurs || !wraps || !strings.HasPrefix(name, "ML-KEM-") || scheme == nil {
		return nil, fmt.Errorf("unknown alg %s", alg)
	}
	return scheme, nil
}

func keyOf(asked request) (kem.Scheme, akp, error) {
	var key akp
	scheme, err := schemeOf(asked.Alg)
	if err != nil {
		return nil, key, err
	}
	if err := json.Unmarshal(asked.Jwk, &key); err != nil {
		return nil, key, err
	}
	if key.Kty != "AKP" || key.Alg != asked.Alg {
		return nil, key, fmt.Errorf("a key of kty %s and alg %s", key.Kty, key.Alg)
	}
	return scheme, key, nil
}

func randomBytes(count int) ([]byte, error) {
	data := make([]byte, count)
	_, err := rand.Read(data)
	return data, err
}

func sealMlKem(asked request) (string, error) {
	scheme, key, err := keyOf(asked)
	if err != nil {
		return "", err
	}
	encoded, err := strict.DecodeString(key.Pub)
	if err != nil {
		return "", err
	}
	public, err := scheme.UnmarshalBinaryPublicKey(encoded)
	if err != nil {
		return "", err
	}
	encapsulated, secret, err := scheme.Encapsulate(public)
	if err != nil {
		return "", err
	}
	enc, known := contentEncryptions[asked.Enc]
	if !known {
		return "", fmt.Errorf("unknown enc %s", asked.Enc)
	}
	cek, err := randomBytes(enc.cekBytes)
	if err != nil {
		return "", err
	}
	kek, err := aes.NewCipher(secret)
	if err != nil {
		return "", err
	}
	wrapped, err := josecipher.KeyWrap(kek, cek)
	if err != nil {
		return "", err
	}
	members := map[string]string{"alg": asked.Alg, "enc": asked.Enc, "ek": strict.EncodeToString(encapsulated)}
	if asked.Kid != "" {
		members["kid"] = asked.Kid
	}
	header, err := json.Marshal(members)
	if err != nil {
		return "", err
	}
	aead, err := enc.aead(cek)
	if err != nil {
		return "", err
	}
	iv, err := randomBytes(aead.NonceSize())
	if err != nil {
		return "", err
	}
	protected := strict.EncodeToString(header)
	sealed := aead.Seal(nil, iv, []byte(asked.Payload), []byte(protected))
	tagStart := len(sealed) - enc.tagBytes
	segments := []string{protected}
	for _, segment := range [][]byte{wrapped, iv, sealed[:tagStart], sealed[tagStart:]} {
		segments = append(segments, strict.EncodeToString(segment))
	}
	return strings.Join(segments, "."), nil
}

// The shared secret under which the content encryption key of a JWE with this ek is wrapped.
func decapsulateMlKem(scheme kem.Scheme, key akp, ek string) ([]byte, error) {
	seed, err := strict.DecodeString(key.Priv)
	if err != nil || len(seed) != scheme.SeedSize() {
		return nil, errors.New("priv is not a seed")
	}
	encapsulated, err := strict.DecodeString(ek)
	if err != nil || len(encapsulated) != scheme.CiphertextSize() {
		return nil, errDecryption
	}
	_, private := scheme.DeriveKeyPair(seed)
	return scheme.Decapsulate(private, encapsulated)
}

func openMlKem(asked request) (string, error) {
	scheme, key, err := keyOf(asked)
	if err != nil {
		return "", err
	}
	segments := strings.Split(asked.Token, ".")
	if len(segments) != 5 {
		return "", errDecryption
	}
	var parts [5][]byte
	for index, segment := range segments {
		if parts[index], err = strict.DecodeString(segment); err != nil {
			return "", errDecryption
		}
	}
	var header struct{ Alg, Enc, Ek string }
	if err := json.Unmarshal(parts[0], &header); err != nil || header.Alg != asked.Alg {
		return "", errDecryption
	}
	enc, known := contentEncryptions[header.Enc]
	if !known || len(parts[4]) != enc.tagBytes {
		return "", errDecryption
	}
	secret, err := decapsulateMlKem(scheme, key, header.Ek)
	if err != nil {
		return "", err
	}
	kek, err := aes.NewCipher(secret)
	if err != nil {
		return "", err
	}
	cek, err := josecipher.KeyUnwrap(kek, parts[1])
	if err != nil || len(cek) != enc.cekBytes {
		if cek, err = randomBytes(enc.cekBytes); err != nil {
			return "", err
		}
	}
	aead, err := enc.aead(cek)
	if err != nil || len(parts[2]) != aead.NonceSize() {
		return "", errDecryption
	}
	plaintext, err := aead.Open(nil, parts[2], append(parts[3], parts[4]...), []byte(segments[0]))
	if err != nil {
		return "", errDecryption
	}
	return string(plaintext), nil
}
