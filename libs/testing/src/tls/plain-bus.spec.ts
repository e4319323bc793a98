import { type AddressInfo, createServer, type Server } from 'node:net';
import { BusConnection, createLogger, StartFailure } from '@ankasecure/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeIdentity } from './identity.js';

const log = createLogger('audit', 'silent');
/** A seed that nobody uses. */
const nkeySeed = 'SUAIBDPBAUTWCWBKIO6XHQNINK5FWJW4OHLXC3HQ2KFE4PEJUA44CNHTC4';
const greeting = {
  server_id: 'X',
  version: '2.12.1',
  proto: 1,
  max_payload: 1_048_576,
  auth_required: true,
  nonce: 'n',
};

/** How a server greets: without a word on TLS, or saying that it has none. */
const plain: Readonly<Record<string, object>> = {
  'says nothing of TLS': {},
  'says that it has no TLS': { tls_required: false, tls_available: false },
};
const rows = Object.keys(plain).flatMap((name) => ['tls', 'nats'].map((scheme) => [scheme, name] as const));

describe('a bus without TLS', () => {
  let ca: string;
  beforeAll(async () => {
    ca = (await makeIdentity()).cert;
  });
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });

  it.each(rows)('is refused at %s:// if it %s, before the client says who it is', async (scheme, name) => {
    let heard = '';
    const server = createServer((socket) => {
      socket.on('data', (bytes) => (heard += bytes.toString('latin1')));
      socket.on('error', () => undefined);
      socket.write(`INFO ${JSON.stringify({ ...greeting, ...plain[name] })}\r\n`);
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const config = { servers: [`${scheme}://127.0.0.1:${port}`], nkeySeed, caFile: 'unused', authority: { ca } };
    const refusal: unknown = await BusConnection.open('audit', config, log, 0).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(StartFailure);
    expect(refusal).toMatchObject({
      reason: 'bus',
      message: expect.stringMatching(/does not support 'tls'/) as unknown,
    });
    expect(heard).toBe('');
  });
});
