import type { AlgorithmName } from '@ankasecure/algorithm';
import type { ErrorCode, Key } from '@ankasecure/contracts';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Client, Method, Reply } from '../harness/client.js';
import {
  after,
  become,
  type Expected,
  type Model,
  type ModelKey,
  processes,
  rotatable,
  stateOf,
  type Verb,
  verbs,
} from './model.js';

type Command = fc.AsyncCommand<Model, Client>;

/** The algorithms that clients create keys for. Policies allow some of them. */
export const algorithms = ['EC-P256', 'AES-256', 'Ed25519'] as const satisfies readonly AlgorithmName[];

/** A number that selects one of the items that exist when it is used. */
const pick = fc.nat(1000);
const picked = <Value>(values: readonly Value[], choice: number): Value => values[choice % values.length] as Value;

/** The expected answer of a call: 2xx, or one of these codes. */
const answered = (reply: Reply, refusals: readonly ErrorCode[]): ErrorCode | null => {
  const { code } = reply.body as { code?: ErrorCode };
  if (refusals.length === 0) expect(reply.status, reply.text).toBeLessThan(300);
  else expect(refusals, reply.text).toContain(code);
  return refusals.length === 0 ? null : (code as ErrorCode);
};

/** Sends one call, compares its answer with the model, and adds the event that the trail must have. */
const call = async (
  model: Model,
  client: Client,
  [method, path, body]: readonly [Method, string, object],
  expected: Pick<Expected, 'operation' | 'keyId' | 'version'>,
  refusals: readonly ErrorCode[],
): Promise<Reply> => {
  const reply = await client.send(method, path, { body });
  const failureCode = answered(reply, refusals);
  model.expected.push({ correlationId: reply.correlationId, failureCode, ...expected });
  return reply;
};

/** A command on an existing key. */
const about = (
  text: string,
  choice: number,
  run: (model: Model, client: Client, key: ModelKey) => Promise<void>,
): Command => ({
  check: ({ keys }) => keys.length > 0,
  run: (model, client) => run(model, client, picked(model.keys, choice)),
  toString: () => text,
});

const create = (algorithm: (typeof algorithms)[number]): Command => ({
  check: ({ keys }) => keys.length < 4,
  async run(model, client) {
    const refusals = model.allows(algorithm) ? [] : (['policy-refused'] as const);
    const request = ['POST', '/keys', { algorithm, label: 'model' }] as const;
    const { body } = await call(model, client, request, { operation: 'key.create' }, refusals);
    if (refusals.length > 0) return;
    const { id, purpose } = body as Key;
    model.keys.push({
      id,
      algorithm,
      purpose: purpose === 'sign' ? 'sign' : 'encrypt',
      states: ['ACTIVE'],
      compromised: new Set(),
      ended: new Set(),
      products: [],
    });
  },
  toString: () => `create ${algorithm}`,
});

/** Signs or encrypts with the current version. */
const protect = (choice: number): Command =>
  about(`protect #${choice}`, choice, async (model, client, key) => {
    const version = key.states.length;
    const isActive = stateOf(key, version) === 'ACTIVE';
    const refusals: ErrorCode[] = [
      ...(isActive ? [] : (['key-state'] as const)),
      ...(model.allows(key.algorithm) ? [] : (['policy-refused'] as const)),
    ];
    const [operation, data] =
      key.purpose === 'sign' ? (['sign', { payload: 'AAAA' }] as const) : (['encrypt', { plaintext: 'AAAA' }] as const);
    const request = ['POST', `/${operation}`, { keyId: key.id, ...data }] as const;
    const { body } = await call(model, client, request, { operation, keyId: key.id, version }, refusals);
    if (refusals.length > 0) return;
    const { version: used, jws, jwe } = body as { version: number; jws?: string; jwe?: string };
    expect(used).toBe(version);
    key.products.push({ version, token: jws ?? jwe ?? '' });
  });

/** Verifies or decrypts data of any version. */
const process = (choice: number, which: number, acceptRisk: boolean): Command => ({
  ...about(
    `process #${choice}, product #${which}${acceptRisk ? ', at risk' : ''}`,
    choice,
    async (model, client, key) => {
      if (key.products.length === 0 || !model.allows(key.algorithm)) return;
      const { version, token } = picked(key.products, which);
      const refusals = processes(stateOf(key, version), acceptRisk) ? [] : (['key-state'] as const);
      const [operation, named] =
        key.purpose === 'sign' ? (['verify', { jws: token }] as const) : (['decrypt', { jwe: token }] as const);
      const request = ['POST', `/${operation}`, { ...named, ...(acceptRisk && { acceptRisk }) }] as const;
      const { body } = await call(model, client, request, { operation, keyId: key.id, version }, refusals);
      if (refusals.length > 0) return;
      expect(body).toMatchObject({ version, ...(key.purpose === 'sign' ? { valid: true } : { plaintext: 'AAAA' }) });
    },
  ),
});

const change = (choice: number, which: number, verb: Verb): Command =>
  about(`${verb} #${choice}, version #${which}`, choice, async (model, client, key) => {
    const version = (which % key.states.length) + 1;
    const to = after(verb, key, version);
    const request = ['POST', `/keys/${key.id}/${verb}`, { version }] as const;
    const expected = { operation: `key.${verb}`, keyId: key.id };
    const { body } = await call(model, client, request, expected, to === undefined ? ['key-state'] : []);
    if (to === undefined) return;
    expect(body).toMatchObject({ state: to, version });
    become(key, version, to);
  });

const rotate = (choice: number): Command =>
  about(`rotate #${choice}`, choice, async (model, client, key) => {
    if (key.states.length >= 4) return;
    const current = key.states.length;
    const refusals: ErrorCode[] = [
      ...(rotatable.includes(stateOf(key, current)) ? [] : (['key-state'] as const)),
      ...(model.allows(key.algorithm) ? [] : (['policy-refused'] as const)),
    ];
    const request = ['POST', `/keys/${key.id}/rotate`, {}] as const;
    const { body } = await call(model, client, request, { operation: 'key.rotate', keyId: key.id }, refusals);
    if (refusals.length > 0) return;
    expect(body).toMatchObject({ version: current + 1, state: 'ACTIVE' });
    if (stateOf(key, current) === 'ACTIVE') become(key, current, 'DEACTIVATED');
    key.states.push('ACTIVE');
  });

/** Checks that a key matches the model. */
const look = (choice: number): Command =>
  about(`look #${choice}`, choice, async (_, client, key) => {
    const { items } = await client.get<{ items: readonly { version: number; state: string }[] }>(
      `/keys/${key.id}/versions`,
    );
    expect(items.map(({ version, state }) => [version, state]).toReversed()).toEqual(
      key.states.map((state, index) => [index + 1, state]),
    );
  });

/** The commands of one client. */
export const commands = (most: number) =>
  fc.commands(
    [
      fc.constantFrom(...algorithms).map(create),
      pick.map(protect),
      pick.map(protect),
      fc.tuple(pick, pick, fc.boolean()).map((of) => process(...of)),
      fc.tuple(pick, pick, fc.constantFrom(...(Object.keys(verbs) as Verb[]))).map((of) => change(...of)),
      pick.map(rotate),
      pick.map(look),
    ],
    { maxCommands: most, size: 'max' },
  );
