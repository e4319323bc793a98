import { monotonicNow } from '@ankasecure/contracts';
import { type KeyRef } from '../custody.js';
import { openPkcs11Custody } from './pkcs11-custody.js';
import type { Pkcs11Config } from './profile/config.js';

/** A second worker on the same token, for the test beside it. Messages tell it what to do. */
export interface Order {
  readonly open?: Pkcs11Config;
  readonly generate?: string;
  readonly sign?: string;
  readonly destroy?: string;
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const soon = () => ({ deadline: monotonicNow() + 10_000 });
const refOf = (id: string): KeyRef => ({
  algorithm: 'EC-P256',
  purpose: 'sign',
  alg: null,
  objectId: Buffer.from(id, 'hex'),
});

let custody: Awaited<ReturnType<typeof openPkcs11Custody>> | null = null;

const obey = async (order: Order): Promise<string> => {
  if (order.open) {
    custody = await openPkcs11Custody(order.open, quiet, { tuning: { longSelfTests: false } });
    return 'open';
  }
  if (!custody) return 'not open';
  if (order.generate) await custody.generate(soon(), { ref: refOf(order.generate), label: 'other' });
  if (order.destroy) await custody.destroy(soon(), Buffer.from(order.destroy, 'hex'));
  if (order.sign)
    return Buffer.from(
      await custody.sign(soon(), refOf(order.sign), { scheme: 'ecdsa' }, Buffer.alloc(32, 1)),
    ).toString('hex');
  return 'done';
};

process.on('message', (order: Order) => {
  obey(order).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.(error instanceof Error && 'code' in error ? String(error.code) : String(error)),
  );
});
