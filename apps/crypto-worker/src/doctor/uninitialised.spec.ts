import { enterSoftHsmToken } from '@ankasecure/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { examined } from './testing/doctor-run.js';

const token = enterSoftHsmToken();
afterAll(() => {
  token.remove();
});

describe('hsm doctor on tokens beside each other', () => {
  it('tries no PIN on a token that is not initialised', async () => {
    const { code, report } = await examined(token, ['--quick'], { 'token-label': undefined, 'slot-index': 1 });
    expect(code).toBe(1);
    expect(report.token?.flags).not.toContain('tokenInitialized');
    expect(report.findings.filter(({ level }) => level === 'red')).toEqual([
      expect.objectContaining({
        code: 'token-not-initialised',
        problem: 'The token is not initialised. The PIN was not tried.',
      }),
    ]);
    expect(report.keys).toEqual([]);
  });

  it('does not choose between two tokens of one label', async () => {
    const other = token.addToken(token.tokenLabel);
    const { code, report } = await examined(token, ['--quick']);
    expect(code).toBe(1);
    expect(report.findings[0]).toMatchObject({
      code: 'token-not-selected',
      problem: expect.stringContaining('set token-serial') as string,
    });
    const chosen = await examined(token, ['--no-login'], { 'token-serial': other });
    expect(chosen.report).toMatchObject({ ok: true, token: { serialNumber: other } });
  });
});
