import { type KeyObject, X509Certificate } from 'node:crypto';
import { AnkaError, maxChain, pemBlocks, type putCertificate } from '@ankasecure/contracts';
import type { z } from 'zod';
import { NotDer } from '../asn1/decode.js';
import { pathLengthOf } from './basic-constraints.js';

type Sent = Pick<z.infer<typeof putCertificate.contract.request>, 'x5c' | 'pem'>;

const invalid = (detail: string): AnkaError => new AnkaError('request-invalid', detail);

/** Where a fault is. People count certificates from 1. */
const at = (index: number): string => `certificate ${index + 1}`;

const fromPem = (pem: string): readonly string[] => {
  const blocks = pemBlocks(pem);
  if (blocks === undefined || blocks.some(({ label }) => label !== 'CERTIFICATE'))
    throw invalid('pem: must be certificates in PEM, each between BEGIN CERTIFICATE and END CERTIFICATE');
  return blocks.map(({ base64 }) => base64);
};

/** OpenSSL takes any text for a time, and prints one that is none as `Bad time value`. */
const hasTimes = ({ validFrom, validTo }: X509Certificate): boolean =>
  [validFrom, validTo].every((time) => !Number.isNaN(Date.parse(time)));

/** @throws AnkaError `request-invalid` unless the bytes are one certificate, whose public key can be read, and nothing else */
const certificateIn = (base64: string, index: number): X509Certificate => {
  const der = Buffer.from(base64, 'base64');
  try {
    const certificate = new X509Certificate(der);
    if (certificate.raw.equals(der) && certificate.publicKey.type === 'public' && hasTimes(certificate))
      return certificate;
  } catch (cause) {
    throw new AnkaError(
      'request-invalid',
      `${at(index)}: is not an X.509 certificate with a public key that is supported`,
      {
        cause,
      },
    );
  }
  throw invalid(`${at(index)}: must be one certificate in DER with valid times, and nothing else`);
};

/** Whether `issuer` has issued the certificate: names, key identifiers, key usage (RFC 5280 §6.1.3) and the signature. */
const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate): boolean =>
  certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

const isSelfIssued = ({ subject, issuer }: X509Certificate): boolean => subject === issuer;

/** @throws AnkaError `request-invalid` for basicConstraints that OpenSSL reads and that are not DER (RFC 5280 §4.1) */
const pathLengthAt = ({ raw }: X509Certificate, index: number): number | undefined => {
  try {
    return pathLengthOf(raw);
  } catch (error) {
    if (!(error instanceof NotDer)) throw error;
    throw new AnkaError('request-invalid', `${at(index)}: is not in DER`, { cause: error });
  }
};

/**
 * Checks that each certificate was issued by the next, which is a certification authority and may stand so far from the end
 * (RFC 5280 §4.2.1.9).
 */
const assertConnected = (chain: readonly X509Certificate[]): void => {
  const pathLengths = chain.map(pathLengthAt);
  for (const [index, issuer] of chain.entries()) {
    const certificate = chain[index - 1];
    if (certificate === undefined) continue;
    if (!issuer.ca) throw invalid(`${at(index)}: is not of a certification authority (basicConstraints, keyUsage)`);
    if (!isIssuedBy(certificate, issuer)) throw invalid(`${at(index - 1)}: was not issued by the next one`);
    const between = chain.slice(1, index).filter((one) => !isSelfIssued(one)).length;
    if (between > (pathLengths[index] ?? between))
      throw invalid(`${at(index)}: allows fewer certification authorities below it (pathLenConstraint)`);
  }
};

/**
 * Reads the chain of a request and checks it against the public key of a version.
 * @param now milliseconds since the epoch
 * @returns the certificates, that of the key first
 * @throws AnkaError `request-invalid`
 */
export const readChain = ({ x5c, pem = '' }: Sent, publicKey: KeyObject, now: number): readonly X509Certificate[] => {
  const encoded = x5c ?? fromPem(pem);
  if (encoded.length > maxChain.certificates)
    throw invalid(`A chain has at most ${maxChain.certificates} certificates`);
  const chain = encoded.map(certificateIn);
  if (chain.reduce((sum, { raw }) => sum + raw.length, 0) > maxChain.bytes)
    throw invalid(`A chain has at most ${maxChain.bytes} bytes in DER`);
  const [own] = chain;
  if (own?.publicKey.equals(publicKey) !== true)
    throw invalid(`${at(0)}: has another public key than the version of the key`);
  if (own.validToDate.getTime() <= now) throw invalid(`${at(0)}: is no longer valid`);
  assertConnected(chain);
  return chain;
};
