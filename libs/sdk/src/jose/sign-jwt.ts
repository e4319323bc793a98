import { UnsecuredJWT } from 'jose';
import type { ItemCallOptions } from '../batch/item-operation.js';
import type { Schemas } from '../operation/operation.js';

/** The part of the client that signs. */
interface Signer {
  sign(item: Schemas['SignRequest'], options?: ItemCallOptions): Promise<Schemas['SignResult']>;
}

/** The key that signs, and how. */
export type SigningKey = Pick<Schemas['SignRequest'], 'keyId' | 'alias' | 'alg'>;

/**
 * Builds a JWT as `SignJWT` of `jose` does, and has it signed by a key in the HSM. The header has `alg` and the `kid` of the
 * version that signs.
 */
export class HsmSignJWT extends UnsecuredJWT {
  /** @returns the compact JWT. @throws AnkaSecureError of the call */
  async sign(signer: Signer, key: SigningKey, options?: ItemCallOptions): Promise<string> {
    const [, payload = ''] = this.encode().split('.');
    const { jws = '' } = await signer.sign({ ...key, payload, encoding: 'base64url', format: 'jws' }, options);
    return jws;
  }
}
