import { monotonicNow } from '@ankasecure/contracts';
import type { KeyOwner, KeyRef } from '../custody.js';
import { ownerOfKey } from '../object-owner.js';
import { openPkcs11Custody } from './pkcs11-custody.js';
import type { Pkcs11Config } from './profile/config.js';

/** A key, as a message names it. */
export interface ToldKey {
  readonly owner: KeyOwner;
  /** CKA_ID in hex. */
  readonly id: string;
}

/** A second worker on the same token, for the test beside it. Messages tell it what to do. */
export interface Order {
  readonly open?: Pkcs11Config;
  readonly generate?: ToldKey;
  readonly sign?: ToldKey;
  readonly destroy?: ToldKey;
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const soon = () => ({ deadline: monotonicNow() + 10_000 });
const refOf = ({ owner, id }: ToldKey): KeyRef => ({
  owner,
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
  if (order.generate) await custody.generate(soon(), { ref: refOf(order.generate) });
  if (order.destroy) {
    const { owner, objectId } = refOf(order.destroy);
    await custody.destroy(soon(), ownerOfKey(owner), objectId);
  }
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
