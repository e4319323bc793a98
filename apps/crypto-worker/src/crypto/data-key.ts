import { defaultContentAlg } from '@ankasecure/algorithm';
import { type DataKeyItem, dataKeyItem } from '@ankasecure/contracts';
import { sealJwe } from '../envelope/encrypt.js';
import { assertFits, jweAlgOf } from '../envelope/jwe-alg.js';
import { encodeSegment } from '../jose/base64url.js';
import { type Operation, protecting } from '../operation/operation.js';

/** In the events of a data key that is in the answer. */
const released = { released: 'data-key' } as const;

/** Makes a data key in the HSM and encrypts it. The plaintext is in the answer where the item asks for it and the policy allows it. */
export const dataKey: Operation<DataKeyItem, undefined> = {
  ...protecting,
  name: 'encrypt',
  within: 'datakey',
  item: dataKeyItem,
  purposes: ['encrypt'],
  alg: jweAlgOf,
  enc: ({ enc = defaultContentAlg }) => enc,
  releasesDataKey: ({ plaintext }) => plaintext,
  async run(custody, budget, key, { bytes, plaintext, enc = defaultContentAlg }) {
    assertFits(jweAlgOf(key), enc);
    const secret = await custody.random(budget, bytes);
    try {
      const { jwe, alg } = await sealJwe(custody, budget, key, { plaintext: secret, enc });
      if (!plaintext) return { alg, enc, body: { jwe, enc } };
      return { alg, enc, body: { jwe, enc, plaintext: encodeSegment(secret) }, details: released };
    } finally {
      secret.fill(0);
    }
  },
};
