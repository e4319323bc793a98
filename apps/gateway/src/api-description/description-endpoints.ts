import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { HttpConfig } from '../http/http.config.js';
import { published } from '../http/proxy/base-path.js';
import { basePath } from '../route/route.js';
import { RouteTable } from '../route/route-table.js';
import { describeApi } from './api-description.js';
import { renderPage } from './page.js';
import { style } from './style.js';

/** Serves the API description to programs and people, without a token. It is built once. */
@Injectable()
export class DescriptionEndpoints implements OnModuleInit {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly table: RouteTable,
    private readonly http: HttpConfig,
  ) {}

  onModuleInit(): void {
    const { rows } = this.table;
    const description = describeApi(rows);
    const { basePath: prefix } = this.http;
    const servers = [{ url: published(prefix, basePath) }];
    this.serve(`${basePath}/openapi.json`, 'application/json', JSON.stringify({ ...description, servers }));
    const page = renderPage(description, rows).replaceAll('href="/', `href="${published(prefix, '/')}`);
    this.serve('/docs', 'text/html; charset=utf-8', page);
    this.serve('/docs/style.css', 'text/css; charset=utf-8', style);
  }

  private serve(url: string, type: string, text: string): void {
    const bytes = Buffer.from(text);
    this.host.httpAdapter
      .getInstance<FastifyInstance>()
      .get(url, (_, reply): FastifyReply => reply.type(type).send(bytes));
  }
}
