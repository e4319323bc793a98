import { AnkaError } from '@ankasecure/contracts';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { tokenPath } from '../access-token/client-authentication.js';
import { HttpConfig } from '../http/http.config.js';
import { addressesOf } from '../http/proxy/addresses.js';
import { basePath, type Route, urlOf } from '../route/route.js';
import { RouteTable } from '../route/route-table.js';
import { Refusals } from './refusals.js';

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
 * Refuses a request without a route: 405 with Allow if the path exists (RFC 9110 §15.5.6), otherwise 404. It refuses before the
 * body is read, so no fault of the body hides that nothing takes it. The refusal of a genuine caller is on record.
 */
@Injectable()
export class NotFound implements OnModuleInit {
  private readonly paths: readonly KnownPath[];
  /** Where to look is told to everybody: whoever opens the root has typed no path at all. */
  private readonly noResource: string;

  constructor(
    private readonly host: HttpAdapterHost,
    table: RouteTable,
    private readonly refusals: Refusals,
    http: HttpConfig,
  ) {
    const addresses = addressesOf(http);
    this.noResource = `There is no resource at this path. ${addresses.of('/docs')} lists every one, and ${addresses.of(`${basePath}/openapi.json`)} does so for programs.`;
    this.paths = knownPaths(table.rows);
  }

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    server.unrouted.record = (request, code) => this.refusals.ofUnrouted(request, code);
    server.setNotFoundHandler((request, reply) => {
      throw this.refusalOf(request, reply);
    });
    server.addHook('onRequest', (request, reply, done) =>
      request.is404 ? done(this.refusalOf(request, reply)) : done(),
    );
  }

  private refusalOf(request: FastifyRequest, reply: FastifyReply): AnkaError {
    const known = this.paths.find(({ pattern }) => pattern.test(pathOf(request.raw.url ?? '')));
    if (known === undefined || known.methods.includes(request.method))
      return new AnkaError('route-not-found', this.noResource);
    const allow = known.methods.join(', ');
    reply.header('allow', allow);
    return new AnkaError('method-not-allowed', `This resource supports ${allow}`);
  }
}
