import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { IdentityConfig } from '../../auth/identity.config.js';
import { Outbound } from '../../outbound/outbound.js';
import { GuardedFetch } from './guarded-fetch.js';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const serve = async (handler: RequestListener): Promise<string> => {
  const started = createServer(handler);
  server = started;
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return String((started.address() as AddressInfo).port);
};
/** Allows these internal networks. */
const fetchWithin = (...allowedNetworks: string[]) => {
  const config = { tenantIssuers: { allowedNetworks } } as unknown as IdentityConfig;
  return { fetch: new GuardedFetch(config, new Outbound({})).for('a tenant') };
};
const strict = fetchWithin();
const local = fetchWithin('127.0.0.0/8');

describe('a fetch of a tenant’s URL', () => {
  it.each([
    '10.0.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '0.0.0.0',
    '255.255.255.255',
    '[::1]',
    '[::]',
    '[fe80::1]',
    '[fd00::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::7f00:1]',
    '[::ffff:0:7f00:1]',
    '168.63.129.16',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '2130706433',
    '0x7f.1',
    '127.1',
    'localhost',
  ])('does not reach https://%s', async (host) => {
    await expect(strict.fetch(`https://${host}/jwks.json`)).rejects.toThrow(/the address is internal/);
  });

  it.each(['198.41.0.4', '[2001:500:2f::f]'])('admits the public address %s', async (address) => {
    const refusal = await strict.fetch(`https://${address}:1/`).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(refusal).not.toMatch(/the address is internal/);
  });

  it('reaches an allowed network, and no other', async () => {
    const port = await serve((_, response) => response.end('{"keys":[]}'));
    expect(await (await local.fetch(`http://127.0.0.1:${port}/`)).json()).toEqual({ keys: [] });
    expect(await (await local.fetch(`http://localhost:${port}/`).catch(() => new Response('{}'))).json()).toBeDefined();
    await expect(local.fetch('https://10.0.0.1/')).rejects.toThrow(/the address is internal/);
    await expect(local.fetch(`http://[::1]:${port}/`)).rejects.toThrow(/the address is internal/);
  });

  it('uses http on loopback only, and no protocols except http and https', async () => {
    const wide = fetchWithin('0.0.0.0/0');
    await expect(wide.fetch('http://10.0.0.1/')).rejects.toThrow(/loopback/);
    await expect(wide.fetch('http://1.1.1.1/')).rejects.toThrow(/loopback/);
    for (const url of ['file:///etc/passwd', 'ftp://127.0.0.1/', 'data:application/json,{}'])
      await expect(wide.fetch(url)).rejects.toThrow(/https/);
  });

  it('does not follow a redirect', async () => {
    const port = await serve((_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end());
    await expect(local.fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('the answer was 302');
  });

  it('refuses an answer that is too large for a key set', async () => {
    const port = await serve((_, response) => response.end(Buffer.alloc(300 * 1024, 0x20)));
    await expect(local.fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow(/too large/);
  });

  it('ends by itself', async () => {
    const port = await serve((_, response) => response.write('{'));
    await expect(local.fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });
});
