import { AnkaError } from '@ankasecure/contracts';
import type { FastifyRequest } from 'fastify';
import { expect, it } from 'vitest';
import { waiting } from '../approval/approval.example.js';
import type { ApprovalRequests } from '../approval/approval-requests.js';
import type { Principal } from '../auth/principal.js';
import type { Route } from '../route/route.js';
import { routes } from '../routes/routes.js';
import { AnswerOrWait } from './answer-or-wait.js';

const route = routes.find(({ operationId }) => operationId === 'deleteIssuer') as Route;
const refused = {
  head: { ok: false as const, error: { code: 'approval-required' as const, retryable: false, detail: 'x' } },
  body: Buffer.alloc(0),
};
const body = Buffer.from('{}');
const none = {} as ApprovalRequests;

/** Whoever was let in as alice, and is called otherwise by now; `ends` says at which look he is nobody any more. */
const asked = async (ends = Number.POSITIVE_INFINITY) => {
  const seen: string[] = [];
  let looks = 0;
  const confirm = async (): Promise<Principal> => {
    if (++looks >= ends) throw new AnkaError('authentication-required');
    return now;
  };
  const about = { tenantId: 'x', issuer: 'https://people.test', roles: ['tenant-admin'] as const, groups: [] };
  const now: Principal = {
    ...about,
    subject: 'people:alice',
    during: async (deed) => {
      seen.push('begin');
      return deed().finally(() => seen.push('end'));
    },
  };
  const approvals = {
    keep: async ({ subject }: Principal) => {
      seen.push(subject);
      return waiting;
    },
  } as unknown as ApprovalRequests;
  const request = { principal: { ...about, subject: 'alice', confirm }, id: 'spec' } as unknown as FastifyRequest;
  const answer = new AnswerOrWait(approvals).answer(route, request, { body }, refused);
  return { answer: await answer.catch(({ code }: AnkaError) => code), seen };
};

it('what waits was asked for by who the caller is by then, while nobody shuts him out', async () => {
  const { answer, seen } = await asked();
  expect(seen).toEqual(['begin', 'people:alice', 'end']);
  expect(answer).toMatchObject({ status: 202 });
});

it('nothing that has revisions waits without one', async () => {
  const ofKey = routes.find(({ operationId }) => operationId === 'deleteKey') as Route;
  const answer = new AnswerOrWait(none).answer(ofKey, {} as FastifyRequest, { body }, refused);
  await expect(answer).rejects.toMatchObject({ code: 'internal-error' });
});

it('nothing is asked for by whoever is nobody by then, nor told to whoever has become nobody meanwhile', async () => {
  expect(await asked(1)).toEqual({ answer: 'authentication-required', seen: [] });
  expect(await asked(2)).toEqual({ answer: 'authentication-required', seen: ['begin', 'people:alice', 'end'] });
});
