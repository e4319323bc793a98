import type { MlDsaSet, MlKemJweAlg, MlKemSet, SlhDsaSet } from './alg.js';

export interface SetSizes {
  /** The strength in bits of its security category (FIPS 203 §8, FIPS 204 §4, FIPS 205 §11): 1 and 2 are 128, 3 is 192, 5 is 256. */
  readonly strength: 128 | 192 | 256;
  readonly publicKeyBytes: number;
  /** The length of a signature, or of a KEM ciphertext. */
  readonly outputBytes: number;
}

const set = (strength: SetSizes['strength'], publicKeyBytes: number, outputBytes: number): SetSizes => ({
  strength,
  publicKeyBytes,
  outputBytes,
});

/** FIPS 203 §8, table 3. */
export const mlKemSizes: Readonly<Record<MlKemSet, SetSizes>> = {
  'ML-KEM-512': set(128, 800, 768),
  'ML-KEM-768': set(192, 1184, 1088),
  'ML-KEM-1024': set(256, 1568, 1568),
};

/** FIPS 204 §4, table 2. */
export const mlDsaSizes: Readonly<Record<MlDsaSet, SetSizes>> = {
  'ML-DSA-44': set(128, 1312, 2420),
  'ML-DSA-65': set(192, 1952, 3309),
  'ML-DSA-87': set(256, 2592, 4627),
};

/** FIPS 205 §11, table 2. */
export const slhDsaSizes: Readonly<Record<SlhDsaSet, SetSizes>> = {
  'SLH-DSA-SHA2-128s': set(128, 32, 7856),
  'SLH-DSA-SHAKE-128s': set(128, 32, 7856),
  'SLH-DSA-SHA2-128f': set(128, 32, 17_088),
  'SLH-DSA-SHAKE-128f': set(128, 32, 17_088),
  'SLH-DSA-SHA2-192s': set(192, 48, 16_224),
  'SLH-DSA-SHAKE-192s': set(192, 48, 16_224),
  'SLH-DSA-SHA2-192f': set(192, 48, 35_664),
  'SLH-DSA-SHAKE-192f': set(192, 48, 35_664),
  'SLH-DSA-SHA2-256s': set(256, 64, 29_792),
  'SLH-DSA-SHAKE-256s': set(256, 64, 29_792),
  'SLH-DSA-SHA2-256f': set(256, 64, 49_856),
  'SLH-DSA-SHAKE-256f': set(256, 64, 49_856),
};

/** A table with one row per name. */
export const rowPer = <Name extends string, Row>(names: readonly Name[], row: (name: Name) => Row) =>
  Object.fromEntries(names.map((name) => [name, row(name)])) as Readonly<Record<Name, Row>>;

export const mlDsaSets = Object.keys(mlDsaSizes) as readonly MlDsaSet[];
export const slhDsaSets = Object.keys(slhDsaSizes) as readonly SlhDsaSet[];
export const mlKemSets = Object.keys(mlKemSizes) as readonly MlKemSet[];

export const isMlKemSet = (name: string): name is MlKemSet => Object.hasOwn(mlKemSizes, name);

/** The lengths of the shortest and the longest ciphertext of ML-KEM, in bytes. */
export const [minKemCiphertextBytes, maxKemCiphertextBytes] = [
  mlKemSizes['ML-KEM-512'].outputBytes,
  mlKemSizes['ML-KEM-1024'].outputBytes,
];

/** The longest signature of any algorithm, in bytes. */
export const maxSignatureBytes = Math.max(...Object.values(slhDsaSizes).map(({ outputBytes }) => outputBytes));

/** The private name of the envelope whose content key is wrapped under the shared secret of `set`. */
export const mlKemJweAlg = <Set extends MlKemSet>(set: Set): `urn:ankasecure:jwe:${Set}+A256KW` =>
  `urn:ankasecure:jwe:${set}+A256KW`;

/** Every envelope of ML-KEM, with its parameter set. */
export const mlKemJweAlgs = {
  'urn:ankasecure:jwe:ML-KEM-512+A256KW': 'ML-KEM-512',
  'urn:ankasecure:jwe:ML-KEM-768+A256KW': 'ML-KEM-768',
  'urn:ankasecure:jwe:ML-KEM-1024+A256KW': 'ML-KEM-1024',
} as const satisfies Record<MlKemJweAlg, MlKemSet>;

export const setOfJweAlg = (alg: MlKemJweAlg): MlKemSet => mlKemJweAlgs[alg];

export const isMlKemJweAlg = (alg: string | null): alg is MlKemJweAlg =>
  alg !== null && Object.hasOwn(mlKemJweAlgs, alg);
