import { constants } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { type KeyPair, keyExchangeOptions, type WatchedFiles, watchKeyPair } from '@ankasecure/service-kit';
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

type TlsConfig = NonNullable<HttpConfig['tls']>;

/** The certificates of the server, one for each kind of client. OpenSSL picks the one that a client can verify. */
interface Certificates {
  readonly cert: Buffer[];
  readonly key: Buffer[];
}

/** @param changed gets all certificates after each change of one. @throws StartFailure */
const watchCertificates = (
  files: WatchedFiles,
  { certFile, keyFile, postQuantum }: TlsConfig,
  changed: (all: Certificates) => void,
): Certificates => {
  const sources = [{ certFile, keyFile }, ...(postQuantum === undefined ? [] : [postQuantum])];
  const pairs: KeyPair[] = sources.map((source, at) =>
    watchKeyPair(files, source, (pair) => {
      pairs[at] = pair;
      changed(certificates());
    }),
  );
  const certificates = (): Certificates => ({ cert: pairs.map(({ cert }) => cert), key: pairs.map(({ key }) => key) });
  return certificates();
};

const createServerOf = ({ tls }: HttpConfig, handler: RequestListener, files: WatchedFiles): Server => {
  if (tls === undefined) return createServer(limits, handler);
  const clients = tls.clientCertificates ? anyCertificate : {};
  const settings = { ...clients, ...keyExchangeOptions(tls.keyExchange), secureOptions };
  const own = watchCertificates(files, tls, (changed) => server.setSecureContext({ ...settings, ...changed }));
  const server: TlsServer = createTlsServer({ ...limits, ...settings, ...own }, handler);
  return server;
};
