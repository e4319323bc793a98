import { type Hash, maxSignatureBytes, mlDsaSizes } from '@ankasecure/algorithm';
import type { Handle, Mechanism } from 'pkcs11js';
import { objectClass } from '../cryptoki/attribute.js';
import { ckm, hashMechanisms, params } from '../cryptoki/mechanism.js';
import { type HashedScheme, type HashlessScheme, signatureVariants } from '../job/job.js';
import { addressed, type TokenSession } from '../session/token-session.js';

interface Signing {
  readonly objectClass: typeof objectClass.private | typeof objectClass.secret;
  readonly mechanism: Mechanism;
  /** Precedes the input: DigestInfo. */
  readonly prefix: Buffer | null;
  /** The longest signature, in bytes. */
  readonly most: number;
}

/** The longest of all but post-quantum signatures: RSA-4096, with room. */
const classicalBytes = 1024;

const byPrivateKey = (mechanism: Mechanism, prefix: Buffer | null = null, most = classicalBytes): Signing => ({
  objectClass: objectClass.private,
  mechanism,
  prefix,
  most,
});

type HashMechanism = (typeof hashMechanisms)[Hash];

/** The token's mechanisms for schemes that take a hash. PSS salts are as long as the hash (RFC 7518 §3.5). */
const hashed = {
  'rsa-pkcs1': ({ digestInfo }: HashMechanism) =>
    byPrivateKey({ mechanism: ckm.RSA_PKCS }, Buffer.from(digestInfo, 'hex')),
  'rsa-pss': ({ hash, mgf1, bytes }: HashMechanism) => {
    const parameter = { type: params.rsaPss, hashAlg: hash, mgf: mgf1, saltLen: bytes };
    return byPrivateKey({ mechanism: ckm.RSA_PKCS_PSS, parameter });
  },
  hmac: ({ hmac }: HashMechanism): Signing => ({
    objectClass: objectClass.secret,
    mechanism: { mechanism: hmac },
    prefix: null,
    most: classicalBytes,
  }),
} as const satisfies Record<HashedScheme, (of: HashMechanism) => Signing>;

/** The token's mechanisms for the other schemes. */
const hashless = {
  ecdsa: byPrivateKey({ mechanism: ckm.ECDSA }),
  eddsa: byPrivateKey({ mechanism: ckm.EDDSA }),
  // Without a parameter, the context is empty and the token decides whether it hedges (PKCS#11 v3.2 §6.67.5, §6.69.5).
  'ml-dsa': byPrivateKey({ mechanism: ckm.ML_DSA }, null, mlDsaSizes['ML-DSA-87'].outputBytes),
  'slh-dsa': byPrivateKey({ mechanism: ckm.SLH_DSA }, null, maxSignatureBytes),
} as const satisfies Record<HashlessScheme, Signing>;

const signings: readonly Signing[] = signatureVariants.map((variant) =>
  variant.hash === null ? hashless[variant.scheme] : hashed[variant.scheme](hashMechanisms[variant.hash]),
);

const signingOf = (variant: number): Signing => {
  const signing = signings[variant];
  if (!signing) throw new Error(`no signature variant ${variant}`);
  return signing;
};

export const signWith = (session: TokenSession, key: Handle, variant: number, input: Buffer): Buffer => {
  const { mechanism, prefix, most } = signingOf(variant);
  session.begin('C_SignInit', 'key-init');
  session.p11.C_SignInit(session.session, mechanism, key);
  session.begin('C_Sign', 'produce');
  const data = prefix ? Buffer.concat([prefix, input]) : addressed(input);
  return Buffer.from(session.p11.C_Sign(session.session, data, session.output(most)));
};

export const sign = (session: TokenSession, variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [id, input] = parts as [Buffer, Buffer];
  return [signWith(session, session.key(signingOf(variant).objectClass, id), variant, input)];
};
