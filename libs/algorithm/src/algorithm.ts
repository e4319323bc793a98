/**
 * What a key may do: exactly one of these, fixed at creation (a key that both wraps and decrypts gives its secrets away). A `wrap`
 * key is one that somebody outside has too: it unwraps the keys that he brings in, and nothing else.
 */
export const purposes = ['encrypt', 'sign', 'mac', 'wrap'] as const;
export type Purpose = (typeof purposes)[number];

export type Hash = 'sha256' | 'sha384' | 'sha512';

/** How the token is asked: each kind has one object class, one set of templates and one set of mechanisms. */
export type AlgorithmKind = 'rsa' | 'ec' | 'ed' | 'aes' | 'hmac';

/** JWE key management algorithms (RFC 7518 §4). Content is always A256GCM (§5.3). */
export type JweAlg = 'RSA-OAEP-256' | 'ECDH-ES+A256KW' | 'A128KW' | 'A256KW' | 'dir';

/** JWS algorithms (RFC 7518 §3, RFC 8037, RFC 9864). */
export type JwsAlg =
  | 'RS256'
  | 'RS384'
  | 'RS512'
  | 'PS256'
  | 'PS384'
  | 'PS512'
  | 'ES256'
  | 'ES384'
  | 'ES512'
  | 'EdDSA'
  | 'Ed25519'
  | 'HS256'
  | 'HS384'
  | 'HS512';

/** AES key wrap with padding (RFC 5649; SP 800-38F §6.3). JOSE has no name for it, for it is about keys and never about content. */
export type WrapAlg = 'AES-KWP';

/** What a key is used with. */
export type Alg = JwsAlg | JweAlg | WrapAlg;

export interface Algorithm {
  readonly kind: AlgorithmKind;
  /** Modulus, curve or key size in bits. */
  readonly bits: number;
  /** Security strength in bits, SP 800-57 part 1 r5, table 2. */
  readonly strength: number;
  readonly quantumSafe: boolean;
  /** Per purpose, what a key may be used with; the first is the default. The first purpose is the default. */
  readonly purposes: {
    readonly sign?: readonly JwsAlg[];
    readonly mac?: readonly JwsAlg[];
    readonly encrypt?: readonly JweAlg[];
    readonly wrap?: readonly WrapAlg[];
  };
}

const rsa = (bits: number, strength: number): Algorithm => ({
  kind: 'rsa',
  bits,
  strength,
  quantumSafe: false,
  purposes: { sign: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'], encrypt: ['RSA-OAEP-256'] },
});

const ec = (bits: number, strength: number, alg: JwsAlg): Algorithm => ({
  kind: 'ec',
  bits,
  strength,
  quantumSafe: false,
  purposes: { sign: [alg], encrypt: ['ECDH-ES+A256KW'] },
});

const aes = (bits: 128 | 256, algs: readonly JweAlg[]): Algorithm => ({
  kind: 'aes',
  bits,
  strength: bits,
  quantumSafe: bits === 256,
  purposes: { encrypt: algs, wrap: ['AES-KWP'] },
});

const hmac = (bits: number, alg: JwsAlg): Algorithm => ({
  kind: 'hmac',
  bits,
  strength: bits,
  quantumSafe: true,
  purposes: { mac: [alg] },
});

/** Every algorithm a key can have. A new algorithm is a new row here; nothing else names them one by one. */
export const algorithms = {
  'RSA-2048': rsa(2048, 112),
  'RSA-3072': rsa(3072, 128),
  'RSA-4096': rsa(4096, 152),
  'EC-P256': ec(256, 128, 'ES256'),
  'EC-P384': ec(384, 192, 'ES384'),
  'EC-P521': ec(521, 256, 'ES512'),
  Ed25519: {
    kind: 'ed',
    bits: 255,
    strength: 128,
    quantumSafe: false,
    purposes: { sign: ['EdDSA', 'Ed25519'] },
  },
  'AES-128': aes(128, ['A128KW']),
  'AES-256': aes(256, ['A256KW', 'dir']),
  'HMAC-SHA256': hmac(256, 'HS256'),
  'HMAC-SHA384': hmac(384, 'HS384'),
  'HMAC-SHA512': hmac(512, 'HS512'),
} as const satisfies Record<string, Algorithm>;

export type AlgorithmName = keyof typeof algorithms;

export const algorithmNames = Object.keys(algorithms) as readonly AlgorithmName[];

/** The row of `name`, widened to the common shape. */
export const algorithmOf = (name: AlgorithmName): Algorithm => algorithms[name];

/** The purpose a key of `name` gets when its creator names none: the first of its row. */
export const defaultPurpose = (name: AlgorithmName): Purpose => Object.keys(algorithms[name].purposes)[0] as Purpose;

/**
 * What a key of `name` and `purpose` may be used with, best first, by the names of JOSE as far as it has one; empty when the pair
 * does not exist.
 */
export const joseAlgs = (name: AlgorithmName, purpose: Purpose): readonly Alg[] =>
  algorithmOf(name).purposes[purpose] ?? [];

/** SP 800-57 part 1 r5 §5.6.1.1, table 2, tells no more apart. */
const mostStrength = 256;

/** Whether a key of `wrapping` may protect one of `name` on its way: it must not be the weaker of the two (SP 800-57 part 1 r5 §5.6.2). */
export const mayWrap = (wrapping: AlgorithmName, name: AlgorithmName): boolean =>
  algorithmOf(wrapping).strength >= Math.min(mostStrength, algorithmOf(name).strength);
