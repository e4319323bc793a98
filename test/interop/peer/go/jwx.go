package main

import (
	"context"
	"fmt"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwe"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
)

var jwxLibrary = library{"verify": jwxVerify, "sign": jwxSign, "decrypt": jwxDecrypt, "encrypt": jwxEncrypt}

// jwxKey reads the key of a request, and finds its algorithm.
func jwxKey[Algorithm any](asked request, find func(string) (Algorithm, bool)) (jwk.Key, Algorithm, error) {
	alg, known := find(asked.Alg)
	if !known {
		return nil, alg, fmt.Errorf("unknown algorithm %s", asked.Alg)
	}
	key, err := jwk.ParseKey(asked.Jwk)
	return key, alg, err
}

func jwxVerify(asked request) (string, error) {
	if asked.JwksURL != "" {
		set, err := jwk.Fetch(context.Background(), asked.JwksURL)
		if err != nil {
			return "", err
		}
		payload, err := jws.Verify([]byte(asked.Token), jws.WithKeySet(set))
		return string(payload), err
	}
	key, alg, err := jwxKey(asked, jwa.LookupSignatureAlgorithm)
	if err != nil {
		return "", err
	}
	payload, err := jws.Verify([]byte(asked.Token), jws.WithKey(alg, key))
	return string(payload), err
}

func jwxSign(asked request) (string, error) {
	key, alg, err := jwxKey(asked, jwa.LookupSignatureAlgorithm)
	if err != nil {
		return "", err
	}
	headers := jws.NewHeaders()
	if err := headers.Set(jws.KeyIDKey, asked.Kid); err != nil {
		return "", err
	}
	token, err := jws.Sign([]byte(asked.Payload), jws.WithKey(alg, key, jws.WithProtectedHeaders(headers)))
	return string(token), err
}

func jwxDecrypt(asked request) (string, error) {
	key, alg, err := jwxKey(asked, jwa.LookupKeyEncryptionAlgorithm)
	if err != nil {
		return "", err
	}
	plaintext, err := jwe.Decrypt([]byte(asked.Token), jwe.WithKey(alg, key))
	return string(plaintext), err
}

func jwxEncrypt(asked request) (string, error) {
	key, alg, err := jwxKey(asked, jwa.LookupKeyEncryptionAlgorithm)
	if err != nil {
		return "", err
	}
	enc, known := jwa.LookupContentEncryptionAlgorithm(asked.Enc)
	if !known {
		return "", fmt.Errorf("unknown content encryption %s", asked.Enc)
	}
	headers := jwe.NewHeaders()
	if err := headers.Set(jwe.KeyIDKey, asked.Kid); err != nil {
		return "", err
	}
	token, err := jwe.Encrypt([]byte(asked.Payload), jwe.WithKey(alg, key), jwe.WithContentEncryption(enc), jwe.WithProtectedHeaders(headers))
	return string(token), err
}
