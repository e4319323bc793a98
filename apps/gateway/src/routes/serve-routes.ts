import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Admission } from '../admission/admission.js';
import { RequestMeter } from '../http/request-meter.js';
import { assertNoKey } from '../idempotency/idempotency-key.js';
import { KeyInPath, namesKey } from '../key/key-in-path.js';
import { type Route, urlOf } from '../route/route.js';
import type { Handler } from '../route/service-request.js';
import { Create } from './create.js';
import { Forward } from './forward.js';
import { Refusals } from './refusals.js';
import { RegisteredRoutes } from './registered-routes.js';
import { SecondPerson } from './second-person.js';

/** The handler of a row that takes no Idempotency-Key. */
const withoutKey =
  (handler: Handler): Handler =>
  async (request, reply) => {
    assertNoKey(request.headers);
    return handler(request, reply);
  };

/** The handlers of rows. */
@Injectable()
export class RouteHandlers {
  constructor(
    private readonly forward: Forward,
    private readonly create: Create,
    private readonly secondPerson: SecondPerson,
    private readonly keys: KeyInPath,
  ) {}

  for(route: Route): Handler {
    const handler = this.plain(route);
    if (!namesKey(route)) return handler;
    return async (request, reply) => {
      await this.keys.settle(request, route);
      return handler(request, reply);
    };
  }

  private plain(route: Route): Handler {
    if (route.decides !== undefined) return withoutKey(this.secondPerson.handlerFor(route, route.decides));
    return route.idempotent ? this.create.handlerFor(route) : withoutKey(this.forward.handlerFor(route));
  }
}

/** Records refusals before they are answered, and counts answers. */
@Injectable()
export class RouteAnswers {
  constructor(
    private readonly refusals: Refusals,
    private readonly meter: RequestMeter,
  ) {}

  /**
   * The error handler of a row. The server's own answers the error after it. Fastify waits for a promise, which its type does
   * not say.
   */
  refusalOf(route: Route): (error: unknown, request: FastifyRequest) => unknown {
    return (error, request) => this.refusals.ofError({ route, request }, error);
  }

  count({ operationId }: Route, reply: FastifyReply): void {
    this.meter.record(operationId, reply);
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
    private readonly answers: RouteAnswers,
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
      errorHandler: this.answers.refusalOf(route),
      onSend: (request, _, payload, done) => {
        if (Buffer.isBuffer(payload)) request.hold?.add(payload.length);
        done();
      },
      onResponse: (request, reply, done) => {
        this.admission.leave(request);
        this.answers.count(route, reply);
        done();
      },
    });
  }
}
