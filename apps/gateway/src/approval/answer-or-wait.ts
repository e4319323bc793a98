import { AnkaError, type DryRun } from '@ankasecure/contracts';
import type { RawReply } from '@ankasecure/service-kit';
import type { FastifyRequest } from 'fastify';
import { type Answer, answerOf } from '../route/answer.js';
import { basePath, type Route } from '../route/route.js';
import { standing, whileStanding } from '../route/standing.js';
import type { Approval } from './approval.contract.js';
import type { Approvals } from './approvals.js';

/** What went to the service. */
interface Sent {
  readonly body: Buffer;
  readonly ifMatch?: number | undefined;
}

export const answerWith = (status: 200 | 202, body: Approval | DryRun): Answer => ({
  status,
  headers: {
    'content-type': 'application/json',
    ...(status === 202 && 'id' in body && { location: `${basePath}/approvals/${body.id}` }),
  },
  body: Buffer.from(JSON.stringify(body)),
});

/**
 * The service's reply; where that asks for a second person, the request that waits for one from now on. It is about the revision
 * there was when it was asked, whether or not its caller said which: nobody approves what he could not have looked at.
 */
export const answerOrWait = async (
  approvals: Approvals,
  route: Route,
  { principal, id: correlationId }: FastifyRequest,
  { body, ifMatch }: Sent,
  answered: RawReply,
): Promise<Answer> => {
  if (route.controlled !== true || answered.head.ok || answered.head.error.code !== 'approval-required')
    return answerOf(route, answered, correlationId);
  const asked = { operation: route.operationId, body, ifMatch: ifMatch ?? answered.head.revision };
  if (asked.ifMatch === undefined && route.conditional !== undefined) throw new AnkaError('internal-error');
  const approval = await whileStanding(principal, route, (now) => approvals.request(now, asked, correlationId));
  return standing(principal, route, () => answerWith(202, approval));
};
