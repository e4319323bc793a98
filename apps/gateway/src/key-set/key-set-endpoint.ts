import { monotonicNow } from '@ankasecure/contracts';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RequestMeter } from '../http/request-meter.js';
import { forStranger } from '../identity/origin.js';
import { readOf } from '../route/precondition.js';
import { urlOf } from '../route/route.js';
import { keySetRoute } from './key-set.routes.js';
import { KeySets, maxAgeSeconds } from './key-sets.js';

type KeySetRequest = FastifyRequest<{ Params: { slug: string } }>;

/** Serves public key sets without a token. A set that the caller already has is not sent again. */
@Injectable()
export class KeySetEndpoint implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly sets: KeySets,
    private readonly meter: RequestMeter,
  ) {}

  onModuleInit(): void {
    this.host.httpAdapter.getInstance<FastifyInstance>().route({
      method: 'GET',
      url: urlOf(keySetRoute),
      handler: (request: KeySetRequest, reply) => this.answer(request, reply),
      onResponse: (_, reply, done) => {
        this.meter.record(keySetRoute.operationId, reply);
        done();
      },
    });
  }

  private async answer(request: KeySetRequest, reply: FastifyReply): Promise<FastifyReply> {
    const deadline = monotonicNow() + keySetRoute.withinMs;
    const { body, etag } = await forStranger(request.sender, () =>
      this.sets.of(request.params.slug, { correlationId: request.id, deadline }),
    );
    reply.headers({ 'cache-control': `public, max-age=${maxAgeSeconds}`, etag });
    if (readOf(etag, request.headers) === 'not-modified') return reply.code(304).send();
    return reply.type('application/json').send(body);
  }
}
