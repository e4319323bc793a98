import { constants } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { type WatchedFiles, watchKeyPair } from '@ankasecure/service-kit';
import type { HttpConfig } from './http.config.js';

/** Limits on the size and duration of requests, in bytes and milliseconds. */
const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 72_000,
  connectionsCheckingInterval: 5_000,
  /** Node does not check the header, because its refusal is an empty answer: see acceptable.ts. */
  requireHostHeader: false,
};

/** Hybrid post-quantum key agreement first, then classical groups for clients without it. */
const groups = 'X25519MLKEM768:X25519:P-256:P-384';

/** Accepts any certificate whose key the client holds. Without a CA it proves nothing more. Service accounts name the owner. */
const anyCertificate = { requestCert: true, rejectUnauthorized: false, ca: [] };

/** A client keeps the identity that it has when its connection begins. Renegotiation, in TLS 1.2, could change it. */
const secureOptions = constants.SSL_OP_NO_RENEGOTIATION;

/**
 * Creates the HTTP/1.1 server for Fastify, with TLS 1.2 and 1.3 if configured. A changed certificate is used for new
 * connections. Those that are open keep theirs.
 */
export const createListener = (config: HttpConfig, handler: RequestListener, files: WatchedFiles): Server => {
  const server = createServerOf(config, handler, files);
  // Node does not end an unread answer or a silent client by default.
  server.setTimeout(config.idleTimeoutSeconds * 1000);
  // Without a listener, Node answers 417 with an empty body.
  server.on('checkExpectation', handler);
  return server;
};

const createServerOf = ({ tls }: HttpConfig, handler: RequestListener, files: WatchedFiles): Server => {
  if (tls === undefined) return createServer(limits, handler);
  const certificates = tls.clientCertificates ? anyCertificate : {};
  const settings = { ...certificates, minVersion: 'TLSv1.2', ecdhCurve: groups, secureOptions } as const;
  const pair = watchKeyPair(files, tls, (changed) => server.setSecureContext({ ...settings, ...changed }));
  const server: TlsServer = createTlsServer({ ...limits, ...settings, ...pair }, handler);
  return server;
};
