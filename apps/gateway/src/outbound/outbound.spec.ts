import { pbkdf2 } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type NameServer, startNameServer } from '../testing/name-server.js';
import { Outbound } from './outbound.js';

const useThread = promisify(pbkdf2);

describe('a fetch from an identity provider', () => {
  let names: NameServer;
  let server: Server;
  let outbound: Outbound;
  let served: number;
  beforeAll(async () => {
    names = await startNameServer((name) => {
      if (name.startsWith('slow')) return 'silence';
      return name.startsWith('idp') ? '127.0.0.1' : 'none';
    });
    server = createServer((_, response) => {
      served++;
      response.end('{"keys":[]}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  beforeEach(() => {
    served = 0;
    outbound = new Outbound({ dnsServers: [names.address] });
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await names.stop();
  });
  const url = (name: string) => new URL(`http://${name}:${(server.address() as AddressInfo).port}/`);
  const of = (tenantId: string, name: string) => outbound.get(url(name), { tenantId, admit: () => undefined });

  it('asks DNS for the name, and connects to the address that was admitted', async () => {
    const admitted: string[] = [];
    const admit = (address: string) => void admitted.push(address);
    const answer = await outbound.get(url('idp.test'), { tenantId: 'a', admit });
    expect([await answer.json(), admitted]).toEqual([{ keys: [] }, ['127.0.0.1']]);
    expect(names.asked).toContain('idp.test');
    const refuse = () => {
      throw new Error('not there');
    };
    await expect(outbound.get(url('idp.test'), { tenantId: 'a', admit: refuse })).rejects.toThrow('not there');
    expect(served).toBe(1);
  });

  it('knows localhost and the hosts file without DNS, and reports a name that does not exist', async () => {
    expect((await outbound.get(url('localhost'), { platform: 'an issuer' })).status).toBe(200);
    await expect(outbound.get(url('nobody.test'), { platform: 'an issuer' })).rejects.toThrow(/ENOTFOUND/);
  });

  it('of slow names of one tenant holds up no other tenant, no platform issuer and no thread', async () => {
    let ended = 0;
    const slow = Array.from({ length: 40 }, (_, index) =>
      of('a', `slow-${index}.test`).catch((error: Error) => {
        ended++;
        return error;
      }),
    );
    await expect.poll(() => names.asked.filter((name) => name.startsWith('slow')).length).toBeGreaterThanOrEqual(4);
    // libuv has four threads.
    await Promise.all(Array.from({ length: 8 }, () => useThread('a', 'b', 1, 32, 'sha256')));
    expect((await of('b', 'idp.test')).status).toBe(200);
    expect((await outbound.get(url('idp.test'), { platform: 'an issuer' })).status).toBe(200);
    // 4 run, 16 wait, and the rest is refused.
    expect(ended).toBe(20);
    await Promise.all(slow);
    expect(ended).toBe(40);
    expect((await of('a', 'idp.test')).status).toBe(200);
  });

  it('leaves room for a tenant however many others have slow names', async () => {
    const slow = Array.from({ length: 16 * 4 }, (_, index) =>
      of(`tenant-${index % 16}`, `slow-${index}.test`).catch((error: Error) => error),
    );
    expect((await of('b', 'idp.test')).status).toBe(200);
    for (const one of await Promise.all(slow)) expect(one).toBeInstanceOf(Error);
  });
});
