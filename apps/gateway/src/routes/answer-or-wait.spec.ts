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
const ofRevision = { ...refused, head: { ...refused.head, revision: 3 } };
const body = Buffer.from('{}');
const none = {} as ApprovalRequests;

/** A caller who was admitted as alice and has another name by now. `ends` is the check at which the caller is excluded. */
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
    during: async (work) => {
      seen.push('begin');
      return work().finally(() => seen.push('end'));
    },
  };
  const approvals = {
    keep: async ({ subject }: Principal) => {
      seen.push(subject);
      return waiting;
    },
  } as unknown as ApprovalRequests;
  const request = { principal: { ...about, subject: 'alice', confirm }, id: 'spec' } as unknown as FastifyRequest;
  const answer = new AnswerOrWait(approvals).answer(route, request, { body }, ofRevision);
  return { answer: await answer.catch(({ code }: AnkaError) => code), seen };
};

it('a waiting request names its requester as they are known when it is stored, and a change that excludes them waits', async () => {
  const { answer, seen } = await asked();
  expect(seen).toEqual(['begin', 'people:alice', 'end']);
  expect(answer).toMatchObject({ status: 202 });
});

it('a resource with revisions has no waiting request without one', async () => {
  const ofKey = routes.find(({ operationId }) => operationId === 'deleteKey') as Route;
  const answer = new AnswerOrWait(none).answer(ofKey, {} as FastifyRequest, { body }, refused);
  await expect(answer).rejects.toMatchObject({ code: 'internal-error' });
});

it('a caller who is excluded stores no request, and a caller who is excluded meanwhile gets no answer', async () => {
  expect(await asked(1)).toEqual({ answer: 'authentication-required', seen: [] });
  expect(await asked(2)).toEqual({ answer: 'authentication-required', seen: ['begin', 'people:alice', 'end'] });
});
