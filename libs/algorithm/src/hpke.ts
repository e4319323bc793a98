import type { HpkeAlg, MlKemSet } from './alg.js';
import { rowPer } from './parameter-set.js';

/** A suite of HPKE. Its KDF is SHAKE256, its AEAD AES-256-GCM. */
export interface HpkeSuite {
  readonly set: MlKemSet;
  /** The number of the KEM (draft-ietf-hpke-pq). */
  readonly kem: number;
  /** HPKE encrypts the content key, and `enc` names what encrypts the content. Otherwise HPKE encrypts the content itself. */
  readonly keyEncryption: boolean;
}

/** The revision of the draft that these suites follow. Keys keep it, because another revision can use the same names for other suites. */
export const hpkeDraft = 'draft-ietf-jose-hpke-pq-pqt-01';

const suite = (set: MlKemSet, kem: number, keyEncryption: boolean): HpkeSuite => ({ set, kem, keyEncryption });

export const hpkeSuites = {
  'HPKE-12': suite('ML-KEM-768', 0x0041, false),
  'HPKE-12-KE': suite('ML-KEM-768', 0x0041, true),
  'HPKE-13': suite('ML-KEM-1024', 0x0042, false),
  'HPKE-13-KE': suite('ML-KEM-1024', 0x0042, true),
} as const satisfies Record<HpkeAlg, HpkeSuite>;

export const hpkeAlgs = Object.keys(hpkeSuites) as readonly HpkeAlg[];

/** A table with one row per suite. */
export const rowPerHpke = <Row>(row: (alg: HpkeAlg) => Row) => rowPer(hpkeAlgs, row);

export const isHpkeAlg = (alg: string | null): alg is HpkeAlg => alg !== null && Object.hasOwn(hpkeSuites, alg);

/** The row of `alg`, widened to the common shape. */
export const hpkeSuiteOf = (alg: HpkeAlg): HpkeSuite => hpkeSuites[alg];

/** The suites of a parameter set, best first. */
export const hpkeAlgsOf = (set: MlKemSet): readonly HpkeAlg[] => hpkeAlgs.filter((alg) => hpkeSuites[alg].set === set);

/** The draft that an algorithm is from; null for an algorithm that no draft can change. */
export const draftOf = (alg: string | undefined): string | null =>
  alg !== undefined && isHpkeAlg(alg) ? hpkeDraft : null;
