import { AnkaError } from '@ankasecure/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { expect, it } from 'vitest';
import { waiting } from '../approval/approval.example.js';
import { approve, type Deciding, reject } from '../approval/second-person.js';
import type { Principal } from '../auth/principal.js';
import { type Creation, create } from '../idempotency/create.js';
import type { Handler } from './forward.js';
import type { Route } from './route.js';
import { routes } from './routes.js';

const byName = (operationId: string): Route => routes.find((route) => route.operationId === operationId) as Route;

/** Asked by somebody who stands for so many looks, and is shut out by the next. */
const ask = async (handlerOf: (seen: string[]) => Handler, looks: number) => {
  const seen: string[] = [];
  let looked = 0;
  const principal: Principal = {
    ...{ tenantId: waiting.tenantId, subject: 'bob', issuer: 'https://people.test', groups: [] },
    roles: ['tenant-admin'],
    confirm: () => (looked++ < looks ? undefined : Promise.reject(new AnkaError('authentication-required'))),
    during: async (deed) => {
      seen.push('begin');
      return deed().finally(() => seen.push('end'));
    },
  };
  const params = { id: waiting.id };
  const about = { raw: { url: '/' }, headers: { 'idempotency-key': 'x' }, query: {}, params };
  const request = { ...about, principal, id: 'spec' } as unknown as FastifyRequest;
  const answered = { code: () => answered, headers: () => answered, header: () => answered, send: () => answered };
  const answer = handlerOf(seen)(request, answered as unknown as FastifyReply);
  return [await answer.then(() => 'answered').catch(({ code }: AnkaError) => code), seen];
};

const outcome = { status: 200, body: {} };
const deciding = (seen: string[]) =>
  ({
    decisions: {
      approve: async () => {
        seen.push('decided');
        return { approval: { ...waiting, state: 'approved', outcome }, claim: null };
      },
      reject: async () => {
        seen.push('decided');
        return waiting;
      },
    },
  }) as unknown as Deciding;
const replaying = (seen: string[]) =>
  ({
    idempotency: {
      begin: async () => {
        seen.push('found');
        return { status: 202, headers: {}, body: Buffer.alloc(0) };
      },
    },
  }) as unknown as Creation;

it.each([
  ['approveRequest', approve],
  ['rejectRequest', reject],
] as const)('%s is waited for by whoever shuts out who decides, and told to nobody who is shut out', async (...row) => {
  const [name, handlerOf] = row;
  const decided = (looks: number) => ask((seen) => handlerOf(deciding(seen), byName(name)), looks);
  expect(await decided(2)).toEqual(['answered', ['begin', 'decided', 'end']]);
  expect(await decided(1)).toEqual(['authentication-required', ['begin', 'decided', 'end']]);
  expect(await decided(0)).toEqual(['authentication-required', []]);
});

it('what was answered before is not told again to whoever is shut out', async () => {
  const replayed = (looks: number) => ask((seen) => create(replaying(seen), byName('deleteKey')), looks);
  expect(await replayed(1)).toEqual(['answered', ['found']]);
  expect(await replayed(0)).toEqual(['authentication-required', ['found']]);
});
