import { randomBytes } from 'node:crypto';
import { enterSoftHsmToken, listeningLogger, partitionOn } from '@ankasecure/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { inTime, newRef } from '../../custody.conformance.js';
import { openPkcs11Custody } from '../pkcs11-custody.js';

const quick = { tuning: { longSelfTests: false } };
const token = enterSoftHsmToken();
afterAll(() => {
  token.remove();
});

const { tokenLabel: _label, tokenSerial: _serial, ...byIndex } = partitionOn(token);

describe('slot selection', () => {
  it('finds the token and its keys again after others have shifted the slots', async () => {
    const ref = newRef('EC-P256', 'sign');
    const before = await openPkcs11Custody(partitionOn(token), listeningLogger(), quick);
    await before.generate(inTime(), { ref });
    await before.close();
    for (const label of ['other-1', 'other-2', 'other-3', 'other-4']) token.addToken(label);
    const after = await openPkcs11Custody(partitionOn(token), listeningLogger(), quick);
    expect(after.token.serial).toBe(token.serial);
    expect(await after.sign(inTime(), ref, { scheme: 'ecdsa' }, randomBytes(32))).toHaveLength(64);
    await after.close();
  });

  it('uses the index only if no label is set, with a warning', async () => {
    const logger = listeningLogger();
    await expect(openPkcs11Custody({ ...byIndex, slotIndex: 99 }, logger)).rejects.toThrow(/slot index 99/);
    expect(logger.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
      expect.stringContaining('set token-label'),
    ]);
    const named = listeningLogger();
    await (await openPkcs11Custody({ ...partitionOn(token), slotIndex: 99 }, named, quick)).close();
    expect(named.lines.filter(({ level }) => level === 'warn')).toEqual([]);
  });

  it('refuses a missing or ambiguous label, and names the tokens present', async () => {
    const unknown = { ...partitionOn(token), tokenLabel: 'nobody', tokenSerial: undefined };
    await expect(openPkcs11Custody(unknown, listeningLogger(), quick)).rejects.toThrow(/nobody.*“other-1”/s);
    token.addToken('twin');
    token.addToken('twin');
    const twin = { ...partitionOn(token), tokenLabel: 'twin', tokenSerial: undefined };
    await expect(openPkcs11Custody(twin, listeningLogger(), quick)).rejects.toThrow(/set token-serial/);
  });

  it('refuses a serial that does not go with the label', async () => {
    await expect(
      openPkcs11Custody({ ...partitionOn(token), tokenSerial: 'ffff' }, listeningLogger(), quick),
    ).rejects.toThrow(/no token has/);
  });
});
