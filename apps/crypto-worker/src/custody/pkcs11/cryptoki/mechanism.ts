import type { Hash } from '@ankasecure/algorithm';
import { postQuantumFlags, postQuantumMechanisms } from './post-quantum.js';

/** Mechanism numbers (PKCS#11 v2.40 and v3.1; those of v3.2 are in `post-quantum.ts`); `KWP` of v3.0 is what v2.40 tokens call `AES_KEY_WRAP_PAD`. */
export const ckm = {
  RSA_PKCS_KEY_PAIR_GEN: 0x0,
  RSA_PKCS: 0x1,
  RSA_X_509: 0x3,
  RSA_PKCS_OAEP: 0x9,
  RSA_PKCS_PSS: 0xd,
  SHA_1: 0x220,
  SHA256: 0x250,
  SHA256_HMAC: 0x251,
  SHA384: 0x260,
  SHA384_HMAC: 0x261,
  SHA512: 0x270,
  SHA512_HMAC: 0x271,
  GENERIC_SECRET_KEY_GEN: 0x350,
  EC_KEY_PAIR_GEN: 0x1040,
  ECDSA: 0x1041,
  ECDH1_DERIVE: 0x1050,
  EC_EDWARDS_KEY_PAIR_GEN: 0x1055,
  EDDSA: 0x1057,
  AES_KEY_GEN: 0x1080,
  AES_ECB: 0x1081,
  AES_GCM: 0x1087,
  AES_KEY_WRAP: 0x2109,
  AES_KEY_WRAP_PAD: 0x210a,
  AES_KEY_WRAP_KWP: 0x210b,
  ...postQuantumMechanisms,
} as const;

export type MechanismName = keyof typeof ckm;
export const mechanismNames = Object.keys(ckm) as readonly MechanismName[];

/** Parameter structures by pkcs11js's numbers. A parameter whose shape does not match its type ends the process. */
export const params = { rsaOaep: 4, rsaPss: 5, ecdh: 6, gcm: 7 } as const;

export const mechanismFlag = {
  encrypt: 0x100,
  decrypt: 0x200,
  sign: 0x800,
  generate: 0x8000,
  generateKeyPair: 0x10000,
  wrap: 0x20000,
  unwrap: 0x40000,
  derive: 0x80000,
  ...postQuantumFlags,
} as const;

export interface MechanismInfo {
  readonly flags: number;
  readonly minKeySize: number;
  readonly maxKeySize: number;
}

/** The mechanisms that a token lists, by number. */
export type MechanismList = ReadonlyMap<number, MechanismInfo>;

interface HashMechanism {
  readonly hash: number;
  readonly mgf1: number;
  readonly hmac: number;
  readonly bytes: number;
  /** DER of DigestInfo up to the digest (RFC 8017 §9.2, note 1). */
  readonly digestInfo: string;
}

export const hashMechanisms: Readonly<Record<Hash, HashMechanism>> = {
  sha256: {
    hash: ckm.SHA256,
    mgf1: 2,
    hmac: ckm.SHA256_HMAC,
    bytes: 32,
    digestInfo: '3031300d060960864801650304020105000420',
  },
  sha384: {
    hash: ckm.SHA384,
    mgf1: 3,
    hmac: ckm.SHA384_HMAC,
    bytes: 48,
    digestInfo: '3041300d060960864801650304020205000430',
  },
  sha512: {
    hash: ckm.SHA512,
    mgf1: 4,
    hmac: ckm.SHA512_HMAC,
    bytes: 64,
    digestInfo: '3051300d060960864801650304020305000440',
  },
};

/** CKF_OS_LOCKING_OK: without it, concurrent use crashes. */
export const osLocking = 0x2;
/** CKF_SERIAL_SESSION | CKF_RW_SESSION */
export const rwSession = 0x6;
export const userLogin = 1;
/** CKS_RW_USER_FUNCTIONS */
export const userState = 3;
/** CKD_NULL */
export const noKdf = 1;
