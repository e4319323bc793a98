import { type Hash, type JwsAlg, type MlDsaSet, mlDsaSets, type SlhDsaSet, slhDsaSets } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import { der, integer, oid, sequence } from '../asn1/encode.js';
import { tags } from '../asn1/tags.js';

const absent = der(tags.null);

/** RFC 4055 §5: parameters are NULL. */
const rsa = (type: string): Buffer => sequence(oid(type), absent);

const hashes: Readonly<Record<Hash, { readonly type: string; readonly bytes: number }>> = {
  sha256: { type: '2.16.840.1.101.3.4.2.1', bytes: 32 },
  sha384: { type: '2.16.840.1.101.3.4.2.2', bytes: 48 },
  sha512: { type: '2.16.840.1.101.3.4.2.3', bytes: 64 },
};

/** RFC 4055 §3.1: the salt is as long as the hash, and MGF1 uses the same hash (RFC 7518 §3.5). The trailer is the default. */
const pss = (name: Hash): Buffer => {
  const { type, bytes } = hashes[name];
  const hash = sequence(oid(type), absent);
  const mask = sequence(oid('1.2.840.113549.1.1.8'), hash);
  const parameters = sequence(der(0xa0, hash), der(0xa1, mask), der(0xa2, integer(Buffer.of(bytes))));
  return sequence(oid('1.2.840.113549.1.1.10'), parameters);
};

const bare = (type: string): Buffer => sequence(oid(type));

/** 2.16.840.1.101.3.4.3, NIST's signature algorithms, from the given arc on in the order of the sets. */
const inOrder = <Set extends MlDsaSet | SlhDsaSet>(
  sets: readonly Set[],
  first: number,
): Readonly<Record<Set, Buffer>> =>
  Object.fromEntries(sets.map((set, index) => [set, bare(`2.16.840.1.101.3.4.3.${first + index}`)])) as Record<
    Set,
    Buffer
  >;

/** Signature algorithms in X.509: RFC 4055, RFC 5758 §3.2, RFC 8410 §3, RFC 9881 §2, RFC 9909 §3 (both in their pure mode). */
const identifiers: Readonly<Partial<Record<JwsAlg, Buffer>>> = {
  RS256: rsa('1.2.840.113549.1.1.11'),
  RS384: rsa('1.2.840.113549.1.1.12'),
  RS512: rsa('1.2.840.113549.1.1.13'),
  PS256: pss('sha256'),
  PS384: pss('sha384'),
  PS512: pss('sha512'),
  ES256: bare('1.2.840.10045.4.3.2'),
  ES384: bare('1.2.840.10045.4.3.3'),
  ES512: bare('1.2.840.10045.4.3.4'),
  EdDSA: bare('1.3.101.112'),
  Ed25519: bare('1.3.101.112'),
  ...inOrder(mlDsaSets, 17),
  ...inOrder(slhDsaSets, 20),
};

/** The AlgorithmIdentifier of `alg` in DER. @throws AnkaError `algorithm-mismatch` for a MAC, which signs no certification request */
export const signatureIdentifier = (alg: JwsAlg): Buffer => {
  const identifier = identifiers[alg];
  if (identifier === undefined) throw new AnkaError('algorithm-mismatch', `${alg} signs no certification request.`);
  return identifier;
};
