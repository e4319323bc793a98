import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { AlgorithmName } from '@ankasecure/algorithm';
import type { EncryptResult, Key } from '@ankasecure/contracts';
import { type Client, outcomeOf } from '../e2e/harness/client.js';
import type { Tenant } from '../e2e/harness/tenant.js';
import type { ItemOutcome, Request } from './history.js';

/** The client's deadline for one call. After it, the client continues and treats the outcome as unknown. */
const patienceMs = 2500;

/** One call of a closed loop. */
interface Call {
  readonly operation: string;
  readonly path: string;
  readonly items: number;
  readonly body: unknown;
}

interface Item {
  readonly error?: { readonly code: string };
}

const outcomesOf = (body: unknown): readonly ItemOutcome[] => {
  const { items } = body as { items?: readonly Item[] };
  return items === undefined ? ['success'] : items.map(({ error }) => error?.code ?? 'success');
};

const call = async (client: Client, { operation, path, items, body }: Call): Promise<Request> => {
  const correlationId = randomUUID();
  const request: Request = { correlationId, operation, items };
  try {
    const headers = { 'x-correlation-id': correlationId };
    const reply = await client.send<Partial<Key> | undefined>('POST', path, {
      body,
      headers,
      timeoutMs: patienceMs,
    });
    if (reply.status >= 300) return { ...request, problem: outcomeOf(reply) };
    const created = operation === 'key.create' && reply.body?.id !== undefined ? { keyId: reply.body.id } : {};
    return { ...request, released: outcomesOf(reply.body), ...created };
  } catch {
    return request;
  }
};

export interface Keys {
  readonly sign: string;
  readonly wrap: string;
  /** A JWE for the wrapping key. */
  readonly jwe: string;
  /** A key that is rotated repeatedly. */
  readonly rotating: string;
  /** A key that is suspended and resumed in turn. */
  readonly toggled: string;
}

export const loadKeys = async ({ admin, createKey }: Tenant): Promise<Keys> => {
  const [{ id: sign }, { id: wrap }] = [
    await createKey({ algorithm: 'EC-P256' }),
    await createKey({ algorithm: 'AES-256' }),
  ];
  const [{ id: rotating }, { id: toggled }] = [
    await createKey({ algorithm: 'EC-P256' }),
    await createKey({ algorithm: 'AES-256' }),
  ];
  const { jwe } = await admin.post<EncryptResult>('/encrypt', { keyId: wrap, plaintext: 'AAAA' });
  return { sign, wrap, jwe, rotating, toggled };
};

/** Algorithms that are slow and fast to generate, so that a worker dies at every point of a creation. */
const made: readonly AlgorithmName[] = ['RSA-2048', 'EC-P256', 'RSA-2048', 'AES-256', 'RSA-2048', 'HMAC-SHA256'];

const change = (verb: string, id: string, body: object = {}): Call => ({
  operation: `key.${verb}`,
  path: `/keys/${id}/${verb}`,
  items: 1,
  body,
});

/** @param turn counts a client's calls @param created the keys created so far */
type NextCall = (turn: number, created: readonly string[]) => Call;

const calls = ({ sign, wrap, jwe, rotating, toggled }: Keys): readonly NextCall[] => [
  () => ({ operation: 'sign', path: '/sign', items: 1, body: { keyId: sign, payload: 'AAAA' } }),
  () => ({
    operation: 'sign',
    path: '/sign',
    items: 11,
    body: {
      items: [
        ...Array.from({ length: 10 }, () => ({ keyId: sign, payload: 'AAAA' })),
        { keyId: randomUUID(), payload: 'AAAA' },
      ],
    },
  }),
  () => ({ operation: 'encrypt', path: '/encrypt', items: 1, body: { keyId: wrap, plaintext: 'AAAA' } }),
  () => ({
    operation: 'decrypt',
    path: '/decrypt',
    items: 5,
    body: { items: Array.from({ length: 5 }, () => ({ jwe })) },
  }),
  (turn) => ({
    operation: 'key.create',
    path: '/keys',
    items: 1,
    body: { algorithm: made[turn % made.length], label: 'made under fire' },
  }),
  (turn) => ({
    operation: 'key.create',
    path: '/keys',
    items: 1,
    body: { algorithm: made[(turn + 1) % made.length], label: 'made under fire' },
  }),
  (turn) => change(turn % 2 === 0 ? 'suspend' : 'resume', toggled),
  // The keys alternate, so that a rotated key is used with each of its versions.
  (turn) =>
    turn % 2 === 0
      ? change('rotate', rotating)
      : { operation: 'sign', path: '/sign', items: 1, body: { keyId: rotating, payload: 'AAAA' } },
  (turn, created) => {
    const id = created[turn % Math.max(1, created.length)];
    return change('schedule-destroy', id ?? randomUUID(), { waitingDays: 0 });
  },
];

export interface Load {
  /** Waits for running calls to end. @returns every request that was sent */
  stop(): Promise<readonly Request[]>;
  /** The number of requests answered with 2xx so far. */
  released(): number;
}

/** Runs one client per kind of call. Each sends its next request when the last is answered or given up. */
export const startLoad = ({ admin }: Tenant, keys: Keys): Load => {
  const requests: Request[] = [];
  const created: string[] = [];
  let going = true;
  const loops = calls(keys).map(async (next) => {
    for (let turn = 0; going; turn++) {
      const request = await call(admin, next(turn, created));
      requests.push(request);
      if (request.keyId !== undefined) created.push(request.keyId);
      if (request.released === undefined) await delay(20);
    }
  });
  return {
    released: () => requests.filter(({ released }) => released !== undefined).length,
    stop: async () => {
      going = false;
      await Promise.all(loops);
      return requests;
    },
  };
};
