import type { FastifyInstance } from 'fastify';
import { approve, type Deciding, reject } from '../approval/second-person.js';
import type { BodyBudget } from '../http/body-budget.js';
import type { RequestMeter } from '../http/request-meter.js';
import { type Creation, create } from '../idempotency/create.js';
import type { Admission } from './admission.js';
import { forward, type Handler } from './forward.js';
import { type Route, urlOf } from './route.js';
import { routes } from './routes.js';

export interface RouteParts extends Creation, Deciding {
  readonly admission: Admission;
  readonly meter: RequestMeter;
  readonly bodies: BodyBudget;
}

const handlerOf = (parts: RouteParts, route: Route): Handler => {
  if (route.decides !== undefined) return { approve, reject }[route.decides](parts, route);
  return route.idempotent ? create(parts, route) : forward(parts, route);
};

/** The handler, holding its request's part of the body budget until it is through. */
const holding =
  (handler: Handler): Handler =>
  (request, reply) =>
    request.hold === undefined ? handler(request, reply) : request.hold.during(() => handler(request, reply));

/** Puts the table on the server. */
export const addRoutes = (server: FastifyInstance, parts: RouteParts): void => {
  for (const route of routes.filter((row) => row.public === undefined)) {
    server.route({
      method: route.method,
      url: urlOf(route),
      onRequest: parts.admission.hookFor(route),
      handler: holding(handlerOf(parts, route)),
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
