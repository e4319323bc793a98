import { enterKryopticToken } from '@ankasecure/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { examined } from './testing/doctor-run.js';

const token = enterKryopticToken();
afterAll(() => {
  token.remove();
});

/** kryoptic locks a PIN at the tenth wrong one. */
const triesUntilTheLast = 9;
const quick = ['--only', 'HMAC-SHA256'];

describe('the tries of a PIN', () => {
  it('are one a run, and the last is never spent unless the operator insists', async () => {
    const wrong = { pin: 'a wrong PIN' };
    const flags: string[] = [];
    for (let spent = 0; spent < triesUntilTheLast; spent++) {
      const { code, report } = await examined(token, quick, wrong);
      expect({ spent, code }).toEqual({ spent, code: 77 });
      flags.push(...(report.token?.flags ?? []));
    }
    // Were more than one try spent a run, the last try would be announced earlier.
    expect(flags).not.toContain('userPinFinalTry');
    for (const pin of [wrong.pin, token.pin]) {
      const { code, report } = await examined(token, quick, { pin });
      expect(code).toBe(77);
      expect(report.token?.flags).toContain('userPinFinalTry');
      expect(report.findings.map(({ code: found, problem }) => `${found}: ${problem}`)).toEqual([
        'pin-last-try: One try is left: another wrong PIN locks the token. It was not tried.',
      ]);
    }
    expect((await examined(token, [...quick, '--log-in-anyway'])).code).toBe(0);
    expect((await examined(token, quick)).report.token?.flags).not.toContain('userPinFinalTry');
  });

  it.each([
    ['shorter than the token takes', 'short', 'must have at least 8 characters'],
    ['longer than a PIN', 'x'.repeat(256), 'must not be longer than 255 bytes'],
  ])('are not spent on one that is %s', async (_, pin, problem) => {
    const { code, err, out } = await examined(token, quick, { pin }).catch((error: unknown) => ({
      code: -1,
      err: String(error),
      out: '',
    }));
    expect([77, 78]).toContain(code);
    expect(out + err).toContain(problem);
  });
});
