import { createHash } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Holds the name `what` on this machine until it is released or the process ends, however it ends: an abstract socket
 * of Linux, which leaves nothing behind.
 * @param {string} what
 * @returns {Promise<(() => void) | undefined>} the release; undefined while another process holds it
 */
export const holdLock = (what) =>
  new Promise((resolve, reject) => {
    const name = createHash('sha256').update(what).digest('hex').slice(0, 32);
    const server = createServer();
    server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen(`\0ankasecure-${name}`, () => {
      server.unref();
      resolve(() => void server.close());
    });
  });
