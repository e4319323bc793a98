import { constants, createPrivateKey, hash, randomUUID, sign, X509Certificate } from 'node:crypto';

/** The life of an assertion, in seconds. */
const lifeSeconds = 600;

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Who asserts to whom. */
export interface Assertion {
  readonly clientId: string;
  /** The URL of the token endpoint. */
  readonly audience: string;
  /** Seconds since the epoch. */
  readonly at: number;
}

/**
 * Signs a client assertion as Entra takes it from the owner of a certificate: PS256, with the certificate's SHA-256 in the header.
 * @param certificate in PEM. @param key the RSA key in PEM
 * @throws Error for files that are no certificate and its key
 */
export const clientAssertion = (certificate: Buffer, key: Buffer, { clientId, audience, at }: Assertion): string => {
  const { raw } = new X509Certificate(certificate);
  const header = { alg: 'PS256', typ: 'JWT', 'x5t#S256': hash('sha256', raw, 'base64url') };
  const claims = {
    aud: audience,
    iss: clientId,
    sub: clientId,
    jti: randomUUID(),
    nbf: at,
    iat: at,
    exp: at + lifeSeconds,
  };
  const signed = `${encoded(header)}.${encoded(claims)}`;
  const padding = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const signature = sign('sha256', Buffer.from(signed), { key: createPrivateKey(key), ...padding });
  return `${signed}.${signature.toString('base64url')}`;
};
