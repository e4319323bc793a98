import type { Socket } from 'node:net';
import { confirmation } from '@ankasecure/contracts';
import type { JWTPayload } from 'jose';
import { clientCertificateOf, isValidAt } from '../http/client-certificate.js';

/**
 * The thumbprint of the client certificate that a token is bound to, or undefined for a bearer token.
 * @throws Error for a token that is bound to anything else (RFC 7800), which cannot be checked here
 */
export const bindingOf = ({ cnf }: JWTPayload): string | undefined => {
  if (cnf === undefined) return undefined;
  const parsed = confirmation.safeParse(cnf);
  if (!parsed.success) throw new Error('cnf must be a client certificate and nothing else');
  return parsed.data['x5t#S256'];
};

/**
 * Whether a token with this binding is accepted on this connection (RFC 8705 §3). It costs one comparison for other tokens.
 * @param now milliseconds since the epoch
 */
export const isHeldBy = (connection: Socket, binding: string | undefined, now: number): boolean => {
  if (binding === undefined) return true;
  const certificate = clientCertificateOf(connection);
  return certificate?.thumbprint === binding && isValidAt(certificate, now);
};
