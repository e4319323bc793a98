import { createHash } from 'node:crypto';
import { type CsrItem, csrItem } from '@ankasecure/contracts';
import { signRequest } from '../certificate/csr.js';
import { type Operation, protecting } from '../operation/operation.js';
import { jwsAlgOf } from '../signature/jws-alg.js';

/** Signs a certification request of the key. A MAC proves nothing to a certification authority. */
export const csr: Operation<CsrItem, undefined> = {
  ...protecting,
  name: 'sign',
  within: 'csr',
  item: csrItem,
  purposes: ['sign'],
  target: ({ id, version }) => ({ keyId: id, version: version ?? null }),
  alg: (key, item) => jwsAlgOf(key, item.alg),
  enc: () => undefined,
  async run(custody, budget, key, item) {
    const { alg, request, body } = await signRequest(custody, budget, key, item);
    const requestSha256 = createHash('sha256').update(request).digest('base64url');
    return { alg, body: { ...body }, details: { requestSha256 } };
  },
};
