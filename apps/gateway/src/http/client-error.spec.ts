import { describe, expect, it } from 'vitest';
import { problem } from '../problem/problem.js';
import { lastWords } from './client-error.js';

describe('the last answer on a connection', () => {
  it.each([
    ['HPE_HEADER_OVERFLOW', 431, 'header-too-large'],
    ['ERR_HTTP_REQUEST_TIMEOUT', 408, 'request-timeout'],
    ['HPE_INVALID_METHOD', 400, 'request-invalid'],
    [undefined, 400, 'request-invalid'],
  ])('after %s is a complete answer with status %i', (errorCode, status, code) => {
    const [head = '', body = ''] = lastWords(errorCode, {
      headers: { 'x-frame-options': 'DENY' },
      problemTypes: '/problems/',
    }).split('\r\n\r\n');
    const [statusLine, ...lines] = head.split('\r\n');
    const headers = Object.fromEntries(lines.map((line) => line.split(': ') as [string, string]));
    expect(statusLine).toMatch(new RegExp(`^HTTP/1.1 ${status} \\w`));
    expect(headers).toMatchObject({
      'content-type': 'application/problem+json',
      'content-length': String(Buffer.byteLength(body)),
      'cache-control': 'no-store',
      connection: 'close',
      'x-frame-options': 'DENY',
      'server-timing': 'hsm;dur=0.000, worker;dur=0.000, total;dur=0.000',
    });
    expect(problem.parse(JSON.parse(body))).toMatchObject({ status, code, correlationId: headers['x-correlation-id'] });
  });
});
