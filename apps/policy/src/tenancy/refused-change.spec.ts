import { randomUUID } from 'node:crypto';
import { AnkaError, type ErrorCode, platformTenantId } from '@ankasecure/contracts';
import { Outbox } from '@ankasecure/service-kit';
import type { INestMicroservice } from '@nestjs/common';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { errorOf, type RunningPolicy, startPolicy } from '../testing/running-policy.js';

let policy: RunningPolicy;
let app: INestMicroservice;
/** Tenants whose policies require two people for a relaxation and for any change, one that is disabled, one with a pending version. */
let strict: string;
let closed: string;
let disabled: string;
let pending: string;

const dualControl = (...actions: ('destroy' | 'change-policy')[]) => ({ fipsOnly: true, dualControl: actions });
const fillOutbox = () => {
  vi.spyOn(app.get(Outbox), 'assertRoom').mockImplementation(() => {
    throw new AnkaError('audit-unavailable');
  });
};

beforeAll(async () => {
  policy = await startPolicy();
  ({ app } = await policy.startInstance());
  strict = await policy.tenant();
  await policy.put(strict, { ifMatch: 1 }, dualControl('destroy'));
  closed = await policy.tenant();
  await policy.put(closed, { ifMatch: 1 }, dualControl('change-policy'));
  disabled = await policy.tenant();
  await policy.turn(disabled, 'disable');
  pending = await policy.tenant();
  await policy.create('taken', { resourceId: taken });
  policy.worker.behaviour = 'fail';
  expect((await errorOf(policy.put(pending, { ifMatch: 1 }, { fipsOnly: true }))).code).toBe('policy-not-applied');
});
afterAll(() => policy.stop());
beforeEach(() => void policy.worker.sealAsked.splice(0));
afterEach(() => void vi.restoreAllMocks());

const taken = randomUUID();

type Refused = readonly [what: string, ask: () => Promise<unknown>, code: ErrorCode, hinder?: () => void];

const policies: readonly Refused[] = [
  ['a relaxation by one person', () => policy.put(strict, { ifMatch: 2 }, { fipsOnly: true }), 'approval-required'],
  ['a rollback by one person', () => policy.rollback(strict, 1, { ifMatch: 2 }), 'approval-required'],
  [
    'any change by one person',
    () => policy.put(closed, { ifMatch: 2 }, { ...dualControl('change-policy'), minimumStrength: 256 }),
    'approval-required',
  ],
  [
    'dual control with overlapping issuers',
    () => policy.put(taken, { ifMatch: 1, sharedIssuer: 'https://mine.test' }, dualControl('destroy')),
    'issuers-overlap',
  ],
  ['a change of another version', () => policy.put(strict, { ifMatch: 9 }, dualControl()), 'precondition-failed'],
  ['a change without a version', () => policy.put(strict, {}, dualControl()), 'precondition-required'],
  ['a rollback to no version', () => policy.rollback(strict, 9, { ifMatch: 2 }), 'policy-version-not-found'],
  ['a change of a disabled tenant', () => policy.put(disabled, { ifMatch: 2 }, dualControl()), 'tenant-disabled'],
  ['a change after a pending one', () => policy.put(pending, { ifMatch: 2 }, dualControl()), 'policy-pending'],
  [
    'a change without room in the outbox',
    () => policy.put(taken, { ifMatch: 1 }, { fipsOnly: true }),
    'audit-unavailable',
    fillOutbox,
  ],
];

const tenants: readonly Refused[] = [
  ['a tenant with another’s slug', () => policy.create('taken', { principal: 'bob' }), 'tenant-exists'],
  ['a tenant with another’s id', () => policy.create('free', { resourceId: taken }), 'tenant-exists'],
  ['a tenant by another tenant', () => policy.create('free', { tenantId: strict }), 'access-denied'],
  ['a tenant without room in the outbox', () => policy.create('free'), 'audit-unavailable', fillOutbox],
  ['a disabled platform', () => policy.turn(platformTenantId, 'disable'), 'request-invalid'],
  ['a tenant disabled by its own', () => policy.turn(strict, 'disable', { roles: ['tenant-admin'] }), 'access-denied'],
  ['a tenant enabled by its own', () => policy.turn(disabled, 'enable', { roles: ['tenant-admin'] }), 'access-denied'],
  ['an unknown tenant disabled', () => policy.turn(randomUUID(), 'disable'), 'tenant-unknown'],
  ['a tenant disabled during a change', () => policy.turn(pending, 'disable'), 'policy-pending'],
  [
    'a tenant disabled without room in the outbox',
    () => policy.turn(strict, 'disable'),
    'audit-unavailable',
    fillOutbox,
  ],
];

const all = [...policies, ...tenants].map(([what, ask, code, hinder]) => ({ what, ask, code, hinder }));

describe('a refused change', () => {
  it.each(all)('asks for no seal: $what', async ({ ask, code, hinder }) => {
    hinder?.();
    expect(await errorOf(ask())).toMatchObject({ code });
    expect(policy.worker.sealAsked).toEqual([]);
  });

  it('asks for no seal: one of two tenants with the same slug at the same time', async () => {
    policy.worker.behaviour = 'apply';
    const asked = async (work: () => Promise<unknown>): Promise<readonly string[]> => {
      policy.worker.sealAsked.splice(0);
      await work();
      // The number of the seals of its policy depends on when that is confirmed.
      return policy.worker.sealAsked.filter((table) => table === 'tenant');
    };
    const alone = await asked(() => policy.create('alone'));
    expect(alone.length).toBeGreaterThan(0);
    const both = await asked(() =>
      Promise.allSettled([policy.create('raced'), policy.create('raced', { principal: 'bob' })]),
    );
    expect(both).toEqual(alone);
  });
});
