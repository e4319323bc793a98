import { randomBytes } from 'node:crypto';
import type { Generator } from './generator/generator.js';
import type { Shape, Target } from './generator/job.js';
import { messageBytes } from './operation.js';
import { closedLoops } from './plan.js';
import { rate, type Summary } from './statistic.js';

/** Another product, measured in the same run with the same generator. */
export interface PeerRow {
  readonly operation: string;
  readonly clients: number;
  readonly batch: number;
  readonly perSecond: number;
  readonly itemsPerSecond: number;
  readonly latency: Summary | null;
}

interface PeerOperation {
  readonly operation: string;
  readonly key: string;
  readonly type: string;
  readonly path: string;
  readonly item: (content: string) => object;
}

const contentOf = (operation: string): string =>
  randomBytes(operation.endsWith('sign') ? messageBytes.sign : messageBytes.encrypt).toString('base64');

/** OpenBao's Transit engine. Its keys are in its own memory, without an HSM. */
const transit: readonly PeerOperation[] = [
  {
    operation: 'p256-sign',
    key: 'bench-p256',
    type: 'ecdsa-p256',
    path: '/v1/transit/sign/bench-p256/sha2-256',
    item: (input) => ({ input }),
  },
  {
    operation: 'rsa-2048-sign',
    key: 'bench-rsa',
    type: 'rsa-2048',
    path: '/v1/transit/sign/bench-rsa/sha2-256',
    item: (input) => ({ input, signature_algorithm: 'pkcs1v15' }),
  },
  {
    operation: 'aes-dir-encrypt',
    key: 'bench-aes',
    type: 'aes256-gcm96',
    path: '/v1/transit/encrypt/bench-aes',
    item: (plaintext) => ({ plaintext }),
  },
];

/** The signature algorithm and other options are beside `batch_input`, the data is inside. */
const batchOf = (item: object, count: number): object => {
  const { input, plaintext, ...rest } = item as { input?: string; plaintext?: string };
  const data = input === undefined ? { plaintext } : { input };
  return { ...rest, batch_input: Array.from({ length: count }, () => data) };
};

const post = async (
  url: string,
  headers: Record<string, string>,
  body: object,
  allowed: readonly number[],
): Promise<void> => {
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok && !allowed.includes(response.status))
    throw new Error(`peer: ${url} was answered ${response.status}`);
};

/** @throws Error if it cannot be set up, or an answer is not 2xx */
export const measurePeer = async (
  generator: Generator,
  baseUrl: string,
  token: string,
  seconds: number,
): Promise<readonly PeerRow[]> => {
  const headers = { 'x-vault-token': token };
  const { hostname, port } = new URL(baseUrl);
  // 400 means that the engine is already mounted.
  await post(`${baseUrl}/v1/sys/mounts/transit`, headers, { type: 'transit' }, [400]);
  const rows: PeerRow[] = [];
  for (const { operation, key, type, path, item } of transit) {
    await post(`${baseUrl}/v1/transit/keys/${key}`, headers, { type }, []);
    const content = contentOf(operation);
    const target: Target = { host: hostname, port: Number(port), path, headers };
    for (const [clients, batch] of closedLoops) {
      const body = JSON.stringify(batch === 1 ? item(content) : batchOf(item(content), batch));
      const shape: Shape = { kind: 'closed', clients };
      const outcome = await (await generator.prepare({ target, bodies: [body], shape, seconds, samples: 0 }))();
      if (outcome.failures > 0) throw new Error(`peer: ${operation}: ${outcome.firstFailure}`);
      const perSecond = rate(outcome.requests, outcome.seconds);
      rows.push({ operation, clients, batch, perSecond, itemsPerSecond: perSecond * batch, latency: outcome.latency });
    }
  }
  return rows;
};
