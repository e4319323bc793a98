import { type AsymmetricKeyDetails, X509Certificate } from 'node:crypto';
import { AnkaError, isPem, onePemBlock } from '@ankasecure/contracts';
import { isSoundRsa } from '../auth/client-key.js';
import { thumbprintOf } from '../http/client-certificate.js';
import type { CertificateEntry, RegisteredCertificate } from './service-account.contract.js';

/** A stored certificate. The thumbprint decides (RFC 8705 §2.2). The other fields are for display. */
export interface StoredCertificate extends RegisteredCertificate {
  /** base64. */
  readonly der: string;
}

const curves = ['prime256v1', 'secp384r1', 'secp521r1'];

/** The accepted key types of clients, by OpenSSL's name. */
const kinds: Readonly<Record<string, (details: AsymmetricKeyDetails) => boolean>> = {
  rsa: ({ modulusLength = 0, publicExponent = 0n }) => isSoundRsa({ modulusLength, publicExponent }),
  ec: ({ namedCurve = '' }) => curves.includes(namedCurve),
  ed25519: () => true,
  'ml-dsa-44': () => true,
  'ml-dsa-65': () => true,
  'ml-dsa-87': () => true,
};
const expectedKey = 'RSA with at least 2048 bits, EC P-256, P-384 or P-521, Ed25519 or ML-DSA';

const longestSubject = 1024;

const invalid = (detail: string, cause?: unknown): AnkaError =>
  new AnkaError('request-invalid', `certificates: ${detail}`, { cause });

/** @returns the base64 of the only object in PEM text, which may explain it (RFC 7468 §2), or the text itself */
const base64Of = (text: string): string => {
  if (!isPem(text)) return text;
  const { label, base64 } = onePemBlock(text) ?? {};
  if (label !== 'CERTIFICATE' || base64 === undefined) throw new Error('the text is not one certificate in PEM');
  return base64;
};

const derOf = (text: string): Buffer => {
  const base64 = base64Of(text).replaceAll(/\s/g, '');
  const der = Buffer.from(base64, 'base64');
  if (der.toString('base64') !== base64) throw new Error('the text is not base64');
  return der;
};

const read = (text: string) => {
  try {
    const der = derOf(text);
    const { raw, publicKey, subject, validToDate } = new X509Certificate(der);
    if (!raw.equals(der)) throw new Error('there are bytes after the certificate');
    // Each attribute has its own line, and line breaks inside are escaped. There may be no attributes.
    const named = ((subject as string | undefined) ?? '').replaceAll('\n', ', ');
    return { der, publicKey, subject: named, notAfter: validToDate.toISOString() };
  } catch (cause) {
    throw invalid('each must be one X.509 certificate, in PEM or base64 DER', cause);
  }
};

const keptOf = (text: string): StoredCertificate => {
  const { der, publicKey, subject, notAfter } = read(text);
  const isAllowed = kinds[publicKey.asymmetricKeyType ?? ''];
  if (isAllowed?.(publicKey.asymmetricKeyDetails ?? {}) !== true) throw invalid(`the key must be ${expectedKey}`);
  if (subject.length > longestSubject) throw invalid(`a subject must have at most ${longestSubject} characters`);
  if (Date.parse(notAfter) <= Date.now()) throw invalid(`the certificate of ${subject} has expired`);
  return { thumbprint: thumbprintOf(der), subject, notAfter, der: der.toString('base64') };
};

/** One of `held`, by its thumbprint. It may have expired since it was registered. */
const heldOf = (thumbprint: string, held: readonly StoredCertificate[]): StoredCertificate => {
  const found = held.find((one) => one.thumbprint === thumbprint);
  if (found === undefined) throw invalid(`the account has no certificate with the thumbprint ${thumbprint}`);
  const { expiresAt: _, ...certificate } = found;
  return certificate;
};

const storedOf = (entry: CertificateEntry, held: readonly StoredCertificate[]): StoredCertificate => {
  if (typeof entry === 'string') return keptOf(entry);
  const { expiresAt, ...named } = entry;
  const certificate = 'thumbprint' in named ? heldOf(named.thumbprint, held) : keptOf(named.certificate);
  return expiresAt === undefined ? certificate : { ...certificate, expiresAt };
};

/**
 * Returns the stored form of the certificates that an account authenticates with. Their issuers do not matter.
 * @param held the certificates that the account has
 * @throws AnkaError `request-invalid` for a certificate that is invalid, expired, repeated, unknown, or has a weak key
 */
export const storedCertificates = (
  entries: readonly CertificateEntry[],
  held: readonly StoredCertificate[] = [],
): readonly StoredCertificate[] => {
  const kept = entries.map((entry) => storedOf(entry, held));
  if (new Set(kept.map(({ thumbprint }) => thumbprint)).size < kept.length)
    throw invalid('the same certificate is listed twice');
  return kept;
};
