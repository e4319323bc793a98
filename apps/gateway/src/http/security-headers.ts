import helmet from '@fastify/helmet';
import fastify from 'fastify';

/** Nothing is loaded from elsewhere and nothing runs: the API answers JSON, and the documentation page has a style sheet of its own. */
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

/** Not about headers that any answer has. */
const own = ['content-type', 'content-length', 'date', 'connection', 'keep-alive'];

/** The headers that helmet gives every answer. They are read once: they never change, and computing them costs as much as routing. */
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
