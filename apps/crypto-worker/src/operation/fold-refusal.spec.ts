import { randomUUID } from 'node:crypto';
import { AnkaError, assertSealable, auditEvent } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { type Fence, undecided } from '../outcome/fence.js';
import { enforcedPolicy } from '../policy/enforced-policy.js';
import type { Attempt } from './attempt.js';
import { foldRefusals } from './fold-refusal.js';
import { signingKey } from './testing/signing.js';

const actor = { tenantId: signingKey.tenantId, principal: 'somebody', correlationId: 'spec' };
const policy = enforcedPolicy(1, { allowedAlgorithms: ['EC-P256'], fipsOnly: false }, Date);
const fenceOf = (over: Partial<Fence> = {}): Fence => ({ ...undecided(actor.tenantId), policy, ...over });

const refusal = (
  failureCode: 'key-not-found' | 'request-invalid',
  keyId: string | null = null,
  fence = fenceOf(),
): Attempt => ({
  fence,
  event: auditEvent(actor, { operation: 'sign', keyId, failureCode }),
  hsmMicros: 0,
  error: new AnkaError(failureCode),
});
const success = (): Attempt => ({
  fence: fenceOf({ key: signingKey }),
  event: auditEvent(actor, { operation: 'sign', keyId: signingKey.keyId }),
  hsmMicros: 1,
  body: {},
});
const told = (attempts: readonly Attempt[]) =>
  foldRefusals(attempts).map(({ event: { failureCode, details }, attempts: of }) => [
    failureCode,
    details?.['count'],
    of.length,
  ]);

describe('folding', () => {
  it('joins refusals that say the same, and no two uses', () => {
    const attempts = [
      refusal('request-invalid'),
      success(),
      refusal('request-invalid'),
      success(),
      refusal('key-not-found', 'a'),
    ];
    expect(told(attempts)).toEqual([
      [null, undefined, 1],
      [null, undefined, 1],
      ['request-invalid', '2', 2],
      ['key-not-found', undefined, 1],
    ]);
    const all = foldRefusals(attempts).flatMap(({ attempts: of }) => of);
    expect(new Set(all)).toEqual(new Set(attempts));
  });

  it('keeps apart what was decided on different revisions or keys', () => {
    const later = fenceOf({ policy: enforcedPolicy(2, { allowedAlgorithms: [], fipsOnly: false }, Date) });
    expect(told([refusal('request-invalid'), refusal('request-invalid', null, later)])).toHaveLength(2);
    const known = fenceOf({ key: signingKey });
    expect(told([refusal('request-invalid', 'a', known), refusal('request-invalid', 'b', known)])).toHaveLength(2);
  });

  it('lists the ids of unknown keys as far as they fit, so that the event can be sealed', () => {
    const ids = Array.from({ length: 1000 }, () => randomUUID());
    const [outcome, ...others] = foldRefusals(ids.map((id) => refusal('key-not-found', id)));
    expect(others).toEqual([]);
    expect(outcome?.event.keyId).toBeNull();
    expect(outcome?.event.details?.['keyIds']?.split(' ')).toEqual(ids.slice(0, 13));
    assertSealable(outcome?.event as never);
    const [same] = foldRefusals([refusal('key-not-found', 'a'), refusal('key-not-found', 'a')]);
    expect(same?.event).toMatchObject({ keyId: 'a', details: { count: '2' } });
  });

  it('joins what a dry run foresees to be refused, and not what it foresees to succeed', () => {
    const tried = (failureCode: string | null): Attempt => ({
      fence: fenceOf({ tried: true }),
      event: auditEvent(actor, { operation: 'dry-run.sign', failureCode }),
      hsmMicros: 0,
      body: {},
    });
    expect(told([tried('policy-refused'), tried('policy-refused'), tried(null), tried(null)])).toHaveLength(3);
  });

  it('does not join failed verifications: each used the key', () => {
    const invalid = (): Attempt => ({
      fence: fenceOf({ key: signingKey }),
      event: auditEvent(actor, { operation: 'verify', keyId: signingKey.keyId, failureCode: 'signature-invalid' }),
      hsmMicros: 1,
      body: { valid: false },
    });
    expect(told([invalid(), invalid()])).toHaveLength(2);
  });
});
