import type { Handle, Mechanism } from 'pkcs11js';
import { ckm, hashMechanisms, params } from '../cryptoki/mechanism.js';
import { signatureVariants } from '../job/job.js';
import { objectClass } from '../kind/template.js';
import { addressed, type TokenSession } from '../session/token-session.js';

interface Signing {
  readonly objectClass: typeof objectClass.private | typeof objectClass.secret;
  readonly mechanism: Mechanism;
  /** Goes before the input: DigestInfo. */
  readonly prefix: Buffer | null;
}

const signings: readonly Signing[] = signatureVariants.map(({ scheme, hash }) => {
  const plain = (mechanism: number): Signing => ({
    objectClass: objectClass.private,
    mechanism: { mechanism },
    prefix: null,
  });
  if (scheme === 'ecdsa') return plain(ckm.ECDSA);
  if (scheme === 'eddsa' || !hash) return plain(ckm.EDDSA);
  const of = hashMechanisms[hash];
  if (scheme === 'hmac') return { ...plain(of.hmac), objectClass: objectClass.secret };
  if (scheme === 'rsa-pkcs1') return { ...plain(ckm.RSA_PKCS), prefix: Buffer.from(of.digestInfo, 'hex') };
  const parameter = { type: params.rsaPss, hashAlg: of.hash, mgf: of.mgf1, saltLen: of.bytes };
  return { ...plain(ckm.RSA_PKCS_PSS), mechanism: { mechanism: ckm.RSA_PKCS_PSS, parameter } };
});

const signingOf = (variant: number): Signing => {
  const signing = signings[variant];
  if (!signing) throw new Error(`no signature variant ${variant}`);
  return signing;
};

export const signWith = (session: TokenSession, key: Handle, variant: number, input: Buffer): Buffer => {
  const { mechanism, prefix } = signingOf(variant);
  session.begin('C_SignInit', 'key-init');
  session.p11.C_SignInit(session.session, mechanism, key);
  session.begin('C_Sign', 'produce');
  const data = prefix ? Buffer.concat([prefix, input]) : addressed(input);
  return Buffer.from(session.p11.C_Sign(session.session, data, session.output(1024)));
};

export const sign = (session: TokenSession, variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [id, input] = parts as [Buffer, Buffer];
  return [signWith(session, session.key(signingOf(variant).objectClass, id), variant, input)];
};
