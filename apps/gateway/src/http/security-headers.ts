import helmet from '@fastify/helmet';
import fastify from 'fastify';

/** The policy allows no scripts and nothing from elsewhere. The API answers JSON, and the documentation page contains its style sheet. */
const contentSecurityPolicy = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    baseUri: ["'none'"],
    formAction: ["'none'"],
    frameAncestors: ["'none'"],
  },
};

/** A header that not every answer has. */
const own = ['content-type', 'content-length', 'date', 'connection', 'keep-alive'];

/** The headers that helmet adds to every answer. They never change and are computed once, because computing costs as much as routing. */
export const securityHeaders = async (): Promise<Readonly<Record<string, string>>> => {
  const server = fastify();
  await server.register(helmet, { contentSecurityPolicy, frameguard: { action: 'deny' }, xDownloadOptions: false });
  server.get('/', (_, reply) => reply.send(''));
  const { headers } = await server.inject('/');
  await server.close();
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (own.includes(name) ? [] : [[name, String(value)]])),
  );
};
