import type { AlgorithmKind } from '@ankasecure/algorithm';
import { ckm, type MechanismList } from '../cryptoki/mechanism.js';
import type { KemEntry } from '../cryptoki/post-quantum.js';

/**
 * The differences between tokens, as data. `evidence: 'run'` rows were checked against the token itself. `'documented'` rows
 * follow the vendor's texts and were never run on the hardware, so their self-tests at start decide.
 */
export interface Profile {
  readonly name: string;
  readonly evidence: 'run' | 'documented';
  /** A software token for development, without a validated module. */
  readonly development: boolean;
  /** Lower-case words of the library path, the token's manufacturer or its model, by which the token is recognised. */
  readonly hints: readonly string[];
  /** The usual path of the library and the form of the PIN, for people. */
  readonly library: string;
  readonly pinFormat: string;
  /** Whether the lengths in CK_TOKEN_INFO are those of all that is given as the PIN. */
  readonly pinLengthsKnown: boolean;
  readonly gcm: {
    readonly mechanism: number;
    /**
     * `caller`: we choose the IV; `written-back`: the token writes its own into pIv; `appended`: the token appends its own
     * after the tag.
     */
    readonly ivMode: 'caller' | 'written-back' | 'appended';
    /** The length of its IV, in bytes. */
    readonly ivBytes: number;
    /** The longest plaintext, in bytes. */
    readonly maxBytes: number;
  };
  /** RFC 3394, for content encryption keys: the first one that the token lists. */
  readonly cekWrap: readonly number[];
  /** Where the length of a key comes from that RFC 3394 unwraps: from the blob, or from the template. */
  readonly cekLength: 'blob' | 'template';
  /** RFC 5649, for keys under a KEK: the first one that the token lists. */
  readonly kekWrap: readonly number[];
  /** `raw-then-unpad`: the token has no OAEP with SHA-256. It does the RSA operation, and the worker removes the padding. */
  readonly oaep: 'token' | 'raw-then-unpad';
  /** The hash of RSA-OAEP that unwraps keys. */
  readonly importHash: 'SHA-1' | 'SHA-256';
  /** ECDH gives the shared secret itself (CKD_NULL). */
  readonly plainEcdh: boolean;
  /** The longest input of HMAC, in bytes; null if there is no limit. */
  readonly macMaxBytes: number | null;
  /** CKA_EC_PARAMS of Ed25519. */
  readonly edParams: 'oid' | 'printable-string';
  /** The way to look up a key. Some tokens are fast only by CKA_ID alone; the class is checked afterwards. */
  readonly findBy: 'class-and-id' | 'id';
  /** Keys are made from any attributes, or only from the vendor's own, which say neither whose a key is nor what it may do. */
  readonly keyTemplates: 'standard' | 'vendor';
  readonly allowedMechanisms: boolean;
  /** Attributes that the token does not know. Templates omit them. */
  readonly omitAttributes: readonly number[];
  /** C_CreateObject exists: a content encryption key can be imported to be wrapped. */
  readonly createObject: boolean;
  /** Data objects exist: the token can hold an anchor. */
  readonly dataObjects: boolean;
  readonly setAttribute: boolean;
  readonly rwOnly: boolean;
  /** The most objects, those of sessions included, that all users of the token together can have; null if no text says so. */
  readonly handles: number | null;
  /** One lock covers the token: while it makes a key, which may take seconds for RSA, some other calls wait. */
  readonly makingBlocks: boolean;
  /** Whether a find sees another process's new objects at once, or only with some configuration. */
  readonly crossProcessVisibility: 'at-once' | 'needs-configuration';
  /** CKA_UNWRAP_TEMPLATE on KEKs is honoured: keys that they unwrap must conform to it. */
  readonly unwrapTemplate: boolean;
  /** Who checks imported keys: the token, or the worker for a token that unwraps whatever it is given. */
  readonly importCheck: 'token' | 'worker';
  /** Fills a secret up to a multiple of 8 bytes with zeros when it wraps it. */
  readonly fillsWrapped: boolean;
  readonly pqc: {
    /** The ways to key encapsulation that are tried, in this order. Neither exists in v2.40. */
    readonly kemEntries: readonly KemEntry[];
    readonly signature: 'standard' | 'vendor' | null;
  };
  /** Kinds of keys that the token does not wrap, so that they can only be its objects. */
  readonly notWrapped: readonly AlgorithmKind[];
  readonly notes: string;
}

const copyable = 0x171;

