import { contentAlgs } from '@ankasecure/algorithm';

/** `ours`: the library takes our tokens. `theirs`: we take the library's. */
export type Direction = 'ours' | 'theirs';

/** What a library cannot do, and why. A test that finds that it can fails: the row is outdated. */
export interface Exception {
  readonly library: string;
  /** JOSE algorithms or content encryption algorithms. */
  readonly algs: readonly string[];
  /** Both if absent. */
  readonly direction?: Direction;
  readonly reason: string;
}

/** Everything that a JWE has. */
const ofJwe = [...contentAlgs, 'RSA-OAEP-256', 'ECDH-ES+A256KW', 'A128KW', 'A256KW', 'dir'];

export const exceptions: readonly Exception[] = [
  { library: 'PyJWT', algs: ofJwe, reason: 'it has no JWE' },
  {
    library: 'PyJWT',
    algs: ['Ed25519'],
    direction: 'ours',
    reason: 'it knows the name EdDSA and not Ed25519 (RFC 9864), and ignores a key of a key set with that alg',
  },
  {
    library: 'go-jose',
    algs: ['Ed25519'],
    direction: 'ours',
    reason: 'it knows the name EdDSA and not Ed25519 (RFC 9864)',
  },
  {
    library: 'josekit',
    algs: ['Ed25519'],
    direction: 'ours',
    reason: 'it knows the name EdDSA and not Ed25519 (RFC 9864)',
  },
  {
    library: 'nimbus-jose-jwt',
    algs: ['EdDSA', 'Ed25519'],
    direction: 'ours',
    reason: 'its default processor takes no OKP key from a key set; an application calls its Ed25519Verifier',
  },
];

/** The exception for a library and its token's algorithms, if there is one. */
export const exceptionOf = (library: string, algs: readonly string[], direction: Direction): Exception | undefined =>
  exceptions.find(
    (row) =>
      row.library === library &&
      row.algs.some((alg) => algs.includes(alg)) &&
      (row.direction ?? direction) === direction,
  );
