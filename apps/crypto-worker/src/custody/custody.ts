import type { Alg, AlgorithmName, Hash, JweAlg, Purpose } from '@ankasecure/algorithm';
import type { ImportMethod } from '@ankasecure/contracts';
import type { Deadline } from '../deadline/deadline.js';

/**
 * Where a private or secret key is: an object of the token, a blob that a KEK in the token wraps, or, for what the token cannot
 * do, in this process's memory, and sealed by the token at rest.
 */
export type CustodyKind = 'token' | 'wrapped' | 'software';

/** With what a key is wrapped, and whose it is. */
export interface Wrapping {
  /** CKA_ID of the tenant's KEK. */
  readonly kek: Uint8Array;
  readonly kekGeneration: number;
  /** CKA_ID of the tenant's `blob-mac` key. */
  readonly blobMac: Uint8Array;
  readonly tenantId: string;
  readonly keyId: string;
  readonly version: number;
}

/**
 * A key outside the token. AES key wrap with padding (RFC 5649) keeps the blob secret and whole, and says nothing about whose
 * it is: whoever can write to the database could give one key's blob to another, or a `wrap` key the rights of a `decrypt` key.
 * So an HMAC, under a key that exists in the token alone, binds it to tenant, key, version, kind of key, rights and KEK
 * generation. A plain hash would not do: whoever moves a blob would move or make that too.
 */
export interface WrappedKey {
  readonly blob: Uint8Array;
  /** HMAC-SHA256, 32 bytes. */
  readonly mac: Uint8Array;
}

/** What finds a key again, in any worker and after any restart: never a handle, never a label. */
export interface KeyRef {
  readonly algorithm: AlgorithmName;
  readonly purpose: Purpose;
  /** The one JOSE algorithm an `encrypt` key serves: it decides the object's single right (DECRYPT, DERIVE, UNWRAP …). */
  readonly alg: JweAlg | null;
  /** CKA_ID: 16 bytes of our choosing. Of a wrapped key no object has it; it names what lanes have unwrapped. */
  readonly objectId: Uint8Array;
  /** Where it is not an object of the token: the key, or what seals it. */
  readonly wrapped?: (WrappedKey & { readonly wrapping: Wrapping }) | undefined;
  /** Where it is in software: its bytes, sealed under the wrapped key. */
  readonly sealed?: Uint8Array | undefined;
}

/**
 * The cause of an `hsm-timeout` whose call goes on in the HSM: a native call cannot be cancelled, and may yet make or destroy an object.
 * `ended` resolves when it is over.
 */
export class StillRunning extends Error {
  constructor(readonly ended: Promise<void>) {
    super('the call is still running in the HSM');
  }
}

export interface NewKey {
  readonly ref: KeyRef;
  /** CKA_LABEL: for people who look at the token. */
  readonly label: string;
  /** Where the key, or what seals it, is to be wrapped. */
  readonly wrapping?: Wrapping | undefined;
  /** Where this serves several kinds; with `wrapping`, `wrapped` when left out. */
  readonly custody?: CustodyKind | undefined;
}

export interface GeneratedKey {
  /** DER SubjectPublicKeyInfo; null for secret keys. */
  readonly spki: Uint8Array | null;
  /** null for an object of the token. */
  readonly wrapped: WrappedKey | null;
  /** As `KeyRef`'s. */
  readonly sealed?: Uint8Array | undefined;
}

export interface RsaSignature {
  readonly scheme: 'rsa-pkcs1' | 'rsa-pss';
  readonly hash: Hash;
}

/**
 * One signature or MAC. `input` is the digest for `rsa-pkcs1`, `rsa-pss` and `ecdsa`, and the whole message for `eddsa` and `hmac`.
 */
export type SignatureRequest =
  | RsaSignature
  | { readonly scheme: 'ecdsa' }
  | { readonly scheme: 'eddsa' }
  | { readonly scheme: 'hmac'; readonly hash: Hash };

