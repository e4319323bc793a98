import { z } from 'zod';
import type { Authority } from '../file/certificate-file.js';

/** Groups that stay secret if either half holds: ML-KEM and a curve (draft-ietf-tls-ecdhe-mlkem). The first is preferred. */
const hybrid = ['X25519MLKEM768', 'SecP256r1MLKEM768', 'SecP384r1MLKEM1024'];
const classical = ['X25519', 'P-256', 'P-384'];

/**
 * In OpenSSL's syntax: a server decides for the first set of groups, between slashes, of which the client has one, even if that
 * needs another round trip. A client sends key shares for groups with an asterisk, so it needs none with either kind of server.
 */
const groups = {
  hybridOnly: `*${hybrid.join(':')}`,
  hybridPreferred: `*${hybrid.join(':')}/*${classical.join(':')}`,
};

/** Whether connections may use classical groups. `hybrid-only` excludes TLS 1.2, which has no hybrid groups. */
export const keyExchange = z.enum(['hybrid-preferred', 'hybrid-only']);
export type KeyExchange = z.infer<typeof keyExchange>;

/** Options of node:tls for either side of a connection. */
export interface KeyExchangeOptions {
  readonly ecdhCurve: string;
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
}

const options: Readonly<Record<KeyExchange, KeyExchangeOptions>> = {
  'hybrid-preferred': { ecdhCurve: groups.hybridPreferred, minVersion: 'TLSv1.2' },
  'hybrid-only': { ecdhCurve: groups.hybridOnly, minVersion: 'TLSv1.3' },
};

export const keyExchangeOptions = (chosen: KeyExchange = 'hybrid-preferred'): KeyExchangeOptions => options[chosen];

/** Options of node:tls for a client that believes the authority as it is at each connection. */
export interface ClientTls extends KeyExchangeOptions, Authority {}

export const clientTls = (authority: Authority, chosen: KeyExchange | undefined): ClientTls => ({
  ...keyExchangeOptions(chosen),
  get ca() {
    return authority.ca;
  },
});
