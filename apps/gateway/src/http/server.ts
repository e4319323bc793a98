import type { Socket } from 'node:net';
import { AnkaError } from '@ankasecure/contracts';
import { isTraced, type Logger, nameRoute, type WatchedFiles } from '@ankasecure/service-kit';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { errorHandler } from '../problem/send-problem.js';
import { assertAcceptable } from './acceptable.js';
import { clientAddressOf } from './client-address.js';
import { clientErrorHandler, connectHandler } from './client-error.js';
import { correlationHeader, correlationOf } from './correlation.js';
import type { HttpConfig } from './http.config.js';
import { createListener } from './listener.js';
import { securityHeaders } from './security-headers.js';
import { serverTiming } from './server-timing.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The client's address for audit events. Undefined if it is not to be recorded. */
    clientAddress: string | undefined;
    /** The client's address for its share of what strangers may ask. It is empty if the connection has ended. */
    sender: string;
  }
}

/**
 * Creates the public HTTP server, without routes. It takes bodies as bytes, and JSON only. Every answer has its correlation id
 * and its duration. Every error is a problem (RFC 9457).
 */
export const createHttpServer = async (
  config: HttpConfig,
  log: Logger,
  files: WatchedFiles,
): Promise<FastifyInstance> => {
  const onError = errorHandler(log);
  const security = await securityHeaders();
  const stamp = stampWith(security);
  /** The connections whose last answer is a refusal. Node still parses the bytes that follow the refused request. */
  const refused = new WeakSet<Socket>();
  const server: FastifyInstance = fastify({
    logger: false,
    serverFactory: (handler) => createListener(config, handler, files),
    genReqId: correlationOf,
    requestIdHeader: false,
    bodyLimit: config.bodyLimitBytes,
    trustProxy: false,
    return503OnClosing: false,
    routerOptions: { maxParamLength: 16 * 1024 },
    clientErrorHandler: clientErrorHandler(security, refused),
    frameworkErrors: (error, request, reply) => {
      stamp(request, reply);
      onError(error, request, reply);
    },
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  server.decorateReply('hsmMicros', undefined);
  server.decorateReply('workerMicros', undefined);
  server.decorateRequest('partition', '');
  server.decorateRequest('hold', undefined);
  server.decorateRequest('clientAddress', undefined);
  server.decorateRequest('sender', '');
  server.setErrorHandler(onError);
  addSender(server, config.clientAddress);
  refuseUnacceptable(server, refused);
  addHooks(server, stamp);
  server.server.on('connect', connectHandler(security));
  return server;
};

type SetHeaders = (request: FastifyRequest, reply: FastifyReply) => void;

/** Notes the client's address of each request. */
const addSender = (server: FastifyInstance, clientAddress: HttpConfig['clientAddress']): void => {
  const addressOf = clientAddressOf(clientAddress);
  server.addHook('onRequest', (request, _, done) => {
    const address = addressOf(request.raw);
    request.sender = address ?? '';
    request.clientAddress = clientAddress.record ? address : undefined;
    done();
  });
};

/** Refuses requests that the server cannot accept, and all later requests on their connections. */
const refuseUnacceptable = (server: FastifyInstance, refused: WeakSet<Socket>): void => {
  server.addHook('onRequest', ({ raw }, reply, done) => {
    try {
      if (refused.has(raw.socket))
        throw new AnkaError('request-invalid', 'An earlier request on this connection was refused');
      assertAcceptable(raw);
      done();
    } catch (error) {
      // The bytes that follow can be a body, or a request that a proxy took for a body.
      refused.add(raw.socket);
      reply.header('connection', 'close');
      done(error as Error);
    }
  });
};

/** Names the spans of requests, adds headers to every answer, and closes connections during shutdown. */
const addHooks = (server: FastifyInstance, stamp: SetHeaders): void => {
  let closing = false;
  server.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  if (isTraced())
    server.addHook('onRequest', ({ method, routeOptions }, _, done) => {
      if (routeOptions.url !== undefined) nameRoute(method, routeOptions.url);
      done();
    });
  server.addHook('onSend', (request, reply, _, done) => {
    stamp(request, reply);
    if (closing) reply.header('connection', 'close');
    done();
  });
};

/** Adds the headers of every answer. */
const stampWith =
  (security: Readonly<Record<string, string>>) =>
  (request: FastifyRequest, reply: FastifyReply): void => {
    reply.headers(security).header(correlationHeader, request.id).header('server-timing', serverTiming(reply));
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
  };
