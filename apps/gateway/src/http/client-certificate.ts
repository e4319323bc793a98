import { hash } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** A certificate whose private key the client holds. The handshake proves that, and nothing else in the certificate. */
export interface ClientCertificate {
  readonly thumbprint: string;
  /** Milliseconds since the epoch, both included. */
  readonly notBefore: number;
  readonly notAfter: number;
}

/** `x5t#S256` of RFC 8705 §3.1: base64url of the SHA-256 of the whole DER. */
export const thumbprintOf = (der: Uint8Array): string => hash('sha256', der, 'base64url');

/** The certificates of connections, computed on request. */
const shown = new WeakMap<Socket, ClientCertificate | undefined>();

const read = (connection: TLSSocket): ClientCertificate | undefined => {
  const certificate = connection.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  const { raw, validFromDate, validToDate } = certificate;
  return { thumbprint: thumbprintOf(raw), notBefore: validFromDate.getTime(), notAfter: validToDate.getTime() };
};

/**
 * The certificate of the connection's handshake, or of the session that it resumes. It stays the same for the whole connection:
 * see listener.ts. It is read on the first request for it. Headers that describe certificates are ignored.
 */
export const clientCertificateOf = (connection: Socket): ClientCertificate | undefined => {
  if (!(connection instanceof TLSSocket)) return undefined;
  if (!shown.has(connection)) shown.set(connection, read(connection));
  return shown.get(connection);
};

/** @param now milliseconds since the epoch */
export const isValidAt = ({ notBefore, notAfter }: ClientCertificate, now: number): boolean =>
  notBefore <= now && now <= notAfter;
