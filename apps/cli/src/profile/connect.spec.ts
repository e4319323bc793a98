import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { emptyDirectory, platformOf, ran } from '../testing/command.js';

/** The platform of a profile, another platform, and the environment with the profile. */
const two = async (members: object = {}) => {
  const own = await platformOf(() => ({ body: { items: [], next: null } }));
  const other = await platformOf(() => ({ body: { items: [], next: null } }));
  const config = join(await emptyDirectory(), 'profiles.json');
  const profile = { baseUrl: own.url, auth: { kind: 'token', token: 'of-the-profile' }, ...members };
  await writeFile(config, JSON.stringify({ current: 'own', profiles: { own: profile } }), { mode: 0o600 });
  return { own, other, env: { ANKASECURE_CONFIG: config } };
};

describe('the credential of a profile', () => {
  it.each([
    ['--url', (url: string) => ({ args: ['--url', url], env: {} })],
    ['ANKASECURE_URL', (url: string) => ({ args: [], env: { ANKASECURE_URL: url } })],
    ['ANKASECURE_URL and a profile by name', (url: string) => ({ args: ['-p', 'own'], env: { ANKASECURE_URL: url } })],
    ['--url and an empty token', (url: string) => ({ args: ['--url', url], env: { ANKASECURE_TOKEN: '' } })],
    [
      'ANKASECURE_URL and an empty token',
      (url: string) => ({ args: [], env: { ANKASECURE_URL: url, ANKASECURE_TOKEN: '' } }),
    ],
  ])('is not sent to another URL, by %s', async (_, given) => {
    const { other, env } = await two();
    const { args, env: more } = given(other.url);
    const ended = await ran([...args, 'key', 'list'], { ...env, ...more });
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('for another URL') as string });
    expect(other.heard).toEqual([]);
  });

  it.each(['', '/'])('is sent to its own URL, however that is written (“%s” at its end)', async (end) => {
    const { own, env } = await two();
    const ended = await ran(['--url', `${own.url}${end}`, 'key', 'list'], { ...env, ANKASECURE_URL: '' });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(own.heard.map(({ authorization }) => authorization)).toEqual(['Bearer of-the-profile']);
  });

  it('gives way to a token, which goes to another URL without the profile’s authorities', async () => {
    const { other, env } = await two({ tenant: 'acme', caFile: '/nowhere/ca.pem' });
    const more = { ANKASECURE_TOKEN: 'a-token', ANKASECURE_URL: other.url };
    expect(await ran(['key', 'list'], { ...env, ...more })).toMatchObject({ code: 0, stderr: '' });
    expect(other.heard.map(({ authorization }) => authorization)).toEqual(['Bearer a-token']);
  });

  it('is not looked at for what is no URL', async () => {
    const { env } = await two();
    expect(await ran(['--url', 'anka', 'key', 'list'], env)).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('a URL without TLS', () => {
  it.each([
    ['key', 'list'],
    ['login', 'http://anka.invalid'],
    ['--url', 'http://anka.invalid', 'key', 'list'],
  ])('on another machine is refused, unless it is allowed: %s', async (...args) => {
    const config = join(await emptyDirectory(), 'profiles.json');
    const env = { ANKASECURE_CONFIG: config, ANKASECURE_URL: 'http://anka.invalid', ANKASECURE_TOKEN: 'a-token' };
    const refused = await ran(args, env);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--allow-http') as string });
  });

  it('is used where a login allowed it', async () => {
    const { own, env } = await two();
    // An address of this machine that does not look like one.
    const away = own.url.replace('127.0.0.1', '0.0.0.0');
    const more = { ...env, ANKASECURE_TOKEN: 'a-token' };
    expect(await ran(['login', away, '--allow-http', '--as', 'away'], more)).toMatchObject({ code: 0, stderr: '' });
    expect(await ran(['key', 'list'], env)).toMatchObject({ code: 0, stderr: '' });
    expect(await ran(['key', 'list', '--url', away], { ...more, ANKASECURE_PROFILE: 'own' })).toMatchObject({
      code: 2,
    });
  });
});
