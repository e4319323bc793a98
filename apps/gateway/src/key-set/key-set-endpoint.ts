import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify';
import { HttpConfig } from '../http/http.config.js';
import { type Addresses, addressesOf } from '../http/proxy/addresses.js';
import { RequestMeter } from '../http/request-meter.js';
import { forStranger } from '../identity/origin.js';
import { readOf } from '../route/precondition.js';
import { basePath, urlOf } from '../route/route.js';
import { keySetQuery, keySetRoute } from './key-set.routes.js';
import { KeySets, maxAgeSeconds, type PublishedSet } from './key-sets.js';

type KeySetRequest = FastifyRequest<{ Params: { slug: string } }>;

const url = urlOf(keySetRoute);

/** Public keys are for pages of every origin (Fetch standard §3.2.5, §3.7). The answers hold nothing that a cookie or a token decides. */
const forEveryOrigin = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'ETag, Link-Template, X-Correlation-Id',
  'cross-origin-resource-policy': 'cross-origin',
};

/** The answer to a page that asks first, as it does before it sends If-None-Match. */
const allowed = {
  allow: 'GET, HEAD, OPTIONS',
  'access-control-allow-methods': 'GET, HEAD',
  'access-control-allow-headers': 'If-None-Match, If-Match, X-Correlation-Id',
  'access-control-max-age': '86400',
};

const openToAll: onRequestHookHandler = (_request, reply, done) => {
  reply.headers(forEveryOrigin);
  done();
};

/** Serves public key sets without a token. A set that the caller already has is not sent again. */
@Injectable()
export class KeySetEndpoint implements OnModuleInit {
  private readonly addresses: Addresses;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly sets: KeySets,
    private readonly meter: RequestMeter,
    http: HttpConfig,
  ) {
    this.addresses = addressesOf(http);
  }

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    server.route({
      method: 'GET',
      url,
      onRequest: openToAll,
      handler: (request: KeySetRequest, reply) => this.answer(request, reply),
      onResponse: (_, reply, done) => {
        this.meter.record(keySetRoute.operationId, reply);
        done();
      },
    });
    server.route({
      method: 'OPTIONS',
      url,
      onRequest: openToAll,
      handler: (_, reply) => reply.code(204).headers(allowed).send(),
    });
  }

  private async answer(request: KeySetRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { slug } = request.params;
    const query = keySetQuery.safeParse(request.query);
    if (!query.success) throw new AnkaError('request-invalid', 'The only parameter is kid: at most 128 characters');
    const { kid } = query.data;
    const context = { correlationId: request.id, deadline: monotonicNow() + keySetRoute.withinMs };
    const set = await forStranger(request.sender, () =>
      kid === undefined ? this.sets.of(slug, context) : this.sets.ofKid(slug, kid, context),
    );
    const read = readOf(set.etag, request.headers);
    reply.headers({ 'cache-control': cacheControlOf(set), etag: set.etag });
    if (set.isTruncated) {
      const address = this.addresses.of(`${basePath}${keySetRoute.path.replace('{slug}', slug)}`);
      reply.header('link-template', `"${address}{?kid}"; rel="item"`);
    }
    if (read === 'not-modified') return reply.code(304).send();
    return reply.type('application/json').send(set.body);
  }
}

/** A set without keys is not kept: the first key is looked for as soon as it is there. */
const cacheControlOf = ({ isEmpty }: PublishedSet): string =>
  isEmpty ? 'public, no-cache' : `public, max-age=${maxAgeSeconds}`;
