import type { Deadline } from '../../deadline/deadline.js';
import type { KeyRef, WrappedKey, Wrapping } from '../custody.js';

/** A data key of the HSM: AES-256, wrapped by the tenant's KEK, and used only inside the HSM. */
export interface DataKey {
  /** The id of the key that it seals. */
  readonly objectId: Uint8Array;
  readonly wrapped: NonNullable<KeyRef['wrapped']>;
}

/** Seals software keys by the HSM, so that they cannot be read at rest without it. */
export interface Vault {
  /** Tells whether this token can seal keys. Waits for its self-test. */
  able(budget: Deadline): Promise<boolean>;
  /** Tells whether the token is already known to be unable to seal keys. */
  knownUnable(): boolean;
  makeDataKey(budget: Deadline, wrapping: Wrapping): Promise<WrappedKey>;
  /** AES-GCM with `aad` authenticated. @returns IV, ciphertext and tag, one after the other */
  seal(budget: Deadline, key: DataKey, aad: Uint8Array, plaintext: Uint8Array): Promise<Uint8Array>;
  /** The caller wipes the result. @throws AnkaError `key-blob-refused` for bytes that were not sealed with these arguments */
  open(budget: Deadline, key: DataKey, aad: Uint8Array, sealed: Uint8Array): Promise<Uint8Array>;
  /** Wraps the data key again, with another KEK. The sealed key does not change. */
  rewrap(budget: Deadline, key: DataKey, to: Wrapping): Promise<WrappedKey>;
  /** RFC 7512 URI of the KEK. */
  uri(wrapping: Wrapping): string;
}
