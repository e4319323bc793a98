import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../problem/send-problem.js';
import { type Route, urlOf } from '../route/route.js';
import { routes } from '../route/routes.js';
import { tokenPath } from '../service-account/client-authentication.js';

const pathOf = (url: string): string => url.split(/[?#]/, 1)[0] ?? '';

const offers = (route: Route): readonly string[] => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]);

/** Per path, of the table and besides it: what it looks like and which methods it has. */
const paths = [
  ...[...Map.groupBy(routes, urlOf)].map(([url, rows]) => ({
    pattern: new RegExp(`^${url.replaceAll(/:\w+/g, '[^/]+')}$`),
    methods: rows.flatMap(offers),
  })),
  { pattern: new RegExp(`^${tokenPath}$`), methods: ['POST'] },
];

/** 405 with Allow where the path exists (RFC 9110 §15.5.6), 404 elsewhere. */
export const notFoundHandler = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  const known = paths.find(({ pattern }) => pattern.test(pathOf(request.raw.url ?? '')));
  if (known === undefined || known.methods.includes(request.method))
    return sendProblem(reply, { code: 'route-not-found', detail: 'There is no resource at this path' });
  const allow = known.methods.join(', ');
  return sendProblem(reply.header('allow', allow), {
    code: 'method-not-allowed',
    detail: `This resource supports ${allow}`,
  });
};