export interface GcmSealed {
  /** The IV the token actually used: some write their own. */
  readonly iv: Uint8Array;
  readonly ciphertext: Uint8Array;
  /** 16 bytes. */
  readonly tag: Uint8Array;
}

/** What one algorithm and purpose can do on this token, as its self-test finds it. */
export interface Capability {
  readonly algorithm: AlgorithmName;
  readonly purpose: Purpose;
  /** What passed. */
  readonly algs: readonly Alg[];
  /** Why the rest is not there; codes are those of contracts' `exclusionCodes`. */
  readonly excluded: readonly {
    readonly alg: Alg;
    readonly code: 'token-lacks-mechanism' | 'self-test-failed' | 'self-test-pending';
    readonly detail: string;
  }[];
  /**
   * Steps the worker does, or would do, outside the HSM because this token lacks them (development profiles only), e.g.
   * `oaep-unpadding`. Policy decides by them, so they are there before any self-test has run and whatever it finds.
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

/** Kinds of keys that serve the platform, not callers: each has one template, and one only. */
export type PlatformKeyKind = 'kek' | 'audit-mac' | 'blob-mac' | 'import' | 'token-signing';

/** What a token can do about keys that are brought in by one method. */
export interface ImportAbility {
  readonly available: boolean;
  /** For RSA-OAEP and its MGF1, where the method has them. */
  readonly oaepHash?: 'SHA-1' | 'SHA-256';
  /** Why not, or how. */
  readonly detail: string;
}

/**
 * A key that is brought in, under AES key wrap with padding: with an AES key before it, under RSA-OAEP with the tenant's
 * `import` key (its CKA_ID); or by a key of purpose `wrap`.
 */
export type ImportedMaterial = { readonly wrappedKey: Uint8Array } & (
  | { readonly method: 'rsa-aes-kwp'; readonly importKey: Uint8Array }
  | { readonly method: 'aes-kwp'; readonly wrappingKey: KeyRef }
);

/**
 * Whether the token can do nothing of this, by what it lists and not by a failure that may pass: only then may it be done in
 * software.
 */
export const isLacking = ({ algs, excluded }: Capability): boolean =>
  algs.length === 0 && excluded.length > 0 && excluded.every(({ code }) => code === 'token-lacks-mechanism');

/** Why something that the token does is not done in software. */
export const tokenDoesIt = (algorithm: AlgorithmName, purpose: Purpose): string =>
  `The token supports ${algorithm} for ${purpose}. Custody software is only for algorithms that the token does not support.`;

/**
 * The keys of one custody: making them, and what they do. The microseconds of PKCS#11 calls are added to the budget's meter. What is rejected, and with which codes, is as of `Custody`. */
export interface KeyCustody {
  readonly kind: CustodyKind;
  /**
   * Resolves when the self-tests of `algorithm` have run: one that is still to come is begun at once, and waited for within the budget.
   * @param custody of the key that is to be made, where this serves several kinds; `token` when left out
   */
  capability(budget: Deadline, algorithm: AlgorithmName, purpose: Purpose, custody?: CustodyKind): Promise<Capability>;
  /**
   * What is known by now, `self-test-pending` where a test still runs. Asked at every operation: it makes nothing and waits for nothing.
   * @param custody of the key that is used, where this serves several kinds; what is wrapped is used in the token
   */
  known(algorithm: AlgorithmName, purpose: Purpose, custody?: CustodyKind): Capability;
  /** The same of everything there is. */
  capabilities(): readonly Capability[];

  generate(budget: Deadline, key: NewKey): Promise<GeneratedKey>;
  /** RFC 7512 URI, without a PIN. */
  uri(ref: KeyRef): string;

