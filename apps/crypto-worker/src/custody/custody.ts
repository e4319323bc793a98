import type { Alg, AlgorithmName, Hash, JweAlg, OutsideStepName, Purpose } from '@ankasecure/algorithm';
import type { ImportMethod } from '@ankasecure/contracts';
import type { Deadline } from '../deadline/deadline.js';
import type {
  KeyOwner,
  ObjectOwner,
  PartitionKeyKind,
  PartitionRef,
  PlatformKeyKind,
  PlatformRef,
} from './object-owner.js';

export type {
  KeyOwner,
  ObjectOwner,
  PartitionKeyKind,
  PartitionRef,
  PlatformKeyKind,
  PlatformRef,
} from './object-owner.js';

/**
 * The place of a private or secret key: an object of the token; a blob that a KEK in the token wraps; or, for algorithms
 * that the token lacks, this process's memory. Software keys are sealed by the token at rest. Of a key in custody `public`,
 * somebody else has the private key.
 */
export type CustodyKind = 'token' | 'wrapped' | 'software' | 'public';

/** The keys that wrap a key, and the key's owner. */
export interface Wrapping {
  /** CKA_ID of the tenant's KEK. */
  readonly kek: Uint8Array;
  readonly kekGeneration: number;
  /** The KEK was replaced for good. A key under it came back from a backup: it is rewrapped, and used for nothing before. */
  readonly kekRetired?: boolean;
  /** CKA_ID of the tenant's `blob-mac` key. */
  readonly blobMac: Uint8Array;
  readonly tenantId: string;
  readonly keyId: string;
  readonly version: number;
}

/**
 * A key outside the token. AES key wrap with padding (RFC 5649) keeps the blob secret and intact, but does not bind it to an
 * owner: somebody who can write to the database could give one key's blob to another key, or give a `wrap` key the rights of
 * a `decrypt` key. An HMAC under a key that exists only in the token therefore binds the blob to tenant, key, version, kind
 * of key, rights and KEK generation. A plain hash would not help: it can be moved or computed together with the blob.
 */
export interface WrappedKey {
  readonly blob: Uint8Array;
  /** HMAC-SHA256, 32 bytes. */
  readonly mac: Uint8Array;
}

/**
 * Identifies a caller's key for any worker and after any restart. It is never a handle. An object of the token is used only
 * if the object itself says that it is the owner's, and of this algorithm and purpose.
 */
export interface KeyRef {
  readonly owner: KeyOwner;
  readonly algorithm: AlgorithmName;
  readonly purpose: Purpose;
  /** The one JOSE algorithm that an `encrypt` key serves. It decides the object's single right (DECRYPT, DERIVE, UNWRAP …). */
  readonly alg: JweAlg | null;
  /** CKA_ID: 16 bytes that we choose and that bind the owner. No object has the id of a wrapped key; lanes find unwrapped keys by it. */
  readonly objectId: Uint8Array;
  /** The wrapped key, or the wrapped data key that seals it; absent for an object of the token. */
  readonly wrapped?: (WrappedKey & { readonly wrapping: Wrapping }) | undefined;
  /** The sealed bytes of a key in software; absent for all others. */
  readonly sealed?: Uint8Array | undefined;
  /** Set for a public key of others, which has no object and no private key; absent for all others. */
  readonly isPublic?: true | undefined;
}

/**
 * The cause of an `hsm-timeout` whose call still runs in the HSM. A native call cannot be cancelled, and may still make or
 * destroy an object. `ended` resolves when the call has ended.
 */
export class StillRunning extends Error {
  constructor(readonly ended: Promise<void>) {
    super('the call is still running in the HSM');
  }
}

export interface NewKey {
  readonly ref: KeyRef;
  /** Wraps the key, or the data key that seals it. */
  readonly wrapping?: Wrapping | undefined;
  /** Selects the kind if a custody serves several. The default with `wrapping` is `wrapped`. */
  readonly custody?: CustodyKind | undefined;
}

export interface GeneratedKey {
  /** DER SubjectPublicKeyInfo; null for secret keys. */
  readonly spki: Uint8Array | null;
  /** null for an object of the token. */
  readonly wrapped: WrappedKey | null;
  /** See `KeyRef`. */
  readonly sealed?: Uint8Array | undefined;
}

export interface RsaSignature {
  readonly scheme: 'rsa-pkcs1' | 'rsa-pss';
  readonly hash: Hash;
}

/**
 * One signature or MAC. `input` is the digest for `rsa-pkcs1`, `rsa-pss` and `ecdsa`, and the whole message for all others.
 */
export type SignatureRequest =
  | RsaSignature
  | { readonly scheme: 'ecdsa' }
  | { readonly scheme: 'eddsa' | 'ml-dsa' | 'slh-dsa' }
  | { readonly scheme: 'hmac'; readonly hash: Hash };

export interface GcmSealed {
  /** The IV that the token used. Some tokens choose their own. */
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  /** 16 bytes. */
  readonly tag: Uint8Array;
}

