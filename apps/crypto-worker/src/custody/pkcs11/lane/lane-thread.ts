import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { monotonicNow } from '@ankasecure/contracts/monotonic';
import pkcs11js from 'pkcs11js';
import { ckrOf } from '../cryptoki/ckr.js';
import { own } from '../job/control.js';
import { packReplies, type Reply, unpackRequests } from '../job/frame.js';
import { status } from '../job/job.js';
import { checkObject } from '../operation/check-object.js';
import { perform } from '../operation/perform.js';
import { unwrapForUse } from '../operation/wrap-key.js';
import type { Profile } from '../profile/profile.js';
import { TokenSession } from '../session/token-session.js';
import { UnwrappedKeys } from '../session/unwrapped-key.js';

/** The data that a lane's thread starts with. */
export interface LaneData {
  readonly libraryPath: string;
  readonly slot: Uint8Array;
  readonly profile: Profile;
  readonly handleCacheSize: number;
  readonly unwrappedKeys: number;
  readonly shared: Int32Array;
  readonly own: Int32Array;
}

/** Messages besides batches: the slot after C_Initialize, wrapped keys to forget, and null to end. */
export type LaneMessage =
  | ArrayBuffer
  | { readonly slot: Uint8Array }
  | { readonly forget: readonly Uint8Array[] | 'all' }
  | null;

const skipped: Reply = { status: status.skipped, code: 0, micros: 0, parts: [] };

const runBatch = (session: TokenSession, progress: Int32Array, frame: ArrayBuffer): ArrayBuffer => {
  const { batch, requests } = unpackRequests(frame);
  const replies = requests.map((request, index) => {
    Atomics.store(progress, own.progress, index + 1);
    if (Atomics.load(progress, own.cancelledBatch) === batch || monotonicNow() > request.deadline) return skipped;
    return perform(session, request);
  });
  const answer = packReplies(replies);
  for (const reply of replies) for (const part of reply.parts) part.fill(0);
  new Uint8Array(frame).fill(0);
  return answer;
};

/** If this fails, their session is closed, which destroys them all. */
const forget = (session: TokenSession, objectIds: readonly Uint8Array[] | 'all'): void => {
  try {
    session.forgetUnwrapped(objectIds);
  } catch (error) {
    if (ckrOf(error) === null) throw error;
  }
};

const serve = (port: MessagePort, data: LaneData): void => {
  const p11 = new pkcs11js.PKCS11();
  p11.load(data.libraryPath);
  const { libraryPath, profile, handleCacheSize } = data;
  const settings = { libraryPath, slot: Buffer.from(data.slot), profile, handleCacheSize };
  const session = new TokenSession(
    p11,
    data.shared,
    settings,
    new UnwrappedKeys(p11, data.unwrappedKeys, unwrapForUse),
    checkObject,
  );
  port.on('message', (message: LaneMessage) => {
    if (message instanceof ArrayBuffer) {
      const answer = runBatch(session, data.own, message);
      port.postMessage(answer, [answer]);
    } else if (message && 'slot' in message) {
      session.moveTo(Buffer.from(message.slot));
    } else {
      forget(session, message?.forget ?? 'all');
      if (message) return;
      session.close();
      port.close();
    }
  });
  port.postMessage('ready');
};

if (!parentPort) throw new Error('a lane is a worker thread');
serve(parentPort, workerData as LaneData);
