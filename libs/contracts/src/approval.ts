import { type ControlledAction, type PolicyDocument, requiresTwoPeople } from '@ankasecure/policy-rules';
import type { Context } from './bus.js';
import { AnkaError } from './error.js';

export { requiresTwoPeople };

const inWords: Readonly<Record<ControlledAction, string>> = {
  destroy: 'destroying a key',
  compromise: 'marking a key as compromised',
  deactivate: 'deactivating or revoking a key',
  'change-policy': 'changing the policy',
  'relax-policy': 'relaxing the policy',
  'change-issuer': 'changing the tenant’s issuers or readmitting a subject',
};

/**
 * Checks that the operation is approved, if the policy requires two people. The service that owns the operation calls it after
 * all other checks, with the policy that is in force until its commit.
 * @param revision of the resource, if the caller need not have sent one
 * @throws AnkaError `approval-required` if the policy requires two people and the context names one
 */
export const assertApproved = (
  policy: Pick<PolicyDocument, 'dualControl'>,
  action: ControlledAction,
  { principal, approval }: Pick<Context, 'principal' | 'approval'>,
  revision?: number,
): void => {
  if (!requiresTwoPeople(policy, action)) return;
  if (approval !== undefined && approval.requestedBy !== principal) return;
  throw new AnkaError(
    'approval-required',
    `The tenant’s policy requires two people for ${inWords[action]}: one requests it and another approves it`,
    { revision },
  );
};

/** The details of an event that name the requester and the requester's issuer. The event's user is the approver. */
export const approvalDetails = ({ approval }: Pick<Context, 'approval'>): Readonly<Record<string, string>> => {
  if (approval === undefined) return {};
  const { id: approvalId, requestedBy, requestedByIssuer } = approval;
  return { approvalId, requestedBy, ...(requestedByIssuer !== undefined && { requestedByIssuer }) };
};
