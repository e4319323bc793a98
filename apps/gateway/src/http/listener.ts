import { constants } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { HttpConfig } from './http.config.js';

/** Bounds on what a client may send and how slowly; milliseconds and bytes. */
const limits = {
  maxHeaderSize: 16 * 1024,
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 72_000,
  connectionsCheckingInterval: 5_000,
  /** Not required by Node, whose refusal is an empty answer: see acceptable.ts. */
  requireHostHeader: false,
};

/** Hybrid post-quantum key agreement first; classical groups for those who cannot. */
const groups = 'X25519MLKEM768:X25519:P-256:P-384';

/** Any certificate is taken whose key the client has. Without CAs none of them means more than that: whose it is, accounts say. */
const anyCertificate = { requestCert: true, rejectUnauthorized: false, ca: [] };

/** A client stays who it was when its connection began: renegotiation, in TLS 1.2, could make another of it. */
const secureOptions = constants.SSL_OP_NO_RENEGOTIATION;

/** The HTTP/1.1 server under Fastify, with TLS 1.2 and 1.3 when it is configured. */
export const createListener = (config: HttpConfig, handler: RequestListener): Server => {
  const server = createServerOf(config, handler);
  // Neither an unread answer nor a silent client ends by itself: Node waits for ever unless told otherwise.
  server.setTimeout(config.idleTimeoutSeconds * 1000);
  // Without a listener Node answers 417 by itself, with nothing in it.
  server.on('checkExpectation', handler);
  return server;
};

const createServerOf = ({ tls }: HttpConfig, handler: RequestListener): Server => {
  if (tls === undefined) return createServer(limits, handler);
  const pem = { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) };
  const certificates = tls.clientCertificates ? anyCertificate : {};
  return createTlsServer(
    { ...limits, ...pem, ...certificates, minVersion: 'TLSv1.2', ecdhCurve: groups, secureOptions },
    handler,
  );
};
