import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { HttpConfig } from '../http/http.config.js';
import { addressesOf } from '../http/proxy/addresses.js';
import { catalogue } from '../problem/catalogue.js';
import { problemPath } from '../problem/problem.js';
import { basePath } from '../route/route.js';
import { RouteTable } from '../route/route-table.js';
import { describeApi } from './api-description.js';
import { renderPage } from './page.js';
import { renderProblem, renderProblems } from './problem-page.js';
import { script } from './script.js';
import { style } from './style.js';

const page = 'text/html; charset=utf-8';

/**
 * The policy of the one page with a script: the script and the style sheet of this gateway, and calls to this gateway. Nothing
 * is loaded from elsewhere, and no text becomes markup or code.
 */
const scriptedPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join(';');

/** Serves the API description and the catalogue of problems to programs and people, without a token. It is built once. */
@Injectable()
export class DescriptionEndpoints implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly table: RouteTable,
    private readonly http: HttpConfig,
  ) {}

  onModuleInit(): void {
    const { rows } = this.table;
    const addresses = addressesOf(this.http);
    const description = describeApi(rows, addresses);
    this.serve(`${basePath}/openapi.json`, 'application/json', JSON.stringify(description));
    this.serve('/docs', page, renderPage(description, rows, addresses), scriptedPolicy);
    this.serve('/docs/style.css', 'text/css; charset=utf-8', style);
    this.serve('/docs/script.js', 'text/javascript; charset=utf-8', script);
    this.serve('/problems', page, renderProblems(addresses));
    for (const entry of catalogue) this.serve(`${problemPath}${entry.code}`, page, renderProblem(entry, addresses));
  }

  /** @param policy instead of the content security policy of every other answer */
  private serve(url: string, type: string, text: string, policy?: string): void {
    const bytes = Buffer.from(text);
    this.host.httpAdapter.getInstance<FastifyInstance>().get(
      url,
      {
        // It runs after the hook that adds the headers of every answer.
        onSend: async (_, reply) => {
          if (policy !== undefined) reply.header('content-security-policy', policy);
        },
      },
      (_, reply): FastifyReply => reply.type(type).send(bytes),
    );
  }
}
