import type { AlgorithmKind, JweAlg, ParameterSet, Purpose } from '@ankasecure/algorithm';

/** Everything that decides a key's template. It is passed to lanes, and written into the headers of wrapped keys, as JSON. */
export interface KeyShape {
  readonly kind: AlgorithmKind;
  readonly bits: number;
  readonly purpose: Purpose | PlatformPurpose;
  /** The one JOSE algorithm of an `encrypt` key; null for all other purposes. */
  readonly alg: JweAlg | null;
  /** Present for post-quantum keys. */
  readonly set?: ParameterSet;
}

/** Purposes of keys that serve the platform. All others serve callers. */
export type PlatformPurpose =
  | 'kek'
  | 'audit-mac'
  | 'blob-mac'
  | 'record-mac'
  | 'import'
  | 'transport'
  | 'seal'
  | 'canary';

export const platformShapes = {
  kek: { kind: 'aes', bits: 256, purpose: 'kek', alg: null },
  'audit-mac': { kind: 'hmac', bits: 256, purpose: 'audit-mac', alg: null },
  'token-signing': { kind: 'ec', bits: 256, purpose: 'sign', alg: null },
  'checkpoint-ed25519': { kind: 'ed', bits: 255, purpose: 'sign', alg: null },
  'checkpoint-p256': { kind: 'ec', bits: 256, purpose: 'sign', alg: null },
  'checkpoint-ml-dsa': { kind: 'ml-dsa', bits: 10_496, purpose: 'sign', alg: null, set: 'ML-DSA-44' },
  'blob-mac': { kind: 'hmac', bits: 256, purpose: 'blob-mac', alg: null },
  /** The key that seals the database's records. */
  'record-mac': { kind: 'hmac', bits: 256, purpose: 'record-mac', alg: null },
  import: { kind: 'rsa', bits: 4096, purpose: 'import', alg: null },
  /** The AES key between an `import` key and the imported key. It exists for one job. */
  transport: { kind: 'aes', bits: 256, purpose: 'transport', alg: null },
  /** A data key for software keys. Callers' keys never have its purpose, so no blob of theirs is accepted as one. */
  seal: { kind: 'aes', bits: 256, purpose: 'seal', alg: null },
  canary: { kind: 'aes', bits: 256, purpose: 'canary', alg: null },
} as const satisfies Record<string, KeyShape>;
