import type { FastifyInstance } from 'fastify';
import type { BodyBudget } from '../http/body-budget.js';
import type { RequestMeter } from '../http/request-meter.js';
import { type Creation, create } from '../idempotency/create.js';
import type { Admission } from './admission.js';
import { forward, type Handler } from './forward.js';
import type { OwnService } from './own-service.js';
import { urlOf } from './route.js';
import { routes } from './routes.js';

export interface RouteParts extends Creation {
  readonly admission: Admission;
  readonly meter: RequestMeter;
  readonly bodies: BodyBudget;
  /** What answers the routes that are the gateway's own. */
  readonly own: OwnService;
}

/** The handler, holding its request's part of the body budget until it is through. */
const holding =
  (handler: Handler): Handler =>
  (request, reply) =>
    request.hold === undefined ? handler(request, reply) : request.hold.during(() => handler(request, reply));

/** Puts the table on the server. */
export const addRoutes = (server: FastifyInstance, parts: RouteParts): void => {
  for (const route of routes.filter((row) => row.public === undefined)) {
    const served = route.contract.owner === 'gateway' ? { ...parts, bus: parts.own } : parts;
    server.route({
      method: route.method,
      url: urlOf(route),
      onRequest: parts.admission.hookFor(route),
      handler: holding(route.idempotent ? create(served, route) : forward(served.bus, route)),
      onSend: (request, _, payload, done) => {
        if (Buffer.isBuffer(payload)) request.hold?.add(payload.length);
        done();
      },
      onResponse: (request, reply, done) => {
        parts.bodies.release(request);
        parts.meter.record(route.operationId, reply);
        done();
      },
    });
  }
};