/** The abilities of a token for one algorithm and purpose, as its self-tests show them. */
export interface Capability {
  readonly algorithm: AlgorithmName;
  readonly purpose: Purpose;
  /** The algorithms that passed. */
  readonly algs: readonly Alg[];
  /** The other algorithms, and why they are excluded. The codes are those of `exclusionCodes` in contracts. */
  readonly excluded: readonly {
    readonly alg: Alg;
    readonly code: 'token-lacks-mechanism' | 'self-test-failed' | 'self-test-pending';
    readonly detail: string;
  }[];
  /**
   * Steps that the worker performs outside the HSM because this token lacks them (development profiles only), e.g.
   * `oaep-unpadding`. Policy decides by them, so they are known before any self-test has run, whatever its result.
   */
  readonly outsideSteps: readonly string[];
}

export interface TokenIdentity {
  readonly label: string;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly firmware: string;
  readonly profile: string;
}

/** An object of the token that was found by its label. */
export interface FoundKey {
  /** CKA_ID. */
  readonly objectId: Uint8Array;
  /** The attributes that differ from those of a key that was made here for its purpose. Empty for a genuine key. */
  readonly faults: readonly string[];
}

/** A value that the token keeps against roll-back: its number only grows. */
export interface Anchor {
  readonly number: number;
  /** At most 32 bytes. */
  readonly value: Uint8Array;
}

/** Tells whether a token can import keys by one method. */
export interface ImportAbility {
  readonly available: boolean;
  /** The hash of RSA-OAEP and its MGF1; absent for methods without them. */
  readonly oaepHash?: 'SHA-1' | 'SHA-256';
  /** The reason for its absence, or how it works. */
  readonly detail: string;
  /** Steps that the worker performs outside the HSM to import this kind of key, because this token lacks them. */
  readonly outsideSteps?: readonly OutsideStepName[];
  /** The token fills a secret up to a multiple of 8 bytes with zeros when it wraps it. */
  readonly fillsWrapped?: true;
}

/**
 * A key to import, under AES key wrap with padding. Either an AES key precedes it, under RSA-OAEP with the tenant's `import`
 * key, or a key of purpose `wrap` wraps it.
 */
export type ImportedMaterial = { readonly wrappedKey: Uint8Array } & (
  | { readonly method: 'rsa-aes-kwp'; readonly importKey: PlatformRef }
  | { readonly method: 'aes-kwp'; readonly wrappingKey: KeyRef }
);

/**
 * The keys of one custody: making and using them. The microseconds of PKCS#11 calls are added to the budget's meter. Errors
 * are those of `Custody`.
 */
export interface KeyCustody {
  readonly kind: CustodyKind;
  /**
   * Resolves when the self-tests of `algorithm` have run. A test that has not begun begins at once.
   * @param custody of the key to make, if a custody serves several kinds; `token` by default
   */
  capability(budget: Deadline, algorithm: AlgorithmName, purpose: Purpose, custody?: CustodyKind): Promise<Capability>;
  /**
   * Returns what is known now: `self-test-pending` while a test runs. Every operation calls it, so it allocates and awaits
   * nothing.
   * @param custody of the key in use, if a custody serves several kinds; wrapped keys are used in the token
   */
  known(algorithm: AlgorithmName, purpose: Purpose, custody?: CustodyKind): Capability;
  /** As `known`, for every algorithm and purpose. @param custody of keys to make; wrapped keys have capabilities of their own */
  capabilities(custody?: CustodyKind): readonly Capability[];

  generate(budget: Deadline, key: NewKey): Promise<GeneratedKey>;
  /** RFC 7512 URI, without a PIN; null for a key without an object. */
  uri(ref: KeyRef): string | null;

  /** r‖s for ECDSA, the encodings of RFC 8032 and of FIPS 204 and 205 (empty context), the full MAC for HMAC. */
  sign(budget: Deadline, ref: KeyRef, request: SignatureRequest, input: Uint8Array): Promise<Uint8Array>;
  /** RSAES-OAEP with SHA-256 and MGF1-SHA-256, empty label (RFC 8017 §7.1.2). @returns the content encryption key */
  decryptOaep(budget: Deadline, ref: KeyRef, ciphertext: Uint8Array): Promise<Uint8Array>;
  /** Z of ECDH (SP 800-56A r3 §5.7.1.2). @param peer uncompressed point, 04‖x‖y, already checked to be on the curve */
  agree(budget: Deadline, ref: KeyRef, peer: Uint8Array): Promise<Uint8Array>;
  /**
   * Decapsulates (FIPS 203 §7.3), and unwraps a content encryption key under the shared secret by RFC 3394. The secret is an AES
   * key that never leaves the HSM. A wrong ciphertext gives another secret (implicit rejection), under which nothing unwraps.
   * @param ciphertext of ML-KEM
   */
  decapsulateCek(budget: Deadline, ref: KeyRef, ciphertext: Uint8Array, wrapped: Uint8Array): Promise<Uint8Array>;
  /** Decapsulates with an `encapsulate` key, or one for HPKE. @returns the shared secret, which leaves the HSM. The caller wipes it. */
  decapsulate(budget: Deadline, ref: KeyRef, ciphertext: Uint8Array): Promise<Uint8Array>;
  /** RFC 3394 key wrap of a content encryption key. */
  wrapCek(budget: Deadline, ref: KeyRef, cek: Uint8Array): Promise<Uint8Array>;
  unwrapCek(budget: Deadline, ref: KeyRef, wrapped: Uint8Array): Promise<Uint8Array>;
  /** AES-GCM, 96-bit IV, 128-bit tag. */
  sealGcm(budget: Deadline, ref: KeyRef, aad: Uint8Array, plaintext: Uint8Array): Promise<GcmSealed>;
  openGcm(budget: Deadline, ref: KeyRef, sealed: GcmSealed, aad: Uint8Array): Promise<Uint8Array>;