  /** r‖s for ECDSA, RFC 8032 encoding for EdDSA, the full MAC for HMAC. */
  sign(budget: Deadline, ref: KeyRef, request: SignatureRequest, input: Uint8Array): Promise<Uint8Array>;
  /** RSAES-OAEP with SHA-256 and MGF1-SHA-256, empty label (RFC 8017 §7.1.2). @returns the content encryption key */
  decryptOaep(budget: Deadline, ref: KeyRef, ciphertext: Uint8Array): Promise<Uint8Array>;
  /** Z of ECDH (SP 800-56A r3 §5.7.1.2). @param peer uncompressed point, 04‖x‖y, already checked to be on the curve */
  agree(budget: Deadline, ref: KeyRef, peer: Uint8Array): Promise<Uint8Array>;
  /** RFC 3394 key wrap of a content encryption key. */
  wrapCek(budget: Deadline, ref: KeyRef, cek: Uint8Array): Promise<Uint8Array>;
  unwrapCek(budget: Deadline, ref: KeyRef, wrapped: Uint8Array): Promise<Uint8Array>;
  /** AES-GCM, 96-bit IV, 128-bit tag. */
  sealGcm(budget: Deadline, ref: KeyRef, aad: Uint8Array, plaintext: Uint8Array): Promise<GcmSealed>;
  openGcm(budget: Deadline, ref: KeyRef, sealed: GcmSealed, aad: Uint8Array): Promise<Uint8Array>;

  /**
   * Wraps a wrapped key, or what seals a key, again inside the token, with another KEK.
   * @throws AnkaError `key-not-found` where there is none
   */
  rewrap(budget: Deadline, ref: KeyRef, to: Wrapping): Promise<WrappedKey>;
  /**
   * Has every lane destroy what it has unwrapped of these keys, or of all, before its next batch, and this process wipe what it
   * has of them. The fence keeps results of keys that are not to be used any more from being released; this takes the keys
   * themselves out of memory.
   */
  forgetUnwrapped(objectIds: readonly Uint8Array[] | 'all'): void;
}

/**
 * One HSM partition, whatever stands behind it. Every method rejects with an AnkaError of code `hsm-unavailable`
 * (retryable), `hsm-timeout` (retryable), `hsm-error`, `key-not-found` (the object is gone), `key-blob-refused` (a wrapped key is not
 * what it is recorded as) or, for unwrapping and decryption only, `decryption-failed`: the same for every cause.
 */
export interface Custody extends KeyCustody {
  readonly token: TokenIdentity;
  /** A platform key under `objectId`; `label` is its CKA_LABEL (for a KEK, the configured prefix and the tenant id). */
  generatePlatformKey(
    budget: Deadline,
    kind: PlatformKeyKind,
    objectId: Uint8Array,
    label: string,
  ): Promise<GeneratedKey>;
  /** @param of what is brought in, where that is known: it is tried before it is kept, with more than it is for */
  importAbility(method: ImportMethod, of?: Pick<KeyRef, 'algorithm' | 'purpose'>): ImportAbility;
  /**
   * Takes in a key, which exists in plaintext inside the token alone. A pair's public half is computed and has proved to be
   * its: what else the material says of it is not asked.
   * @throws AnkaError `decryption-failed` for material that is not a key of that algorithm, whatever is wrong with it
   */
  importKey(budget: Deadline, key: NewKey, material: ImportedMaterial): Promise<GeneratedKey>;
  /** Destroys every object with this CKA_ID. @returns how many there were: 0 is not an error. */
  destroy(budget: Deadline, objectId: Uint8Array): Promise<number>;
  /** HMAC-SHA256 under a tenant's `audit-mac` key. */
  platformMac(budget: Deadline, objectId: Uint8Array, input: Uint8Array): Promise<Uint8Array>;

  /** True while lanes serve and the last canary passed. */
  healthy(): boolean;
  /** Stops lanes, then the module. Calls under way finish first. */
  close(): Promise<void>;
}

/** The token that Nest injects a custody by. Implementations and tests need the interface only. */
export abstract class Custody {}
