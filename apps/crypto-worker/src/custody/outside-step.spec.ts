import { type Alg, type AlgorithmName, algorithmNames, joseAlgs, purposes } from '@ankasecure/algorithm';
import { evaluate, fipsLevels, initialPolicy, type PolicyDocument } from '@ankasecure/policy-rules';
import { describe, expect, it } from 'vitest';
import type { Custody } from './custody.js';
import { outsideSteps, outsideStepsOn, stepWarnings } from './outside-step.js';

/** A token that lacks these steps. */
const lacking = (...steps: readonly string[]) => ({ known: () => ({ outsideSteps: steps }) }) as unknown as Custody;
const softHsm = lacking('oaep-unpadding', 'random-iv');
const content = ['content-encryption', 'content-randomness'];

describe('the steps outside the HSM', () => {
  it.each<[AlgorithmName, Alg, readonly string[]]>([
    ['AES-256', 'A256KW', content],
    ['AES-256', 'dir', ['random-iv']],
    ['RSA-3072', 'RSA-OAEP-256', ['oaep-unpadding', 'public-key-encryption', ...content]],
    ['EC-P256', 'ECDH-ES+A256KW', ['ephemeral-key', 'shared-secret-derivation', 'content-key-wrap', ...content]],
  ])('of %s with %s', (algorithm, alg, steps) => {
    expect(outsideSteps(softHsm, { algorithm, purpose: 'encrypt', algs: [alg] })).toEqual(steps);
  });

  it('are the same object at every call, by which rulings are found again', () => {
    const key = { algorithm: 'AES-256', purpose: 'encrypt', algs: ['A256KW'] } as const;
    const ofToken = ['random-iv'];
    const custody = { known: () => ({ outsideSteps: ofToken }) } as unknown as Custody;
    expect(outsideSteps(custody, key)).toBe(outsideSteps(custody, key));
  });

  it('are the same for every algorithm of a key that signs', () => {
    for (const algorithm of algorithmNames)
      for (const purpose of purposes.filter((one) => one !== 'encrypt')) {
        const algs = joseAlgs(algorithm, purpose);
        const all = algs.map((alg) => outsideStepsOn(softHsm, { algorithm, purpose }, alg).join());
        expect(new Set(all).size, `${algorithm} ${purpose}`).toBeLessThanOrEqual(1);
      }
  });

  it.each<[AlgorithmName, Alg, Custody, boolean]>([
    ['AES-256', 'A256KW', softHsm, true],
    ['AES-256', 'dir', softHsm, false],
    ['AES-256', 'dir', lacking(), true],
    ['RSA-3072', 'RSA-OAEP-256', softHsm, false],
    ['RSA-3072', 'RSA-OAEP-256', lacking(), true],
    ['EC-P256', 'ECDH-ES+A256KW', softHsm, false],
    ['EC-P256', 'ECDH-ES+A256KW', lacking(), false],
  ])('of %s with %s decide about FIPS-only', (algorithm, alg, custody, allow) => {
    const steps = outsideStepsOn(custody, { algorithm, purpose: 'encrypt' }, alg);
    const request = { algorithm, purpose: 'encrypt', use: 'protect', custody: 'token', outsideSteps: steps } as const;
    const decision = evaluate({ ...initialPolicy, fipsOnly: true }, request, Date.now());
    expect(evaluate({ ...initialPolicy, fipsOnly: 'algorithm' }, request, Date.now())).toEqual(decision);
    expect([decision.allow, decision.rule]).toEqual([allow, 'fipsOnly']);
    if (!allow) expect(decision.source).toMatch(/FIPS 140-3|SP 800-56C/);
    expect(evaluate(initialPolicy, request, Date.now()).allow).toBe(true);
  });

  it('are all named under FIPS-only, and otherwise those that the token lacks', () => {
    const steps = ['oaep-unpadding', 'content-encryption'];
    const codes = (fipsOnly: PolicyDocument['fipsOnly']) => stepWarnings(steps, fipsOnly).map(({ code }) => code);
    for (const level of [true, ...fipsLevels]) expect(codes(level)).toEqual(steps);
    expect(codes(false)).toEqual(['oaep-unpadding']);
  });
});
