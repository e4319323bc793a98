import type { Socket } from 'node:net';
import { confirmation } from '@ankasecure/contracts';
import type { JWTPayload } from 'jose';
import { clientCertificateOf, isValidNow } from '../http/client-certificate.js';

/**
 * The thumbprint of the client certificate that a token is bound to; nothing for a bearer token.
 * @throws Error for one that is bound to something else (RFC 7800), which it could not be held to here
 */
export const bindingOf = ({ cnf }: JWTPayload): string | undefined => {
  if (cnf === undefined) return undefined;
  const parsed = confirmation.safeParse(cnf);
  if (!parsed.success) throw new Error('cnf must be a client certificate and nothing else');
  return parsed.data['x5t#S256'];
};

/** Whether a token so bound is good on this connection (RFC 8705 §3). Costs a comparison for those that are not. */
export const isHeldBy = (connection: Socket, binding: string | undefined): boolean => {
  if (binding === undefined) return true;
  const certificate = clientCertificateOf(connection);
  return certificate?.thumbprint === binding && isValidNow(certificate);
};
