package main

import (
	"encoding/json"
	"net/http"

	"github.com/go-jose/go-jose/v4"
)

var goJoseLibrary = library{"verify": goJoseVerify, "sign": goJoseSign, "decrypt": goJoseDecrypt, "encrypt": goJoseEncrypt}

func goJoseFetch(url string) (*jose.JSONWebKeySet, error) {
	reply, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer reply.Body.Close()
	var set jose.JSONWebKeySet
	return &set, json.NewDecoder(reply.Body).Decode(&set)
}

func goJoseKey(asked request) (*jose.JSONWebKey, error) {
	var key jose.JSONWebKey
	return &key, key.UnmarshalJSON(asked.Jwk)
}

func goJoseVerify(asked request) (string, error) {
	token, err := jose.ParseSigned(asked.Token, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(asked.Alg)})
	if err != nil {
		return "", err
	}
	var key any
	if asked.JwksURL == "" {
		key, err = goJoseKey(asked)
	} else {
		key, err = goJoseFetch(asked.JwksURL)
	}
	if err != nil {
		return "", err
	}
	payload, err := token.Verify(key)
	return string(payload), err
}

func goJoseSign(asked request) (string, error) {
	key, err := goJoseKey(asked)
	if err != nil {
		return "", err
	}
	key.KeyID = asked.Kid
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.SignatureAlgorithm(asked.Alg), Key: key}, nil)
	if err != nil {
		return "", err
	}
	token, err := signer.Sign([]byte(asked.Payload))
	if err != nil {
		return "", err
	}
	return token.CompactSerialize()
}

func goJoseDecrypt(asked request) (string, error) {
	algs := []jose.KeyAlgorithm{jose.KeyAlgorithm(asked.Alg)}
	token, err := jose.ParseEncrypted(asked.Token, algs, []jose.ContentEncryption{jose.ContentEncryption(asked.Enc)})
	if err != nil {
		return "", err
	}
	key, err := goJoseKey(asked)
	if err != nil {
		return "", err
	}
	plaintext, err := token.Decrypt(key)
	return string(plaintext), err
}

func goJoseEncrypt(asked request) (string, error) {
	key, err := goJoseKey(asked)
	if err != nil {
		return "", err
	}
	key.KeyID = asked.Kid
	recipient := jose.Recipient{Algorithm: jose.KeyAlgorithm(asked.Alg), Key: key, KeyID: asked.Kid}
	encrypter, err := jose.NewEncrypter(jose.ContentEncryption(asked.Enc), recipient, nil)
	if err != nil {
		return "", err
	}
	token, err := encrypter.Encrypt([]byte(asked.Payload))
	if err != nil {
		return "", err
	}
	return token.CompactSerialize()
}
