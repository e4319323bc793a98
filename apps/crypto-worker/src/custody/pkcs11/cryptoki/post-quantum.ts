import type { ParameterSet } from '@ankasecure/algorithm';

/**
 * The numbers of PKCS#11 v3.2 for post-quantum algorithms: OASIS Standard "PKCS #11 Specification Version 3.2", whose sections
 * are named, and its header `pkcs11t.h`, compared with the header that kryoptic 1.5.4 is built from. Vendors whose numbers
 * differ have their own rows in `profile.ts`.
 */
export const postQuantumMechanisms = {
  /** §6.68.4 ML-KEM key pair generation, §6.68.5 ML-KEM key agreement */
  ML_KEM_KEY_PAIR_GEN: 0x0f,
  ML_KEM: 0x17,
  /** §6.67.4 ML-DSA key pair generation, §6.67.5 ML-DSA signature */
  ML_DSA_KEY_PAIR_GEN: 0x1c,
  ML_DSA: 0x1d,
  /** §6.69.4 SLH-DSA key pair generation, §6.69.5 SLH-DSA signature */
  SLH_DSA_KEY_PAIR_GEN: 0x2d,
  SLH_DSA: 0x2e,
} as const;

/** CKK_*: §6.68.1 (ML-KEM), §6.67.1 (ML-DSA), §6.69.1 (SLH-DSA) */
export const postQuantumKeyTypes = { mlKem: 0x49, mlDsa: 0x4a, slhDsa: 0x4b } as const;

/** CKA_*: §6.67.2, §6.68.2 and §6.69.2 (the parameter set of a public key), §4.9 (encapsulate), §4.10 (decapsulate) */
export const postQuantumAttributes = { PARAMETER_SET: 0x61d, ENCAPSULATE: 0x633, DECAPSULATE: 0x634 } as const;

/** CKF_*, of CK_MECHANISM_INFO: §3.5.3 */
export const postQuantumFlags = { encapsulate: 0x10000000, decapsulate: 0x20000000 } as const;

/**
 * Positions in CK_FUNCTION_LIST_3_2, in words of a pointer; the first word is the version. The lists of v2.40 (68 functions) and v3.0
 * (24 more) come first. §3.6.6 (the list), §5.18.8 (C_EncapsulateKey), §5.18.9 (C_DecapsulateKey)
 */
export const functionIndex = { encapsulateKey: 92 + 1, decapsulateKey: 93 + 1 } as const;

/** The ways to the functions of key encapsulation: the list of PKCS#11 3.2, or names that a vendor exports (Thales Luna: CA_*). */
export type KemEntry = 'interface-3.2' | 'vendor-exports';

/** CKP_*, the values of CKA_PARAMETER_SET: §6.67.1, §6.68.1, §6.69.1 name them, `pkcs11t.h` numbers them. Each kind of key counts from 1. */
export const parameterSets: Readonly<Record<ParameterSet, number>> = {
  'ML-DSA-44': 1,
  'ML-DSA-65': 2,
  'ML-DSA-87': 3,
  'ML-KEM-512': 1,
  'ML-KEM-768': 2,
  'ML-KEM-1024': 3,
  'SLH-DSA-SHA2-128s': 1,
  'SLH-DSA-SHAKE-128s': 2,
  'SLH-DSA-SHA2-128f': 3,
  'SLH-DSA-SHAKE-128f': 4,
  'SLH-DSA-SHA2-192s': 5,
  'SLH-DSA-SHAKE-192s': 6,
  'SLH-DSA-SHA2-192f': 7,
  'SLH-DSA-SHAKE-192f': 8,
  'SLH-DSA-SHA2-256s': 9,
  'SLH-DSA-SHAKE-256s': 10,
  'SLH-DSA-SHA2-256f': 11,
  'SLH-DSA-SHAKE-256f': 12,
};

/**
 * The last arc of the algorithm identifier in a SubjectPublicKeyInfo, below 2.16.840.1.101.3.4 (NIST): RFC 9881 §2 (ML-DSA),
 * RFC 9909 §3 (SLH-DSA), RFC 9935 §3 (ML-KEM).
 */
export const identifierArcs: Readonly<Record<ParameterSet, readonly [arc: number, last: number]>> = {
  'ML-DSA-44': [3, 17],
  'ML-DSA-65': [3, 18],
  'ML-DSA-87': [3, 19],
  'SLH-DSA-SHA2-128s': [3, 20],
  'SLH-DSA-SHA2-128f': [3, 21],
  'SLH-DSA-SHA2-192s': [3, 22],
  'SLH-DSA-SHA2-192f': [3, 23],
  'SLH-DSA-SHA2-256s': [3, 24],
  'SLH-DSA-SHA2-256f': [3, 25],
  'SLH-DSA-SHAKE-128s': [3, 26],
  'SLH-DSA-SHAKE-128f': [3, 27],
  'SLH-DSA-SHAKE-192s': [3, 28],
  'SLH-DSA-SHAKE-192f': [3, 29],
  'SLH-DSA-SHAKE-256s': [3, 30],
  'SLH-DSA-SHAKE-256f': [3, 31],
  'ML-KEM-512': [4, 1],
  'ML-KEM-768': [4, 2],
  'ML-KEM-1024': [4, 3],
};
