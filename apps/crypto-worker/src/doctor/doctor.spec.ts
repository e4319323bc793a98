import { monotonicNow } from '@ankasecure/contracts';
import { enterToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type KeyOwner, newObjectId, ownerOfKey } from '../custody/object-owner.js';
import { openPkcs11Custody } from '../custody/pkcs11/pkcs11-custody.js';
import type { Pkcs11Config } from '../custody/pkcs11/profile/config.js';
import { examined, objectsOf, runDoctor } from './testing/doctor-run.js';

const token = enterToken();
const inTime = () => ({ deadline: monotonicNow() + 60_000 });

/** Makes the token's object of a key, as a worker of `naming` does. @returns its label */
const makeKey = async (naming: Pick<Pkcs11Config, 'partition' | 'kekLabelPrefix'>, owner: KeyOwner): Promise<void> => {
  const custody = await openPkcs11Custody({ ...partitionOn(token), ...naming }, listeningLogger(), {
    makesNoKeys: true,
  });
  const objectId = newObjectId(ownerOfKey(owner), naming);
  await custody.generate(inTime(), { ref: { owner, algorithm: 'EC-P256', purpose: 'sign', alg: null, objectId } });
  await custody.close();
};

/** Some quick keys, in both custodies. */
const some = ['--quick', '--only', 'EC-P256,AES-256,HMAC-SHA256,kek,audit-mac'];

