import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RequestMeter } from '../http/request-meter.js';
import { urlOf } from '../route/route.js';
import { keySetRoute } from './key-set.routes.js';
import { type KeySets, maxAgeSeconds } from './key-sets.js';

/** Puts the public key sets on the server: no token is looked at, and a set that has not changed is not sent again. */
export const addKeySets = (server: FastifyInstance, sets: KeySets, meter: RequestMeter): void => {
  server.route({
    method: 'GET',
    url: urlOf(keySetRoute),
    handler: async (request: FastifyRequest<{ Params: { slug: string } }>, reply): Promise<FastifyReply> => {
      const deadline = Date.now() + keySetRoute.withinMs;
      const { body, etag } = await sets.of(request.params.slug, { correlationId: request.id, deadline });
      reply.headers({ 'cache-control': `public, max-age=${maxAgeSeconds}`, etag });
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return reply.type('application/json').send(body);
    },
    onResponse: (_, reply, done) => {
      meter.record(keySetRoute.operationId, reply);
      done();
    },
  });
};
