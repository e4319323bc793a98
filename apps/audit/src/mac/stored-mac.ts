import { AnkaError } from '@ankasecure/contracts';

/** The worker's errors for a MAC key that is not the tenant's. No MAC holds under such a key. */
const noSuchKey: readonly string[] = ['request-invalid', 'key-not-found'];

export const isNoSuchKey = (error: unknown): boolean => error instanceof AnkaError && noSuchKey.includes(error.code);

/** Gets the MAC of `message` under the tenant's key of that id. */
export type ComputeMac = (macKeyId: string, message: Buffer) => Promise<Buffer>;

/** Gets the MACs of messages, in their order. */
export type ComputeMacs = (macKeyId: string, messages: readonly Buffer[]) => Promise<readonly Buffer[]>;

/** Gets one MAC at a time. */
export const singly =
  (compute: ComputeMacs): ComputeMac =>
  async (macKeyId, message) => {
    const [mac] = await compute(macKeyId, [message]);
    if (mac === undefined) throw new Error('fewer MACs than messages');
    return mac;
  };

/** A MAC that the database holds, and the key and the message that it claims. */
export interface StoredMac {
  readonly macKeyId: string;
  readonly message: Buffer;
  readonly mac: Uint8Array;
}

/** Whether the tenant's key makes this MAC. The key's id is the database's word too. */
export const isGenuine = async (compute: ComputeMac, { macKeyId, message, mac }: StoredMac): Promise<boolean> => {
  try {
    return (await compute(macKeyId, message)).equals(mac);
  } catch (error) {
    if (isNoSuchKey(error)) return false;
    throw error;
  }
};
