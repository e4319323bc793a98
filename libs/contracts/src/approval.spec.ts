import { describe, expect, it } from 'vitest';
import { approvalDetails, assertApproved } from './approval.js';

const policy = { dualControl: ['destroy' as const] };
const by = (requestedBy: string) => ({ principal: 'bob', approval: { id: crypto.randomUUID(), requestedBy } });

describe('an operation that needs two people', () => {
  it.each([
    ['one alone', { principal: 'bob' }],
    ['a requester who approves their own request', by('bob')],
  ])('is refused to %s', (_, context) => {
    for (const action of ['destroy', 'relax-policy', 'change-issuer'] as const)
      expect(() => assertApproved(policy, action, context)).toThrow(
        expect.objectContaining({ code: 'approval-required', retryable: false }),
      );
  });

  it('is allowed for a requester and another approver, and other operations for one person', () => {
    expect(() => assertApproved(policy, 'destroy', by('alice'))).not.toThrow();
    expect(() => assertApproved(policy, 'compromise', { principal: 'bob' })).not.toThrow();
    expect(() => assertApproved({}, 'relax-policy', { principal: 'bob' })).not.toThrow();
  });

  it('is recorded with both people', () => {
    const { approval } = by('alice');
    expect(approvalDetails({ approval })).toEqual({ approvalId: approval.id, requestedBy: 'alice' });
    const requestedByIssuer = 'https://issuer.test';
    expect(approvalDetails({ approval: { ...approval, requestedByIssuer } })).toMatchObject({ requestedByIssuer });
    expect(approvalDetails({})).toEqual({});
  });
});
