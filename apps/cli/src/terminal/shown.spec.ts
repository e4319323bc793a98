import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { platformOf, ran, reaching } from '../testing/command.js';

/** Every sign that a terminal may obey, or that turns the direction of a text. */
const signs = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0x202a, 0x202e],
  [0x2066, 0x2069],
].flatMap(([first = 0, last = 0]) =>
  Array.from({ length: last - first + 1 }, (_, place) => String.fromCharCode(first + place)),
);
const found = (text: string): readonly string[] => signs.filter((sign) => sign !== '\n' && text.includes(sign));
const label = `ours${signs.join('')}`;
const row = { id: 'k', label, [label]: 1, at: 'plain\u202etext' };

describe('what a terminal could obey', () => {
  it.each(['table', 'json', 'yaml'])('is not in a list shown as %s', async (format) => {
    const { url } = await platformOf(() => ({ body: { items: [row], next: null } }));
    for (const args of [
      ['key', 'list'],
      ['api', 'listKeys', '--all'],
      ['api', 'listKeys'],
    ]) {
      const { code, stdout } = await ran([...args, '-o', format], reaching(url));
      expect([code, found(stdout)], args.join(' ')).toEqual([0, []]);
    }
  });

  it.each([
    ['json', (text: string): unknown => JSON.parse(text)],
    ['yaml', (text: string): unknown => parse(text)],
  ])('is read as it was from %s', async (format, read) => {
    const { url } = await platformOf(() => ({ body: { items: [row], next: null } }));
    expect(read((await ran(['key', 'list', '-o', format], reaching(url))).stdout)).toEqual([row]);
  });

  it('is not in what is told of an error', async () => {
    const problem = { code: 'policy-refused', title: 'T', detail: label, reasons: [{ rule: label, detail: label }] };
    const { url } = await platformOf(() => ({ status: 403, body: problem }));
    const { code, stderr } = await ran(['key', 'list'], reaching(url));
    expect([code, found(stderr)]).toEqual([4, []]);
    expect(stderr.split('\n')).toHaveLength(4);
  });

  it.each(signs.filter((sign) => !'\t\n'.includes(sign)).map((sign) => [JSON.stringify(sign), sign]))(
    'is not written to a terminal: %s',
    async (_, sign) => {
      const bytes = Buffer.from(`a ${sign}text`);
      const { url } = await platformOf(() => ({ body: { plaintext: bytes.toString('base64url') } }));
      const decrypt = (isTTY: boolean) => ran(['decrypt', '-'], reaching(url), { input: 'a.b.c.d.e', isTTY });
      expect(await decrypt(true)).toMatchObject({ code: 2, stdout: '' });
      expect(await decrypt(false)).toEqual({ code: 0, stdout: bytes.toString('latin1'), stderr: '' });
    },
  );

  it.each([
    ['a text of several lines', Buffer.from('hällo\n\tworld\r\n'), 0],
    ['bytes that are no text', Buffer.from([0xff, 0xc0]), 2],
  ])('is what keeps from a terminal: %s', async (_, bytes, code) => {
    const { url } = await platformOf(() => ({ body: { plaintext: bytes.toString('base64url') } }));
    expect(await ran(['decrypt', '-'], reaching(url), { input: 'a.b.c.d.e', isTTY: true })).toMatchObject({ code });
  });
});
