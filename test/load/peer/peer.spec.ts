import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { peerOf } from '../baseline/contestant.js';
import type { Generator } from '../generator/generator.js';
import { prepare } from '../generator/loop.js';
import { operations } from '../operation.js';
import type { StagedOperation } from '../stage.js';
import { openPeer, peerSetting } from './peer.js';

interface Asked {
  readonly token: string | undefined;
  readonly path: string;
  readonly body: Record<string, unknown>;
}

/**
 * The part of OpenBao's HTTP surface that the benchmark uses, as its API documentation describes it: mounts, keys, sign and
 * encrypt, each also with `batch_input`.
 */
class StandIn {
  readonly asked: Asked[] = [];
  private readonly keys = new Map<string, string>();
  private mounted = false;
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      void this.answer(request).then(([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
  }

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
  }

  forget(): void {
    this.asked.length = 0;
    this.keys.clear();
  }

  private async answer(request: IncomingMessage): Promise<[number, object]> {
    const body = (await json(request)) as Record<string, unknown>;
    const path = request.url ?? '';
    const token = request.headers['x-vault-token'];
    this.asked.push({ token: typeof token === 'string' ? token : undefined, path, body });
    if (token !== 'root') return [403, { errors: ['permission denied'] }];
    if (path === '/v1/sys/mounts/transit') return this.mount();
    const [, operation = '', key = ''] = /^\/v1\/transit\/(keys|sign|encrypt)\/([a-z0-9-]+)/.exec(path) ?? [];
    if (operation === 'keys') this.keys.set(key, String(body['type']));
    else if (!this.keys.has(key)) return [400, { errors: ['signing key not found'] }];
    return [200, { data: this.data(operation, body) }];
  }

  private mount(): [number, object] {
    if (this.mounted) return [400, { errors: ['path is already in use at transit/'] }];
    this.mounted = true;
    return [204, {}];
  }

  private data(operation: string, body: Record<string, unknown>): object {
    const result = operation === 'sign' ? { signature: 'vault:v1:MEUC' } : { ciphertext: 'vault:v1:AAAA' };
    const batch = body['batch_input'];
    return Array.isArray(batch) ? { batch_results: batch.map(() => result) } : result;
  }
}

const generator: Generator = {
  pid: 0,
  prepare: async (job) => {
    const prepared = await prepare(job);
    return () => prepared.run();
  },
  stop: () => undefined,
};

const stand = new StandIn();
let url = '';
beforeAll(async () => {
  url = await stand.listen();
});
beforeEach(() => stand.forget());
afterAll(() => stand.close());

const stagedOf = (name: string): StagedOperation => ({
  operation: operations.find((one) => one.name === name) as StagedOperation['operation'],
  key: {} as StagedOperation['key'],
  items: [],
  target: { host: '', port: 0, path: '', headers: {} },
});

describe('a peer', () => {
  const software = { token: 'root', keys: 'software' } as const;

  it.each([
    ['p256-sign', 1],
    ['p256-sign', 100],
    ['rsa-2048-sign', 1],
    ['rsa-pss-sign', 100],
    ['aes-dir-encrypt', 1],
    ['aes-dir-encrypt', 100],
  ])('is asked for %s in requests of %d', async (name, batch) => {
    const peer = await openPeer({ url, ...software });
    const { run } = peerOf(generator, peer, stagedOf(name));
    stand.asked.length = 0;
    const figure = await run({ shape: { kind: 'closed', clients: 2 }, batch }, 0.05);
    expect(figure?.itemsPerSecond).toBeGreaterThanOrEqual(batch);
    expect(stand.asked.length).toBeGreaterThan(0);
    for (const { token, body } of stand.asked) {
      expect(token).toBe('root');
      const { batch_input: items, ...rest } = body as { batch_input?: unknown[] };
      expect(items?.length ?? 1).toBe(batch);
      expect(rest).toEqual(batch === 1 ? body : name.startsWith('rsa') ? { signature_algorithm: 'pss' } : {});
    }
  });

  it('may have been measured before', async () => {
    await openPeer({ url, ...software });
    await openPeer({ url, ...software });
    expect(stand.asked.map(({ path }) => path)).toContain('/v1/transit/keys/bench-p256');
  });

  it('keeps the keys of a token', async () => {
    await openPeer({ url, token: 'root', keys: 'hsm' });
    expect(stand.asked).toEqual([]);
  });

  it('has nothing like a MAC', async () => {
    const peer = await openPeer({ url, ...software });
    expect(
      peerOf(generator, peer, stagedOf('hmac-sign')).run({ shape: { kind: 'closed', clients: 1 }, batch: 1 }, 0),
    ).toBeUndefined();
  });

  it('fails the run when it refuses', async () => {
    await expect(openPeer({ url, token: 'wrong', keys: 'software' })).rejects.toThrow('403');
    const peer = await openPeer({ url, token: 'root', keys: 'hsm' });
    const run = peerOf(generator, peer, stagedOf('p256-sign')).run(
      { shape: { kind: 'closed', clients: 1 }, batch: 1 },
      0.05,
    );
    await expect(run).rejects.toThrow('signing key not found');
  });
});

describe('the setting of a peer', () => {
  it('is read from the environment', () => {
    expect(peerSetting({})).toBeUndefined();
    expect(peerSetting({ BENCH_PEER: 'http://127.0.0.1:8200', BENCH_PEER_TOKEN: 'root' })).toEqual({
      url: 'http://127.0.0.1:8200',
      token: 'root',
      keys: 'software',
    });
    expect(() => peerSetting({ BENCH_PEER: 'http://127.0.0.1:8200', BENCH_PEER_KEYS: 'other' })).toThrow(
      'BENCH_PEER_KEYS',
    );
  });
});