/** The settings that a row does not change. */
export const standard = {
  development: false,
  pinLengthsKnown: true,
  gcm: { mechanism: ckm.AES_GCM, ivMode: 'caller', ivBytes: 12, maxBytes: 1024 * 1024 },
  cekWrap: [ckm.AES_KEY_WRAP],
  cekLength: 'blob',
  kekWrap: [ckm.AES_KEY_WRAP_KWP, ckm.AES_KEY_WRAP_PAD],
  oaep: 'token',
  importHash: 'SHA-256',
  plainEcdh: true,
  macMaxBytes: null,
  edParams: 'oid',
  findBy: 'class-and-id',
  keyTemplates: 'standard',
  allowedMechanisms: true,
  omitAttributes: [],
  createObject: true,
  dataObjects: true,
  setAttribute: true,
  rwOnly: false,
  handles: null,
  makingBlocks: false,
  crossProcessVisibility: 'at-once',
  unwrapTemplate: false,
  importCheck: 'token',
  pqc: { kemEntries: ['interface-3.2'], signature: 'standard' },
  notWrapped: [],
  fillsWrapped: false,
} as const;

const luna = {
  ...standard,
  evidence: 'documented',
  library: 'libCryptoki2_64.so with Chrystoki.conf',
  pinFormat: 'partition password',
  gcm: { mechanism: ckm.AES_GCM, ivMode: 'appended', ivBytes: 16, maxBytes: 64 * 1024 },
  // CKM_AES_KW and CKM_AES_KWP of the client's cryptoki_v2.h, which are older than the standard's numbers.
  cekWrap: [0x80000170, ckm.AES_KEY_WRAP],
  cekLength: 'template',
  kekWrap: [0x80000171, ckm.AES_KEY_WRAP_KWP, ckm.AES_KEY_WRAP_PAD],
  allowedMechanisms: false,
  omitAttributes: [copyable],
  pqc: { kemEntries: ['interface-3.2', 'vendor-exports'], signature: 'standard' },
  notes: 'Under FIPS the HSM picks a 16-byte IV and appends it after the tag. ML-KEM and ML-DSA from firmware 7.9.0.',
} as const;

/** What is assumed of a token whose limits no text tells. Its self-tests decide. */
const minimum = {
  ...standard,
  evidence: 'documented',
  gcm: { mechanism: ckm.AES_GCM, ivMode: 'caller', ivBytes: 12, maxBytes: 16 * 1024 },
  allowedMechanisms: false,
  omitAttributes: [copyable],
} as const;

