import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { tokenPath } from '../access-token/client-authentication.js';
import { sendProblem } from '../problem/send-problem.js';
import { type Route, urlOf } from '../route/route.js';
import { RouteTable } from '../route/route-table.js';

interface KnownPath {
  readonly pattern: RegExp;
  readonly methods: readonly string[];
}

const pathOf = (url: string): string => url.split(/[?#]/, 1)[0] ?? '';

const methodsOf = (route: Route): readonly string[] => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]);

/** The paths of the table and of the token endpoint, with the methods of each. */
const knownPaths = (routes: readonly Route[]): readonly KnownPath[] => [
  ...[...Map.groupBy(routes, urlOf)].map(([url, rows]) => ({
    pattern: new RegExp(`^${url.replaceAll(/:\w+/g, '[^/]+')}$`),
    methods: rows.flatMap(methodsOf),
  })),
  { pattern: new RegExp(`^${tokenPath}$`), methods: ['POST'] },
];

/**
 * Answers 405 with Allow if the path exists (RFC 9110 §15.5.6), otherwise 404. It answers before the body is read, so no
 * fault of the body hides that nothing takes it.
 */
@Injectable()
export class NotFound implements OnModuleInit {
  private readonly paths: readonly KnownPath[];

  constructor(
    private readonly host: HttpAdapterHost,
    table: RouteTable,
  ) {
    this.paths = knownPaths(table.rows);
  }

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    server.setNotFoundHandler((request, reply) => this.answer(request, reply));
    server.addHook('onRequest', (request, reply, done) => {
      if (request.is404) this.answer(request, reply);
      else done();
    });
  }

  private answer(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const known = this.paths.find(({ pattern }) => pattern.test(pathOf(request.raw.url ?? '')));
    if (known === undefined || known.methods.includes(request.method))
      return sendProblem(reply, { code: 'route-not-found', detail: 'There is no resource at this path' });
    const allow = known.methods.join(', ');
    return sendProblem(reply.header('allow', allow), {
      code: 'method-not-allowed',
      detail: `This resource supports ${allow}`,
    });
  }
}
