import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Admission } from '../admission/admission.js';
import { RequestMeter } from '../http/request-meter.js';
import { type Route, urlOf } from '../route/route.js';
import type { Handler } from '../route/service-request.js';
import { Create } from './create.js';
import { Forward } from './forward.js';
import { RegisteredRoutes } from './registered-routes.js';
import { SecondPerson } from './second-person.js';

/** The handlers of rows. */
@Injectable()
export class RouteHandlers {
  constructor(
    private readonly forward: Forward,
    private readonly create: Create,
    private readonly secondPerson: SecondPerson,
  ) {}

  for(route: Route): Handler {
    if (route.decides !== undefined) return this.secondPerson.handlerFor(route, route.decides);
    return route.idempotent ? this.create.handlerFor(route) : this.forward.handlerFor(route);
  }
}

/** Keeps the request's part of the body budget until the handler ends. */
const holding =
  (handler: Handler): Handler =>
  (request, reply) =>
    request.hold === undefined ? handler(request, reply) : request.hold.during(() => handler(request, reply));

/** Registers the table's rows with the server. A public row has an endpoint of its own. */
@Injectable()
export class ServeRoutes implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly registered: RegisteredRoutes,
    private readonly handlers: RouteHandlers,
    private readonly admission: Admission,
    private readonly meter: RequestMeter,
  ) {}

  onModuleInit(): void {
    for (const route of this.registered.rows()) if (route.public === undefined) this.serve(route);
  }

  private serve(route: Route): void {
    this.host.httpAdapter.getInstance<FastifyInstance>().route({
      method: route.method,
      url: urlOf(route),
      onRequest: this.admission.hookFor(route),
      handler: holding(this.handlers.for(route)),
      onSend: (request, _, payload, done) => {
        if (Buffer.isBuffer(payload)) request.hold?.add(payload.length);
        done();
      },
      onResponse: (request, reply, done) => {
        this.admission.leave(request);
        this.meter.record(route.operationId, reply);
        done();
      },
    });
  }
}
