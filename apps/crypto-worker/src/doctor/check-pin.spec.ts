import { describe, expect, it } from 'vitest';
import { type TokenFlag, tokenFlag } from '../custody/pkcs11/cryptoki/token-flag.js';
import { chooseProfile } from '../custody/pkcs11/profile/profile.js';
import { checkPin } from './check-pin.js';
import { Findings } from './findings.js';

interface Given {
  readonly pin?: string;
  readonly profile?: string;
  readonly flags?: readonly TokenFlag[];
  readonly lengths?: readonly [min: number, max: number];
  readonly insists?: boolean;
}

const check = ({ pin = '12345678', profile = 'softhsm', flags = [], lengths = [4, 255], insists = false }: Given) => {
  const findings = new Findings();
  const all: readonly TokenFlag[] = ['tokenInitialized', 'userPinInitialized', ...flags];
  const token = {
    label: 'l',
    serialNumber: '1',
    manufacturer: 'm',
    model: 'm',
    hardware: '1.0',
    firmware: '1.0',
    flags: all.reduce((sum, name) => sum | tokenFlag[name], 0),
    minPinLength: lengths[0],
    maxPinLength: lengths[1],
  };
  const may = checkPin({ pin, profile: chooseProfile(profile, []), token, insists }, findings);
  return { may, red: findings.all.filter(({ level }) => level === 'red').map(({ problem }) => problem), findings };
};

describe('a PIN before its first try', () => {
  it('may be tried if nothing speaks against it', () => {
    expect(check({})).toMatchObject({ may: true, red: [] });
    expect(check({ flags: ['userPinCountLow', 'userPinToBeChanged'] })).toMatchObject({ may: true, red: [] });
  });

  it.each([
    ['the last try', { flags: ['userPinFinalTry'] }],
    ['a locked PIN', { flags: ['userPinLocked'] }],
  ] as const)('is not tried at %s, unless the operator insists', (_, given) => {
    const { may, red, findings } = check(given);
    expect({ may, reds: red.length, code: findings.exitCode }).toEqual({ may: false, reds: 1, code: 77 });
    expect(check({ ...given, insists: true })).toMatchObject({ may: true, red: [] });
  });

  it.each([
    ['of a wrong form for CloudHSM', { profile: 'cloudhsm', pin: 'canary-without-user' }],
    ['too short for kryoptic', { profile: 'kryoptic', pin: '1234567' }],
    ['too short for the token', { pin: '123' }],
    ['too long for the token', { pin: 'ääääää', lengths: [4, 11] }],
  ] as const)('is not tried when it is %s, even if the operator insists', (_, given) => {
    const { may, red, findings } = check({ ...given, insists: true });
    expect({ may, reds: red.length, code: findings.exitCode }).toEqual({ may: false, reds: 1, code: 77 });
    expect(JSON.stringify(findings.all)).not.toContain(given.pin);
  });

  it('is measured in bytes, and a token without a limit takes any length', () => {
    expect(check({ pin: 'ääääää', lengths: [4, 12] }).may).toBe(true);
    expect(check({ lengths: [4, 0] }).may).toBe(true);
  });
});