  /**
   * Wraps a wrapped key, or a data key that seals one, under another KEK, inside the token.
   * @throws AnkaError `key-not-found` for keys that are not wrapped
   */
  rewrap(budget: Deadline, ref: KeyRef, to: Wrapping): Promise<WrappedKey>;
  /**
   * Makes every lane destroy the unwrapped objects of these keys, or of all keys, before its next batch, and wipes them from
   * this process's memory. The fence already prevents the release of results of such keys; this removes the keys themselves.
   */
  forgetUnwrapped(objectIds: readonly Uint8Array[] | 'all'): void;
}

/**
 * One HSM partition, on any token. Every method rejects with an AnkaError of code `hsm-unavailable` (retryable),
 * `hsm-timeout` (retryable), `hsm-error`, `key-not-found` (the object is gone), `key-blob-refused` (a wrapped key does not
 * match its record), `record-forged` (an object is not what its record says) or, for unwrapping and decryption only, `decryption-failed`: the same for every cause.
 */
export interface Custody extends KeyCustody {
  readonly token: TokenIdentity;
  /** Makes a platform key under the ref's CKA_ID. The label of a KEK is the configured prefix and the tenant id. */
  generatePlatformKey(budget: Deadline, ref: PlatformRef | PartitionRef): Promise<GeneratedKey>;
  /** The CKA_IDs of all objects that have the label of such a platform key, of any generation and release. */
  platformObjects(budget: Deadline, kind: PlatformKeyKind, tenantId: string): Promise<readonly Uint8Array[]>;
  /** Finds secret keys by their CKA_LABEL and compares each with the template of `kind`. The label and nothing else leads there. */
  findByLabel(budget: Deadline, kind: PartitionKeyKind, label: string): Promise<readonly FoundKey[]>;
  /**
   * Checks an object that no record names, as every object is checked at its first use: label and CKA_ID name its owner, it was
   * made in the token and never left it, and it has the rights of its kind and no others.
   * @throws AnkaError `record-forged`, `key-not-found`
   */
  checkPlatformKey(budget: Deadline, ref: PlatformRef): Promise<void>;
  /** @param of the kind of key to import, if known. The key is tried before it is kept, with more than its own purpose. */
  importAbility(method: ImportMethod, of?: Pick<KeyRef, 'algorithm' | 'purpose'>): ImportAbility;
  /**
   * Imports a key. Its plaintext exists only inside the token, except for the step `import-check`. Its public half is computed.
   * @throws AnkaError `decryption-failed` for material that is not such a key. Its cause is an `ImportFailure`
   */
  importKey(budget: Deadline, key: NewKey, material: ImportedMaterial): Promise<GeneratedKey>;
  /**
   * Destroys every object with this CKA_ID.
   * @returns the number of objects; 0 is not an error, if the token proves to be ours
   * @throws AnkaError `record-forged` for an object of another owner, which stays
   */
  destroy(budget: Deadline, owner: ObjectOwner, objectId: Uint8Array): Promise<number>;
  /**
   * Reads the data object with this label from the token. @returns null if there is none
   * @throws AnkaError `algorithm-unavailable` for a token that stores no data
   */
  readAnchor(budget: Deadline, label: string): Promise<Anchor | null>;
  /** Replaces the data object with this label if `anchor` has a higher number. @returns the anchor that the token holds then */
  writeAnchor(budget: Deadline, label: string, anchor: Anchor): Promise<Anchor>;
  /** HMAC-SHA256 under a tenant's `audit-mac` key or a partition's `record-mac` key. */
  platformMac(budget: Deadline, ref: PlatformRef | PartitionRef, input: Uint8Array): Promise<Uint8Array>;
  /** @param length at most 1,024 bytes @returns bytes of the token's own random generator. The caller wipes them. */
  random(budget: Deadline, length: number): Promise<Uint8Array>;
  /** Signs as `sign`, with a tenant's `token-signing` key or a checkpoint key. @param input the message, or for ECDSA its SHA-256 */
  platformSign(budget: Deadline, ref: PlatformRef, input: Uint8Array): Promise<Uint8Array>;

  /** True while lanes serve and the last canary passed. */
  healthy(): boolean;
  /** Stops the lanes, then the module. Running calls finish first. */
  close(): Promise<void>;
}

/** The token by which Nest injects a custody. Implementations and tests need only the interface. */
export abstract class Custody {}
