import { Writable } from 'node:stream';
import { type Logger, pino } from 'pino';
import { expect, it } from 'vitest';
import { type LevelFormat, loggerOptions } from './logger.js';

/** What a logger writes while it is used. */
const writtenBy = (use: (log: Logger) => void, format?: LevelFormat): string => {
  let written = '';
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      written += chunk.toString();
      done();
    },
  });
  use(pino(loggerOptions('test', 'info', format), stream));
  return written;
};

it('redacts secrets by name at every depth our objects have', () => {
  const written = writtenBy((log) =>
    log.info(
      {
        pin: 'canary',
        hsm: { pkcs11: { pin: 'canary' } },
        request: { headers: { authorization: 'canary' } },
        plaintext: 'canary',
      },
      'said',
    ),
  );
  expect(written).toContain('said');
  expect(written).not.toContain('canary');
});

it.each([
  [undefined, 40],
  ['number', 40],
  ['name', 'warn'],
] as const)('writes levels as %s', (format, level) => {
  const written = writtenBy((log) => log.warn('said'), format);
  expect(JSON.parse(written)).toMatchObject({ level, service: 'test', msg: 'said' });
});

it('writes times by RFC 3339', () => {
  const { time } = JSON.parse(writtenBy((log) => log.info('said'))) as { time: string };
  expect(time).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
});