describe('hsm doctor', () => {
  let before = '';
  beforeAll(async () => {
    await makeKey(partitionOn(token), { tenantId: 'a-tenant', keyId: 'a-key', version: 1 });
    before = objectsOf(token);
    expect(before).toContain('a-tenant');
  });
  afterAll(() => {
    token.remove();
  });

  it('finds everything in order on a token that it has never seen, and leaves its objects as they were', async () => {
    const { code, report, out, err } = await examined(token, ['--quick']);
    expect(report.findings.filter(({ level }) => level === 'red')).toEqual([]);
    expect({ code, ok: report.ok, left: report.left, removed: report.removed }).toEqual({
      code: 0,
      ok: true,
      left: [],
      removed: [],
    });
    expect(report.token).toMatchObject({ label: token.tokenLabel, serialNumber: token.serial });
    expect(report.mechanisms.find(({ name }) => name === 'ECDSA')).toMatchObject({ number: 0x1041 });
    expect(report.mechanisms.find(({ name }) => name === 'ECDSA')?.flags).toEqual(expect.arrayContaining(['sign']));
    expect(report.profile).toMatchObject({ used: token.name, fits: token.name, differences: [] });
    // By its behaviour alone, the token's own profile is not behind any other; a token that chooses no IV fails the rows that want it.
    const reasons = new Map(report.profile?.candidates.map((row) => [row.name, row.reasons]));
    expect(reasons.get(token.name)).toEqual(
      expect.arrayContaining([
        'its AES-GCM works',
        'its AES key wrap works',
        'keys under its KEKs work',
        'its Ed25519 works',
      ]),
    );
    for (const name of ['luna', 'cloudhsm', 'google'])
      expect(reasons.get(name), name).not.toContain('its AES-GCM works');
    const worked = report.keys.filter(({ outcome }) => outcome === 'works');
    for (const custody of ['token', 'wrapped', 'platform'] as const)
      expect(worked.filter((row) => row.custody === custody).length, custody).toBeGreaterThan(3);
    const key = worked.find(({ algorithm, custody }) => algorithm === 'EC-P256' && custody === 'token');
    expect(Object.keys(key?.ms ?? {})).toEqual(['generate', 'use', 'destroy']);
    expect(err).toMatch(/^\d+\/\d+ RSA-2048 sign token$/m);
    const outside = report.findings.filter(({ about }) => about === 'FIPS').map(({ problem }) => problem.split(':')[0]);
    expect(outside).toEqual(token.name === 'softhsm' ? ['oaep-unpadding', 'random-iv'] : ['random-iv']);
    expect(out + err).not.toContain(token.pin);
    expect(objectsOf(token)).toBe(before);
  });

  it('tells whether the library has PKCS#11 3.2, and prints what the token supports of post-quantum keys', async () => {
    const { report } = await examined(token, ['--no-login']);
    const versions = report.library?.interfaces?.map(({ version }) => version) ?? null;
    expect(versions).toEqual(token.name === 'kryoptic' ? ['3.2', '3.0', '2.40'] : null);
    expect(report.keys).toEqual([]);
    const { out } = await runDoctor(token, ['--matrix', '--no-login']);
    const [entry, listed] = token.name === 'kryoptic' ? ['PKCS#11 3.2', 'yes'] : ['no', 'no'];
    expect(out).toMatch(new RegExp(`^C_EncapsulateKey\\s+${entry}$`, 'm'));
    expect(out).toMatch(new RegExp(`^ML_KEM\\s+FIPS 203\\s+${listed}\\b`, 'm'));
  });

  it('ends after the key under way when it is stopped, and leaves nothing', async () => {
    const { code, report } = await examined(token, some, {}, (line, stop) => {
      if (line.endsWith('EC-P256 sign token')) stop();
    });
    expect({ code, stopped: report.stopped }).toEqual({ code: 1, stopped: true });
    const stoppedAt = report.keys.find(({ algorithm, custody }) => algorithm === 'EC-P256' && custody === 'token');
    expect(stoppedAt?.outcome).toBe('works');
    expect(report.keys.filter(({ algorithm }) => algorithm === 'HMAC-SHA256').map(({ outcome }) => outcome)).toEqual([
      'skipped',
      'skipped',
    ]);
    expect(objectsOf(token)).toBe(before);
  });

  it('removes and names what an earlier run left, and nothing else', async () => {
    const naming = { partition: 'hsm.doctor', kekLabelPrefix: 'ankasecure:hsm.doctor:kek' };
    await makeKey(naming, { tenantId: 'hsm-doctor', keyId: 'hsm-doctor-EC-P256-sign', version: 1 });
    expect(objectsOf(token)).not.toBe(before);
    const { code, report } = await examined(token, ['--quick', '--only', 'HMAC-SHA256']);
    expect(code).toBe(0);
    expect(report.removed).toEqual(['ankasecure:key:hsm.doctor:hsm-doctor:hsm-doctor-EC-P256-sign.1']);
    expect(report.findings.map(({ problem }) => problem).join()).toContain(report.removed[0]);
    expect(objectsOf(token)).toBe(before);
  });

  it('says what a wrong profile does not do on this token, and which fits', async () => {
    const { code, report } = await examined(token, ['--quick', '--only', 'AES-256'], { profile: 'google' });
    expect(report.profile).toMatchObject({ configured: 'google', used: 'google', fits: token.name });
    expect(report.profile?.differences.map(({ property }) => property)).toEqual(
      expect.arrayContaining(['gcm', 'createObject', 'kekWrap']),
    );
    const lacking = report.keys.filter(({ outcome }) => outcome === 'lacking').flatMap(({ algs }) => algs);
    expect(lacking).toContainEqual(expect.objectContaining({ alg: 'dir', works: false }));
    expect(report.findings.map(({ remedy }) => remedy).join()).toContain(`Set hsm.pkcs11.profile to ${token.name}`);
    expect(code).toBe(1);
    expect(objectsOf(token)).toBe(before);
  });

  const refused = [
    [
      'a library that is missing',
      { 'library-path': '/nowhere/libcknfast.so' },
      72,
      'library-missing',
      'does not exist',
    ],
    ['a file that is no library', { 'library-path': '/etc/hostname' }, 72, 'library-unusable', 'cannot be used'],
    ['a label that no token has', { 'token-label': 'no such token' }, 1, 'token-not-selected', token.tokenLabel],
    ['a profile that does not exist', { profile: 'none' }, 72, 'profile-unknown', 'No profile is named none'],
  ] as const;
  it.each(refused)('names %s, and what to do', async (_, changes, exitCode, found, problem) => {
    const { code, report } = await examined(token, some, changes);
    expect({ code, exitCode: report.exitCode }).toEqual({ code: exitCode, exitCode });
    expect(report.findings).toEqual([
      expect.objectContaining({ code: found, level: 'red', problem: expect.stringContaining(problem) as string }),
    ]);
    expect(report.findings[0]?.remedy.length).toBeGreaterThan(20);
  });

  it('names the key of the configuration that is wrong, and no value', async () => {
    const { code, out, err } = await runDoctor(token, ['--json'], { 'slot-index': 'canary' });
    expect(code).toBe(78);
    expect(err).toContain('ankasecure.hsm.pkcs11.slot-index');
    const findings = [{ code: 'configuration-unreadable' }];
    expect(JSON.parse(out)).toMatchObject({ format: 'ankasecure-hsm-doctor', ok: false, exitCode: 78, findings });
    expect(out + err).not.toContain('canary');
  });

  it('tries a wrong PIN once, and says so', async () => {
    const { code, report, out, err } = await examined(token, some, { pin: 'wrong-canary' });
    expect({ code, problems: report.findings.map(({ code: found, problem }) => `${found}: ${problem}`) }).toEqual({
      code: 77,
      problems: ['pin-refused: The token refused the PIN (CKR_PIN_INCORRECT). It was tried once.'],
    });
    expect(out + err).not.toContain('canary');
    expect((await examined(token, ['--quick', '--only', 'HMAC-SHA256'])).code).toBe(0);
  });
});
