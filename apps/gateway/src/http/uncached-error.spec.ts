import { AnkaError, type ErrorCode, errors } from '@ankasecure/contracts';
import { createLogger, Health, WatchedFiles } from '@ankasecure/service-kit';
import { expect, it } from 'vitest';
import { httpConfig } from './http.config.js';
import { createHttpServer } from './server.js';

const codes = Object.keys(errors) as ErrorCode[];

it('an error has no ETag and is never kept, whatever its route had said of the answer that it meant to give', async () => {
  const log = createLogger('gateway', 'silent', 'name');
  const server = await createHttpServer(
    httpConfig.parse({ port: 1 }),
    log,
    new WatchedFiles(log, new Health('gateway').registry),
  );
  const described = { etag: '"1"', 'cache-control': 'public, max-age=60', 'link-template': '"/{kid}"; rel="item"' };
  server.get<{ Params: { code: ErrorCode } }>('/:code', ({ params }, reply) => {
    reply.headers(described);
    throw new AnkaError(params.code);
  });
  server.get('/', (_, reply) => reply.headers(described).send('kept'));
  server.get('/sent', (_, reply) => reply.headers(described).code(404).send('sent'));
  expect((await server.inject('/')).headers).toMatchObject(described);
  for (const path of ['sent', ...codes]) {
    const { headers, statusCode } = await server.inject(`/${path}`);
    expect([path, statusCode >= 400, headers['cache-control']]).toEqual([path, true, 'no-store']);
    for (const name of ['etag', 'link-template']) expect([path, headers[name]]).toEqual([path, undefined]);
  }
  await server.close();
});
