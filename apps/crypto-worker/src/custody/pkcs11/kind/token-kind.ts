import type { Alg, AlgOf, AlgorithmKind } from '@ankasecure/algorithm';
import type { Handle } from 'pkcs11js';
import type { Attribute } from '../cryptoki/attribute.js';
import type { KeyShape } from '../job/key-shape.js';
import type { Profile } from '../profile/profile.js';
import type { TokenSession } from '../session/token-session.js';
import type { Placement } from './placement.js';
import type { SelfTest } from './self-test.js';

/** A mechanism that must be there, and the flags it must have; undefined where the token has none for it. */
export interface Need {
  readonly mechanism: number | undefined;
  readonly flags: number;
}

/** How a token uses keys of a kind for one JOSE algorithm. */
export interface TokenUse {
  readonly need: (profile: Profile) => Need;
  readonly selfTest: SelfTest;
}

/** Unwraps an imported key as often as it takes, each time to one purpose only: no object ever has the rights of two. */
export type UnwrapAs = (shape: KeyShape, place: Placement) => Handle;

interface AnyKind {
  /** CKA_KEY_TYPE. */
  readonly keyType: number;
  /** The mechanism that generates keys. */
  readonly generation: number;
  /** Making a key takes long: never on all lanes at once. */
  readonly slowToMake: boolean;
  /** Start-up does not wait for the self-tests of keys of this size and above; null where it waits for all. */
  readonly longTestFromBits: number | null;
  /** The token's list gives key sizes of the mechanisms in bits of these keys. */
  readonly listedInBits: boolean;
  /** The mechanisms a key may ever be used with; at creation they become CKA_ALLOWED_MECHANISMS. */
  readonly mechanisms: (shape: KeyShape, profile: Profile) => readonly number[];
  /** What an imported key is tried with before it is kept, besides what it is for. */
  readonly neededToTry: (shape: KeyShape, profile: Profile) => readonly Need[];
}

/** Kinds whose keys are pairs. Only the private half stays in the token. */
export interface PairKind extends AnyKind {
  readonly pair: true;
  /** The attributes of the public half that say which key to make. */
  readonly domainParameters: (bits: number, profile: Profile) => readonly Attribute[];
  /** @returns DER SubjectPublicKeyInfo of a new pair's public half */
  readonly spki: (session: TokenSession, bits: number, publicKey: Handle) => Buffer;
  /**
   * Computes the public half of an imported key, and proves that it is.
   * @returns DER SubjectPublicKeyInfo
   * @throws BadData
   */
  readonly prove: (session: TokenSession, shape: KeyShape, unwrapAs: UnwrapAs) => Buffer;
}

/** Kinds whose keys are secret. */
export interface SecretKind extends AnyKind {
  readonly pair: false;
  /** What an imported key is tried as. */
  readonly trialShape: (shape: KeyShape) => KeyShape;
  /** Does with an imported key what it is for. */
  readonly tryOut: (session: TokenSession, key: Handle, shape: KeyShape) => void;
}

interface Uses<Algs extends Alg> {
  readonly uses: Readonly<Record<Algs, TokenUse>>;
}

/** All that PKCS#11 needs to know of one kind of algorithm: the row of `kinds`. */
export type TokenKind<Kind extends AlgorithmKind> = (PairKind | SecretKind) & Uses<AlgOf<Kind>>;

/** A row whose kind is not known before it is looked up. */
export type SomeKind = (PairKind | SecretKind) & { readonly uses: Readonly<Partial<Record<Alg, TokenUse>>> };
