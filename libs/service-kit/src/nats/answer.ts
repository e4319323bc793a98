import { AnkaError, type Context, type KeyQuota, type Notice, type ReplyHead } from '@ankasecure/contracts';

/** The result of a method that serves a contract: the reply's body, and members of its head. */
export interface Answer<Body> {
  readonly body: Body;
  readonly revision?: number;
  readonly variant?: string | undefined;
  readonly id?: string;
  /** Microseconds inside PKCS#11 calls that the context's meter did not count. */
  readonly hsmMicros?: number;
  readonly notice?: Notice | undefined;
  readonly keyQuota?: KeyQuota | undefined;
}

/** The result of a method that serves bodies of bytes. */
export interface RawAnswer {
  readonly head: ReplyHead;
  readonly body?: Uint8Array;
}

/** Serves one message whose body is not parsed. */
export type RawHandler = (context: Context, body: Buffer) => Promise<RawAnswer>;

/** Encodes an answer: the head with its times, and the body as JSON. */
export const written = <Body>({ hsm }: Context, { body, ...rest }: Answer<Body>, start: number): RawAnswer => ({
  head: {
    ok: true,
    workerMicros: Math.round((performance.now() - start) * 1000),
    ...(hsm !== undefined && hsm.micros > 0 && { hsmMicros: hsm.micros }),
    ...rest,
  },
  body: Buffer.from(JSON.stringify(body)),
});

/** Refuses a dry run of an operation that does not support one. */
export const noDryRun = async (): Promise<never> => {
  throw new AnkaError('request-invalid', 'This route has no dry run');
};
