import type { FastifyInstance, FastifyReply } from 'fastify';
import { basePath } from '../route/route.js';
import { routes } from '../route/routes.js';
import { describeApi } from './api-description.js';
import { renderPage } from './page.js';
import { style } from './style.js';

/** The description of the API, for programs and for people; made once, and open to anybody. */
export const addDescription = (server: FastifyInstance): void => {
  const description = describeApi(routes);
  const serve = (url: string, type: string, text: string): void => {
    const bytes = Buffer.from(text);
    server.get(url, (_, reply): FastifyReply => reply.type(type).send(bytes));
  };
  serve(`${basePath}/openapi.json`, 'application/json', JSON.stringify(description));
  serve('/docs', 'text/html; charset=utf-8', renderPage(description, routes));
  serve('/docs/style.css', 'text/css; charset=utf-8', style);
};
