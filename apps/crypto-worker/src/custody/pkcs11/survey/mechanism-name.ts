import { ckm, mechanismFlag } from '../cryptoki/mechanism.js';

/** Mechanisms that tokens often list and that this product does not use: PKCS#11 v3.2, header `pkcs11t.h`. */
const others: Readonly<Record<string, number>> = {
  RSA_9796: 0x2,
  MD5_RSA_PKCS: 0x5,
  SHA1_RSA_PKCS: 0x6,
  SHA1_RSA_PKCS_PSS: 0xe,
  DSA_KEY_PAIR_GEN: 0x10,
  DSA: 0x11,
  HASH_ML_DSA: 0x1f,
  DH_PKCS_KEY_PAIR_GEN: 0x20,
  DH_PKCS_DERIVE: 0x21,
  HASH_SLH_DSA: 0x34,
  SHA256_RSA_PKCS: 0x40,
  SHA384_RSA_PKCS: 0x41,
  SHA512_RSA_PKCS: 0x42,
  SHA256_RSA_PKCS_PSS: 0x43,
  SHA384_RSA_PKCS_PSS: 0x44,
  SHA512_RSA_PKCS_PSS: 0x45,
  DES3_KEY_GEN: 0x131,
  DES3_ECB: 0x132,
  DES3_CBC: 0x133,
  DES3_CBC_PAD: 0x136,
  MD5: 0x210,
  SHA_1_HMAC: 0x221,
  SHA224: 0x255,
  SHA224_HMAC: 0x256,
  SHA3_256: 0x2b0,
  SHA3_384: 0x2c0,
  SHA3_512: 0x2d0,
  SP800_108_COUNTER_KDF: 0x3ac,
  ECDSA_SHA1: 0x1042,
  ECDSA_SHA224: 0x1043,
  ECDSA_SHA256: 0x1044,
  ECDSA_SHA384: 0x1045,
  ECDSA_SHA512: 0x1046,
  ECDH1_COFACTOR_DERIVE: 0x1051,
  EC_MONTGOMERY_KEY_PAIR_GEN: 0x1056,
  AES_CBC: 0x1082,
  AES_MAC: 0x1083,
  AES_CBC_PAD: 0x1085,
  AES_CTR: 0x1086,
  AES_CCM: 0x1088,
  AES_CMAC: 0x108a,
  AES_ECB_ENCRYPT_DATA: 0x1104,
  AES_CBC_ENCRYPT_DATA: 0x1105,
  HKDF_DERIVE: 0x402a,
  HKDF_DATA: 0x402b,
  HKDF_KEY_GEN: 0x402c,
};

const names = new Map<number, string>(Object.entries({ ...others, ...ckm }).map(([name, number]) => [number, name]));

/** The name of a mechanism without `CKM_`; its number in hex if it has none here. CKM_VENDOR_DEFINED begins at 0x80000000. */
export const mechanismName = (number: number): string => names.get(number) ?? `0x${number.toString(16)}`;

/** CKF_* of CK_MECHANISM_INFO by their names (PKCS#11 v3.2 §3.5.3). */
const flagNames = {
  hw: 0x1,
  ...mechanismFlag,
  digest: 0x400,
  signRecover: 0x1000,
  verify: 0x2000,
  verifyRecover: 0x4000,
} as const;

export const flagNamesOf = (flags: number): readonly string[] =>
  Object.entries(flagNames).flatMap(([name, flag]) => ((flags & flag) === 0 ? [] : [name]));