const rows = [
  {
    ...standard,
    name: 'softhsm',
    evidence: 'run',
    development: true,
    hints: ['softhsm'],
    library: '/usr/lib/softhsm/libsofthsm2.so with SOFTHSM2_CONF',
    pinFormat: 'any',
    kekWrap: [ckm.AES_KEY_WRAP_PAD],
    oaep: 'raw-then-unpad',
    importHash: 'SHA-1',
    unwrapTemplate: true,
    importCheck: 'worker',
    notWrapped: ['ed'],
    fillsWrapped: true,
    notes:
      'Development only. OAEP only with SHA-1; the same GCM IV is accepted twice; keys with wrong values are unwrapped.',
  },
  {
    ...standard,
    name: 'kryoptic',
    evidence: 'run',
    development: true,
    hints: ['kryoptic'],
    library: 'libkryoptic_pkcs11.so of deploy/hsm/kryoptic, with KRYOPTIC_CONF',
    pinFormat: 'at least 8 characters',
    findBy: 'id',
    makingBlocks: true,
    unwrapTemplate: true,
    notWrapped: ['ml-dsa', 'slh-dsa', 'ml-kem'],
    notes: 'Concurrent writers get DEVICE_MEMORY. A new serial after re-initialisation shows only through the canary.',
  },
  { ...luna, name: 'luna', hints: ['luna', 'safenet', 'thales', 'cryptoki2'] },
  { ...luna, name: 'azure-dedicated', hints: [], notes: `Azure Dedicated HSM is a Luna. ${luna.notes}` },
  {
    ...standard,
    name: 'nshield',
    evidence: 'documented',
    hints: ['ncipher', 'nshield', 'cknfast', 'entrust'],
    library: 'libcknfast.so',
    pinFormat: 'OCS or softcard passphrase',
    crossProcessVisibility: 'needs-configuration',
    omitAttributes: [copyable],
    notes:
      'CKNFAST_ASSUME_SINGLE_PROCESS=0, or other workers’ keys stay invisible; softcards need CKNFAST_LOADSHARING.',
  },
  // Before the row of AWS, whose hint is a part of this library's name.
  {
    ...minimum,
    name: 'azure-cloud',
    hints: ['azcloudhsm', 'azurecloudhsm'],
    library: '/opt/azurecloudhsm/lib64/libazcloudhsm_pkcs11.so with azcloudhsm_application.cfg',
    pinFormat: 'user:password',
    pinLengthsKnown: false,
    gcm: { ...minimum.gcm, ivMode: 'written-back' },
    handles: 3_200,
    notes: 'The client azcloudhsm_client must run. 3,200 handles and one new key a second per cluster.',
  },
  {
    ...standard,
    name: 'cloudhsm',
    evidence: 'documented',
    hints: ['cloudhsm', 'cavium', 'marvell'],
    library: '/opt/cloudhsm/lib/libcloudhsm_pkcs11.so',
    pinFormat: 'user:password',
    pinLengthsKnown: false,
    gcm: { mechanism: ckm.AES_GCM, ivMode: 'written-back', ivBytes: 12, maxBytes: 16_224 },
    cekWrap: [0x80002109],
    kekWrap: [0x8000216f],
    plainEcdh: false,
    macMaxBytes: 16_224,
    allowedMechanisms: false,
    omitAttributes: [copyable],
    dataObjects: false,
    setAttribute: false,
    rwOnly: true,
    pqc: { kemEntries: [], signature: 'vendor' },
    notes: 'CKM_CLOUDHSM_AES_KEY_WRAP_NO_PAD and _ZERO_PAD; the HSM writes its own IV into a zeroed pIv.',
  },
  {
    ...standard,
    name: 'google',
    evidence: 'documented',
    hints: ['kmsp11', 'google'],
    library: 'libkmsp11.so with KMS_PKCS11_CONFIG',
    pinFormat: 'ignored',
    pinLengthsKnown: false,
    // An HSM key takes 8 KiB, the additional data included. A JWE's header is shorter than 1 KiB.
    gcm: { mechanism: 0x8001e101, ivMode: 'written-back', ivBytes: 12, maxBytes: 7 * 1024 },
    kekWrap: [],
    keyTemplates: 'vendor',
    allowedMechanisms: false,
    omitAttributes: [copyable],
    createObject: false,
    dataObjects: false,
    setAttribute: false,
    crossProcessVisibility: 'needs-configuration',
    notes: 'No wrap, unwrap, derive or create: token custody only. refresh_interval_secs: 0 hides other workers’ keys.',
  },
  {
    ...minimum,
    name: 'generic',
    hints: [],
    library: 'any PKCS#11 v2.40 library',
    pinFormat: 'user PIN',
    notes: 'An unknown token. The minimum is assumed and the self-tests decide.',
  },
] as const satisfies readonly Profile[];

export type ProfileName = (typeof rows)[number]['name'];

export const profiles: readonly Profile[] = rows;

const byName = (name: string): Profile => {
  const profile = profiles.find((row) => row.name === name);
  if (!profile)
    throw new Error(
      `no vendor profile is named ${name}; the profiles are ${profiles.map((row) => row.name).join(', ')}`,
    );
  return profile;
};

/** @param clues library path, manufacturer and model. @throws if `configured` names no row */
export const chooseProfile = (configured: string | undefined, clues: readonly string[]): Profile => {
  if (configured) return byName(configured);
  const text = clues.join(' ').toLowerCase();
  return profiles.find((row) => row.hints.some((hint) => text.includes(hint))) ?? byName('generic');
};

/** Whether an object that is missing may be one that another process made since C_Initialize. */
export const hidesNewObjects = ({ crossProcessVisibility }: Profile): boolean => crossProcessVisibility !== 'at-once';

/**
 * The profile with the key-wrap mechanisms that the token lists. Without one, no key wraps others, and the mechanism for content
 * keys is the one that is missed.
 */
export const settleProfile = (profile: Profile, listed: MechanismList): Profile => {
  const listedOf = (mechanisms: readonly number[]): readonly number[] =>
    mechanisms.filter((mechanism) => listed.has(mechanism)).slice(0, 1);
  const cekWrap = listedOf(profile.cekWrap);
  return {
    ...profile,
    cekWrap: cekWrap.length > 0 ? cekWrap : profile.cekWrap.slice(0, 1),
    kekWrap: listedOf(profile.kekWrap),
  };
};
