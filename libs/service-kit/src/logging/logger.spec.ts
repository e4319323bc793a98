import { Writable } from 'node:stream';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { loggerOptions } from './logger.js';

it('redacts secrets by name at every depth our objects have', () => {
  let written = '';
  const stream = new Writable({
    write(chunk: Buffer, _, done) {
      written += chunk.toString();
      done();
    },
  });
  const log = pino(loggerOptions('test', 'info'), stream);
  log.info(
    {
      pin: 'canary',
      hsm: { pkcs11: { pin: 'canary' } },
      request: { headers: { authorization: 'canary' } },
      plaintext: 'canary',
    },
    'said',
  );
  expect(written).toContain('said');
  expect(written).not.toContain('canary');
});
