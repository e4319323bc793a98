import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tokenPath } from '../access-token/client-authentication.js';
import { call } from '../testing/call.js';
import { type Gateway, type Rig, startRig } from '../testing/rig.js';
import { asTenant, tenantA } from '../testing/token.js';

const limit = 64 * 1024;
const piece = Buffer.alloc(16 * 1024, 32);
/** Far more than the buffers of both ends hold. */
const endless = 64 * 1024 * 1024;

describe('the body of a request that was answered before it was read', () => {
  let rig: Rig;
  let gateway: Gateway;
  let genuine: string;
  beforeAll(async () => {
    rig = await startRig();
    gateway = await rig.gateway({ http: { bodyLimitBytes: limit, bodyBudgetBytes: 8 * limit } });
    genuine = await rig.issuer.token(asTenant(tenantA, 'user'));
  });
  afterAll(() => rig.stop());

  const framings = {
    'of a length': { head: 'Content-Length: 10000000000', frame: (bytes: Buffer) => bytes },
    'in chunks': {
      head: 'Transfer-Encoding: chunked',
      frame: (bytes: Buffer) =>
        Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]),
    },
  };
  const requests = {
    'without a token': { line: 'POST /api/v1/sign', token: undefined, status: 401 },
    'with a wrong token': { line: 'POST /api/v1/sign', token: 'x.y.z', status: 401 },
    'without the role': { line: 'POST /api/v1/keys', token: 'genuine', status: 403 },
    'to no route': { line: 'POST /api/v1/nothing', token: 'x.y.z', status: 404 },
    'to no route outside of the API': { line: 'POST /nothing', token: undefined, status: 404 },
    'with a wrong method': { line: 'POST /api/v1/tenants/a/.well-known/jwks.json', token: undefined, status: 405 },
    'with a target that cannot be decoded': { line: 'POST /%zz', token: undefined, status: 400 },
    'to the token endpoint': { line: `POST ${tokenPath}`, token: undefined, status: 415 },
    'that is too large': { line: 'POST /api/v1/sign', token: 'genuine', status: 413 },
  };
  const cases = Object.keys(requests).flatMap((request) =>
    Object.keys(framings).map((framing) => ({ request, framing }) as const),
  );

  it.each(cases)('is read up to the limit of bodies: $request, $framing', async ({ request, framing }) => {
    const { line, token } = requests[request as keyof typeof requests];
    const { head, frame } = framings[framing as keyof typeof framings];
    const authorization =
      token === undefined ? '' : `Authorization: Bearer ${token === 'genuine' ? genuine : token}\r\n`;
    const socket = connect(gateway.port, '127.0.0.1');
    let heard = '';
    socket.on('data', (bytes: Buffer) => (heard += bytes.toString())).on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(`${line} HTTP/1.1\r\nHost: a\r\n${authorization}Content-Type: application/json\r\n${head}\r\n\r\n`);
    let sent = 0;
    while (!socket.closed && !socket.destroyed && sent < endless) {
      if (!socket.write(frame(piece))) await Promise.race([once(socket, 'drain').catch(() => undefined), closed]);
      sent += piece.length;
    }
    socket.end();
    await closed;
    expect(sent).toBeLessThan(endless);
    expect(heard.slice(0, 12)).toBe(`HTTP/1.1 ${requests[request as keyof typeof requests].status}`);
  });

  it('leaves the connection to further requests, if it is within the limit', async () => {
    const socket = connect(gateway.port, '127.0.0.1');
    let heard = '';
    socket.on('data', (bytes: Buffer) => (heard += bytes.toString()));
    const request = `POST /api/v1/sign HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${limit}\r\n\r\n`;
    for (let time = 1; time <= 3; time++) {
      socket.write(request);
      await expect.poll(() => heard.split('HTTP/1.1 401').length - 1).toBe(time);
      socket.write(Buffer.alloc(limit, 32));
    }
    socket.destroy();
    expect((await call(gateway, 'GET', '/api/v1/keys', { token: genuine })).status).toBe(200);
  });
});
