import { AnkaError } from '@ankasecure/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { expect, it } from 'vitest';
import { waiting } from '../approval/approval.example.js';
import type { Verdict } from '../approval/decisions.js';
import type { Principal } from '../auth/principal.js';
import type { Route } from '../route/route.js';
import type { Handler } from '../route/service-request.js';
import { Create } from './create.js';
import { routes } from './routes.js';
import { SecondPerson } from './second-person.js';

const byName = (operationId: string): Route => routes.find((route) => route.operationId === operationId) as Route;

/** A request of a principal who is still admitted for `looks` checks and is excluded at the next. */
const ask = async (handlerOf: (seen: string[]) => Handler, looks: number) => {
  const seen: string[] = [];
  let looked = 0;
  const principal: Principal = {
    tenantId: waiting.tenantId,
    subject: 'bob',
    issuer: 'https://people.test',
    groups: [],
    roles: ['tenant-admin'],
    confirm: () => (looked++ < looks ? undefined : Promise.reject(new AnkaError('authentication-required'))),
    during: async (work) => {
      seen.push('begin');
      return work().finally(() => seen.push('end'));
    },
  };
  const params = { id: waiting.id };
  const about = { raw: { url: '/' }, headers: { 'idempotency-key': 'x' }, query: {}, params };
  const request = { ...about, principal, id: 'spec' } as unknown as FastifyRequest;
  const answered = { code: () => answered, headers: () => answered, header: () => answered, send: () => answered };
  const answer = handlerOf(seen)(request, answered as unknown as FastifyReply);
  return [await answer.then(() => 'answered').catch(({ code }: AnkaError) => code), seen];
};

/** A dependency that the handler does not use. */
const unused = undefined as never;

const outcome = { status: 200, body: {} };
const deciding = (seen: string[], verdict: Verdict): Handler => {
  const decisions = {
    approve: async () => {
      seen.push('decided');
      return { approval: { ...waiting, state: 'approved', outcome }, claim: null };
    },
    reject: async () => {
      seen.push('decided');
      return waiting;
    },
  };
  return new SecondPerson(unused, decisions as never, unused).handlerFor(byName(`${verdict}Request`), verdict);
};
const replaying = (seen: string[]): Handler => {
  const idempotency = {
    begin: async () => {
      seen.push('found');
      return { status: 202, headers: {}, body: Buffer.alloc(0) };
    },
  };
  const forward = { handlerFor: () => unused };
  const services = { repeat: async (_: unknown, answer: unknown) => answer };
  return new Create(services as never, unused, forward as never, idempotency as never, unused).handlerFor(
    byName('deleteKey'),
  );
};

it.each(['approve', 'reject'] as const)(
  'the decision to %s delays a change that excludes the decider, and an excluded decider gets no answer',
  async (verdict) => {
    const decided = (looks: number) => ask((seen) => deciding(seen, verdict), looks);
    expect(await decided(2)).toEqual(['answered', ['begin', 'decided', 'end']]);
    expect(await decided(1)).toEqual(['authentication-required', ['begin', 'decided', 'end']]);
    expect(await decided(0)).toEqual(['authentication-required', []]);
  },
);

it('an excluded principal does not get a stored answer', async () => {
  const replayed = (looks: number) => ask(replaying, looks);
  expect(await replayed(1)).toEqual(['answered', ['found']]);
  expect(await replayed(0)).toEqual(['authentication-required', ['found']]);
});
