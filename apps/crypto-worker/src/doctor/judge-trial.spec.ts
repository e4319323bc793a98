import { type Alg, algorithmOf } from '@ankasecure/algorithm';
import { describe, expect, it } from 'vitest';
import { ckm, type MechanismList } from '../custody/pkcs11/cryptoki/mechanism.js';
import { kindOf } from '../custody/pkcs11/kind/kinds.js';
import { profiles } from '../custody/pkcs11/profile/profile.js';
import { planTrials, type Trial } from '../custody/pkcs11/trial/trial.js';
import { Draft } from './draft.js';
import { judgeTrial } from './judge-trial.js';

const everything: MechanismList = new Map(
  Object.values(ckm).map((mechanism) => [mechanism, { minKeySize: 0, maxKeySize: 0, flags: 0xffffffff }]),
);
const profile = profiles.find(({ kekWrap, oaep }) => kekWrap.length > 0 && oaep === 'token') ?? expect.fail();
const { trials } = planTrials(profile, everything);
const tried = trials.flatMap((trial) => trial.algs.map(({ alg }) => ({ trial, alg })));

const remedyFor = (trial: Trial, alg: Alg, reason: string): string => {
  const draft = new Draft('default');
  const result = { algs: { [alg]: { cause: 'refused' as const, reason } }, failure: null, ms: {} };
  judgeTrial(trial, result, { timeoutSeconds: 30, profile }, draft.findings);
  return draft.report.findings[0]?.remedy ?? expect.fail();
};
/** The mechanism that a remedy says to leave out. */
const excludedBy = (remedy: string): string | undefined => /excluded-mechanisms: \[(\w+)\]/.exec(remedy)?.[1];

describe('the remedy for a key', () => {
  it.each(tried)(
    '$trial.algorithm $trial.custody that $alg is refused for excludes no way to make keys',
    ({ trial, alg }) => {
      for (const call of ['C_SignInit', 'C_Sign', 'C_DecryptInit', 'C_Decrypt', 'C_DeriveKey', 'C_UnwrapKey']) {
        const name = excludedBy(remedyFor(trial, alg, `${call}: CKR_MECHANISM_INVALID`));
        const number = name === undefined ? undefined : ckm[name as keyof typeof ckm];
        expect([alg, call, number === kindOf(trial.shape).generation]).toEqual([alg, call, false]);
      }
    },
  );

  it.each(tried)(
    '$trial.algorithm $trial.custody whose making $alg fails at says what else that ends',
    ({ trial, alg }) => {
      const remedy = remedyFor(trial, alg, 'C_GenerateKeyPair: CKR_MECHANISM_INVALID');
      const { generation, uses } = kindOf(trial.shape);
      expect(ckm[(excludedBy(remedy) ?? '') as keyof typeof ckm]).toBe(generation);
      for (const other of Object.keys(uses)) if (other !== alg) expect(remedy).toContain(other);
    },
  );

  it.each(['C_FindObjects', 'C_CreateObject', 'C_GetAttributeValue', 'no answer'])(
    'that fails in %s excludes nothing: no mechanism has failed',
    (call) => {
      for (const { trial, alg } of tried)
        expect(excludedBy(remedyFor(trial, alg, `${call}: CKR_GENERAL_ERROR`))).toBeUndefined();
    },
  );

  it('names the mechanism of the failed use, and what else needs it', () => {
    const of = (alg: Alg, custody: Trial['custody'] = 'token') =>
      tried.find((row) => row.alg === alg && row.trial.custody === custody)?.trial ?? expect.fail(alg);
    expect(algorithmOf('RSA-3072').purposes).toHaveProperty('encrypt');
    const oaep = remedyFor(of('RSA-OAEP-256'), 'RSA-OAEP-256', 'C_Decrypt: CKR_FUNCTION_FAILED');
    expect([excludedBy(oaep), oaep.includes('imports')]).toEqual(['RSA_PKCS_OAEP', true]);
    const kwp = remedyFor(of('AES-KWP'), 'AES-KWP', 'C_UnwrapKey: CKR_MECHANISM_INVALID');
    expect([excludedBy(kwp), kwp.includes('custody wrapped')]).toEqual(['AES_KEY_WRAP_KWP', true]);
    const pss = remedyFor(of('PS256'), 'PS256', 'C_SignInit: CKR_MECHANISM_PARAM_INVALID');
    expect(excludedBy(pss)).toBe('RSA_PKCS_PSS');
    for (const alg of ['PS384', 'PS512']) expect(pss).toContain(alg);
    const wrapped = remedyFor(of('ES256', 'wrapped'), 'ES256', 'C_UnwrapKey: CKR_ATTRIBUTE_READ_ONLY');
    expect([excludedBy(wrapped), wrapped.includes('custody wrapped')]).toEqual(['AES_KEY_WRAP_KWP', true]);
  });
});
