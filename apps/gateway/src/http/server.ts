import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { AnkaError } from '@ankasecure/contracts';
import { isTraced, type Logger, nameRoute, type WatchedFiles } from '@ankasecure/service-kit';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { errorHandler } from '../problem/send-problem.js';
import { afterRecord, type Unrouted } from '../problem/unrouted.js';
import { assertAcceptable } from './acceptable.js';
import { boundUnread } from './body-budget.js';
import { clientAddressOf } from './client-address.js';
import { clientErrorHandler, connectHandler } from './client-error.js';
import { correlationHeader, correlationOf, requestIdHeader } from './correlation.js';
import type { HttpConfig } from './http.config.js';
import { createListener } from './listener.js';
import { type Addresses, addressesOf } from './proxy/addresses.js';
import { withoutBasePath } from './proxy/base-path.js';
import { securityHeaders } from './security-headers.js';
import { serverTiming } from './server-timing.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The client's address for audit events. Undefined if it is not to be recorded. */
    clientAddress: string | undefined;
    /** The client's address for its share of what strangers may ask. It is empty if the connection has ended. */
    sender: string;
    /** See `ProblemRequest`. */
    problemTypes: string;
  }
}

/**
 * Creates the public HTTP server, without routes. It takes bodies as bytes, and JSON only. Every answer has its correlation id
 * and its duration. Every error is a problem (RFC 9457).
 */
export const createHttpServer = async (config: HttpConfig, log: Logger, files: WatchedFiles) => {
  const answerError = errorHandler(log);
  const unrouted: Unrouted = { record: () => undefined };
  const onUnrouted = afterRecord(unrouted, answerError);
  const security = await securityHeaders();
  const addresses = addressesOf(config);
  const { problemTypes } = addresses;
  const stamp = stampWith(security, addresses, config.bodyLimitBytes);
  const sending = { ...config, problemTypes };
  const addressOf = clientAddressOf(config.clientAddress);
  /** The connections whose last answer is a refusal, with that answer. Node still parses the bytes that follow the refused request. */
  const refused = new WeakMap<Socket, ServerResponse>();
  const server: FastifyInstance = fastify({
    logger: false,
    serverFactory: (handler) => createListener(config, handler, files),
    genReqId: correlationOf,
    requestIdHeader: false,
    bodyLimit: config.bodyLimitBytes,
    trustProxy: false,
    ...(config.basePath !== undefined && { rewriteUrl: withoutBasePath(config.basePath) }),
    return503OnClosing: false,
    routerOptions: { maxParamLength: 16 * 1024 },
    clientErrorHandler: clientErrorHandler({ problemTypes, headers: security }, refused),
    frameworkErrors: (error, request, reply) => {
      stamp(request, reply);
      noteSender(request, addressOf, sending);
      onUnrouted(error, request, reply);
    },
  });
  decorate(server, unrouted);
  server.setErrorHandler((error, request, reply) => (request.is404 ? onUnrouted : answerError)(error, request, reply));
  server.addHook('onRequest', (request, _, done) => {
    noteSender(request, addressOf, sending);
    done();
  });
  refuseUnacceptable(server, refused);
  addHooks(server, stamp);
  server.server.on('connect', connectHandler({ problemTypes, headers: security }));
  return server;
};

type SetHeaders = (request: FastifyRequest, reply: FastifyReply) => void;

/** Takes bodies as bytes of JSON, and no others. */
const takeJson = (server: FastifyInstance): void => {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
};

/** Gives the server its body parser, and the server, requests and answers the members that the gateway adds to them. */
const decorate = (server: FastifyInstance, unrouted: Unrouted): void => {
  takeJson(server);
  server.decorate('unrouted', unrouted);
  server.decorateReply('hsmMicros', undefined);
  server.decorateReply('workerMicros', undefined);
  server.decorateRequest('partition', '');
  server.decorateRequest('hold', undefined);
  server.decorateRequest('clientAddress', undefined);
  server.decorateRequest('sender', '');
  server.decorateRequest('problemTypes', '');
};

/** Notes the client's address of a request, and where its problems lead. */
const noteSender = (
  request: FastifyRequest,
  addressOf: ReturnType<typeof clientAddressOf>,
  { clientAddress, problemTypes }: Pick<HttpConfig, 'clientAddress'> & Pick<Addresses, 'problemTypes'>,
): void => {
  const address = addressOf(request.raw);
  request.sender = address ?? '';
  request.clientAddress = clientAddress.record ? address : undefined;
  request.problemTypes = problemTypes;
};

/** Refuses requests that the server cannot accept, and all later requests on their connections. */
const refuseUnacceptable = (server: FastifyInstance, refused: WeakMap<Socket, ServerResponse>): void => {
  server.addHook('onRequest', ({ raw }, reply, done) => {
    try {
      if (refused.has(raw.socket))
        throw new AnkaError('request-invalid', 'An earlier request on this connection was refused');
      assertAcceptable(raw);
      done();
    } catch (error) {
      // The bytes that follow can be a body, or a request that a proxy took for a body.
      if (!refused.has(raw.socket)) refused.set(raw.socket, reply.raw);
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

/** A route can open its answers to pages of other origins. */
const resourcePolicy = 'cross-origin-resource-policy';

/** Adds the headers of every answer, and bounds what is read of its request from then on. */
const stampWith =
  (security: Readonly<Record<string, string>>, addresses: Addresses, bodyLimitBytes: number) =>
  (request: FastifyRequest, reply: FastifyReply): void => {
    boundUnread(request, bodyLimitBytes);
    const openTo = reply.getHeader(resourcePolicy);
    reply.headers(security).header(correlationHeader, request.id).header('server-timing', serverTiming(reply));
    if (openTo !== undefined) reply.header(resourcePolicy, openTo);
    if (request.headers[requestIdHeader] !== undefined) reply.header(requestIdHeader, request.id);
    // Answers that are kept for a repeated request hold the path alone.
    const location = reply.getHeader('location');
    if (typeof location === 'string') reply.header('location', addresses.of(location));
    keepUncached(reply);
  };

/**
 * Lets no cache keep an answer unless its handler says for how long. No cache keeps an error, also one that was thrown after the
 * handler had described the answer it meant to give: an error has no ETag, and an age would keep it for every caller.
 */
const keepUncached = (reply: FastifyReply): void => {
  const isError = reply.statusCode >= 400;
  if (isError) reply.removeHeader('etag').removeHeader('link-template');
  if (isError || !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
};
