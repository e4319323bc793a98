import { describe, expect, it } from 'vitest';
import { isPem, onePemBlock } from './pem.js';

const object = '-----BEGIN PUBLIC KEY-----\nMCow\nBQYD\n-----END PUBLIC KEY-----\n';

describe('a PEM text (RFC 7468)', () => {
  it.each([
    ['alone', object],
    ['after explanatory text', `Subject: CN=Atlantis\nIssuer: CN=Atlantis\n${object}`],
    ['after what openssl -text prints', `Public-Key: (256 bit)\npub:\n    04:7f:ce\nASN1 OID: prime256v1\n\n${object}`],
    ['after a line of dashes', `---------- our key ----------\n${object}`],
    ['before more text', `${object}Sent from the vault.\n`],
    ['with CRLF', `A key.\n${object}`.replaceAll('\n', '\r\n')],
    ['indented', `  key:\n${object.replaceAll(/^/gm, '    ')}`],
    ['in one line', object.replaceAll('\n', ' ')],
  ])('has one object: %s', (_, text) => {
    const found = onePemBlock(text);
    expect(found?.label).toBe('PUBLIC KEY');
    expect(Buffer.from(found?.base64 ?? '', 'base64').toString('hex')).toBe('302a30050603');
    expect(isPem(text)).toBe(true);
  });

  it.each([
    ['no object', 'hello'],
    ['two objects', object + object],
    ['two objects with text between them', `${object}and\n${object}`],
    ['an object and the beginning of another', `${object}-----BEGIN PUBLIC KEY-----\n`],
    ['another label at the end', object.replace('END PUBLIC', 'END PRIVATE')],
    ['no end', object.replace(/-----END.*/, '')],
    ['headers (RFC 1421)', object.replace('MCow', 'Proc-Type: 4,ENCRYPTED\n\nMCow')],
    ['a boundary inside a line', `x ${object}`],
  ])('is not taken with %s', (_, text) => {
    expect(onePemBlock(text)).toBeUndefined();
  });
});
