import type { Alg, AlgOf, AlgorithmKind } from '@ankasecure/algorithm';
import type { Handle } from 'pkcs11js';
import type { Attribute } from '../cryptoki/attribute.js';
import type { KeyShape } from '../job/key-shape.js';
import type { Placement } from '../job/placement.js';
import type { Profile } from '../profile/profile.js';
import type { TokenSession } from '../session/token-session.js';
import type { SelfTest } from './self-test.js';

/** A mechanism that the token must list, and the flags it must have; undefined if the token has none for it. */
export interface Need {
  readonly mechanism: number | undefined;
  readonly flags: number;
  /** The token's further lacks, by its profile. */
  readonly lacks?: string;
}

/** The token's use of a kind of key for one JOSE algorithm. */
export interface TokenUse {
  readonly need: (profile: Profile) => Need;
  readonly selfTest: SelfTest;
}

/** Unwraps an imported key any number of times, each time for one purpose only. No object ever has the rights of two. */
export type UnwrapAs = (shape: KeyShape, place: Placement) => Handle;

interface AnyKind {
  /** CKA_KEY_TYPE. */
  readonly keyType: number;
  /** The mechanism that generates keys. */
  readonly generation: number;
  /** Making a key takes long, so self-tests of the kind never run on all lanes at once. */
  readonly slowToMake: boolean;
  /** Start-up does not wait for the self-tests of keys of this size and above; null if it waits for all. */
  readonly longTestFromBits: number | null;
  /** The token lists this kind's key sizes in bits. */
  readonly listedInBits: boolean;
  /** The mechanisms that a key may ever be used with. At creation they become CKA_ALLOWED_MECHANISMS. */
  readonly mechanisms: (shape: KeyShape, profile: Profile) => readonly number[];
  /** The needs for trying an imported key before it is kept, in addition to its own purpose. */
  readonly neededToTry: (shape: KeyShape, profile: Profile) => readonly Need[];
}

/** Kinds whose keys are pairs. Only the private half stays in the token. */
export interface PairKind extends AnyKind {
  readonly pair: true;
  /** The attributes of the public half that define the key to make. */
  readonly domainParameters: (shape: KeyShape, profile: Profile) => readonly Attribute[];
  /** The attributes of the private half that say which key it is, besides its rights. */
  readonly privateParameters?: (shape: KeyShape) => readonly Attribute[];
  /** Rights of private halves that only this kind has. */
  readonly ownRights?: readonly 'DECAPSULATE'[];
  /** @returns DER SubjectPublicKeyInfo of a new pair's public half */
  readonly spki: (session: TokenSession, shape: KeyShape, publicKey: Handle) => Buffer;
  /**
   * Computes the public half of an imported key, and proves that it matches.
   * @returns DER SubjectPublicKeyInfo
   * @throws BadData
   */
  readonly prove: (session: TokenSession, shape: KeyShape, unwrapAs: UnwrapAs) => Buffer;
}

/** Kinds whose keys are secret. */
export interface SecretKind extends AnyKind {
  readonly pair: false;
  /** The shape that an imported key is tried as. */
  readonly trialShape: (shape: KeyShape) => KeyShape;
  /** Tries the imported key for its purpose. */
  readonly tryOut: (session: TokenSession, key: Handle, shape: KeyShape) => void;
}

interface Uses<Algs extends Alg> {
  readonly uses: Readonly<Record<Algs, TokenUse>>;
}

/** Everything that PKCS#11 needs to know of one kind of algorithm: the row of `kinds`. */
export type TokenKind<Kind extends AlgorithmKind> = (PairKind | SecretKind) & Uses<AlgOf<Kind>>;

/** A row whose kind is not known in advance. */
export type SomeKind = (PairKind | SecretKind) & { readonly uses: Readonly<Partial<Record<Alg, TokenUse>>> };
