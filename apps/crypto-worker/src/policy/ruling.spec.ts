import type { ContentAlg } from '@ankasecure/algorithm';
import { initialPolicy, type PolicyDocument, tenantPolicy } from '@ankasecure/policy-rules';
import { describe, expect, it } from 'vitest';
import { knownKey } from '../jose/testing/known-key.js';
import type { KeyVersion } from '../key/key-version.js';
import { mostUrgent, Rulings, refusedBy } from './ruling.js';

const keyOf = (madeAt: number): KeyVersion => ({
  ...knownKey('EC-P256', 'sign').key,
  custody: 'token',
  keyMadeAt: madeAt,
  madeAt,
});
const day = 86_400_000;
const noSteps: readonly string[] = [];

describe('rulings', () => {
  it('are remembered by key version, use and steps, and made again when the clock may change them', () => {
    const [warn, end] = [Date.parse('2027-01-01T00:00:00Z'), Date.parse('2027-01-01T00:00:10Z')];
    const sunset = { warnFrom: '2027-01-01T00:00:00Z', protectUntil: '2027-01-01T00:00:10Z' };
    const rulings = new Rulings({ ...initialPolicy, sunsets: [{ algorithm: 'EC-P256', ...sunset }] });
    const key = keyOf(0);
    const at = (now: number) => rulings.on(key, { use: 'protect' }, noSteps, now);
    expect(at(warn - 1)).toBe(at(warn - 1000));
    expect(at(warn - 1)).toMatchObject({ decision: { allow: true }, warnings: [], notice: undefined });
    expect(at(warn)).toMatchObject({
      decision: { allow: true },
      warnings: [{ code: 'algorithm-sunset' }],
      notice: { deprecation: sunset.warnFrom, sunset: sunset.protectUntil },
    });
    expect(at(end - 1)).toBe(at(warn));
    expect(at(end).decision.allow).toBe(false);
    expect(rulings.on(key, { use: 'process' }, noSteps, end).decision.allow).toBe(true);
  });

  it('differ by content encryption', () => {
    const rulings = new Rulings(initialPolicy);
    const key = { ...knownKey('AES-256', 'encrypt').key, custody: 'token' } as const;
    const allows = (enc: ContentAlg | undefined, use: 'protect' | 'process' = 'protect') =>
      rulings.on(key, { use, enc }, noSteps, 0).decision.allow;
    for (let round = 0; round < 2; round++) {
      expect([allows('A256GCM'), allows('A128GCM'), allows(undefined)]).toEqual([true, false, true]);
      expect(allows('A128GCM', 'process')).toBe(true);
    }
    const asked = () => rulings.on(key, { use: 'protect', enc: 'A256GCM' }, noSteps, 0);
    expect(asked()).toBe(asked());
  });

  it('age with each key separately', () => {
    const rulings = new Rulings({ ...initialPolicy, maxKeyLifeDays: 30 });
    const [young, old] = [keyOf(10 * day), keyOf(0)];
    expect(rulings.on(young, { use: 'protect' }, noSteps, 30 * day).decision.allow).toBe(true);
    expect(rulings.on(old, { use: 'protect' }, noSteps, 30 * day).decision.allow).toBe(false);
    expect(rulings.on(young, { use: 'protect' }, noSteps, 40 * day).decision.allow).toBe(false);
  });

  it('include steps outside the HSM as soon as they are known', () => {
    const rulings = new Rulings({ ...initialPolicy, fipsOnly: true });
    const key = keyOf(0);
    expect(rulings.on(key, { use: 'protect' }, noSteps, 1).decision.allow).toBe(true);
    expect(rulings.on(key, { use: 'protect' }, ['oaep-unpadding'], 1).decision.allow).toBe(false);
  });

  it('name every reason of a refusal, and the document if one requires it', () => {
    const policy: PolicyDocument = { allowedAlgorithms: [], fipsOnly: false, cnsa2: true };
    const key = { ...keyOf(0), algorithm: 'EC-P384' as const };
    const { decision } = new Rulings(policy).on(key, { use: 'protect' }, noSteps, 1);
    expect(refusedBy(decision)).toMatchObject({
      code: 'policy-refused',
      refusal: { rule: 'allowedAlgorithms', source: tenantPolicy, reasons: decision.reasons },
      detail:
        'EC-P384 is not allowed by the tenant’s policy; EC-P384 for sign is in CNSA 2.0 only to process data that is already protected (CNSA 1.0 (CNSSP 15, annex B), replaced by CNSA 2.0 by 2033)',
    });
  });

  it('of a batch are represented by the most urgent one', () => {
    const soon = { sunset: '2027-01-01T00:00:00Z' };
    const later = { deprecation: '2026-01-01T00:00:00Z', sunset: '2028-01-01T00:00:00Z' };
    expect(mostUrgent([undefined, later, soon, { deprecation: '2020-01-01T00:00:00Z' }])).toBe(soon);
    expect(mostUrgent([undefined])).toBeUndefined();
  });
});
