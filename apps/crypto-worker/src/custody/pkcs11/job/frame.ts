import { monotonicNow } from '@ankasecure/contracts/monotonic';
/**
 * A batch in transit between the main thread and a lane: one ArrayBuffer that is transferred, not copied. Layout, in the
 * machine's byte order: float64 base time; int32 count and batch number; per job its int32 fields, the number of its parts
 * and their lengths; then the bytes of all parts.
 */
export interface Request {
  readonly operation: number;
  readonly variant: number;
  /** A moment of `monotonicNow`, which is the same in every thread. */
  readonly deadline: number;
  readonly parts: readonly Uint8Array[];
}

export interface Reply {
  readonly status: number;
  /** CKR, or 0. */
  readonly code: number;
  readonly micros: number;
  readonly parts: readonly Uint8Array[];
}

const headBytes = 16;
const requestFields = 4;
const replyFields = 4;

const allocate = (items: readonly { readonly parts: readonly Uint8Array[] }[], fields: number): ArrayBuffer => {
  let ints = 0;
  let bytes = 0;
  for (const item of items) {
    ints += fields + item.parts.length;
    for (const part of item.parts) bytes += part.byteLength;
  }
  return new ArrayBuffer(headBytes + ints * 4 + bytes);
};

/** Writes int32 fields, then bytes, front to back. */
const packParts = (
  head: Int32Array,
  bytes: Uint8Array,
  at: { int: number; byte: number },
  parts: readonly Uint8Array[],
): void => {
  head[at.int++] = parts.length;
  for (const part of parts) {
    head[at.int++] = part.byteLength;
    bytes.set(part, at.byte);
    at.byte += part.byteLength;
  }
};

const bytesStart = (items: readonly { readonly parts: readonly Uint8Array[] }[], fields: number): number =>
  items.reduce((sum, item) => sum + 4 * (fields + item.parts.length), headBytes);

export const packRequests = (requests: readonly Request[], batch: number): ArrayBuffer => {
  const frame = allocate(requests, requestFields);
  const head = new Int32Array(frame, 0, Math.floor(frame.byteLength / 4));
  const bytes = new Uint8Array(frame);
  const base = Math.floor(monotonicNow());
  new Float64Array(frame, 0, 1)[0] = base;
  head[2] = requests.length;
  head[3] = batch;
  const at = { int: headBytes / 4, byte: bytesStart(requests, requestFields) };
  for (const request of requests) {
    head[at.int++] = request.operation;
    head[at.int++] = request.variant;
    head[at.int++] = Math.max(-0x7fffffff, Math.min(0x7fffffff, request.deadline - base));
    packParts(head, bytes, at, request.parts);
  }
  return frame;
};

export const packReplies = (replies: readonly Reply[]): ArrayBuffer => {
  const frame = allocate(replies, replyFields);
  const head = new Int32Array(frame, 0, Math.floor(frame.byteLength / 4));
  const bytes = new Uint8Array(frame);
  head[2] = replies.length;
  const at = { int: headBytes / 4, byte: bytesStart(replies, replyFields) };
  for (const reply of replies) {
    head[at.int++] = reply.status;
    head[at.int++] = reply.code | 0;
    head[at.int++] = reply.micros;
    packParts(head, bytes, at, reply.parts);
  }
  return frame;
};

/** Views into the frame. */
const unpackParts = (frame: ArrayBuffer, head: Int32Array, at: { int: number; byte: number }): Buffer[] => {
  const parts: Buffer[] = [];
  for (let left = head[at.int++] ?? 0; left > 0; left--) {
    const size = head[at.int++] ?? 0;
    parts.push(Buffer.from(frame, at.byte, size));
    at.byte += size;
  }
  return parts;
};

const skipToBytes = (head: Int32Array, fields: number): number => {
  let int = headBytes / 4;
  for (let left = head[2] ?? 0; left > 0; left--) int += fields + (head[int + fields - 1] ?? 0);
  return int * 4;
};

/** The parts are views. Fill the frame with zeros when the batch is done. */
export const unpackRequests = (
  frame: ArrayBuffer,
): { readonly batch: number; readonly requests: readonly (Request & { parts: Buffer[] })[] } => {
  const head = new Int32Array(frame, 0, Math.floor(frame.byteLength / 4));
  const base = new Float64Array(frame, 0, 1)[0] ?? 0;
  const at = { int: headBytes / 4, byte: skipToBytes(head, requestFields) };
  const requests = [];
  for (let left = head[2] ?? 0; left > 0; left--) {
    const operation = head[at.int++] ?? 0;
    const variant = head[at.int++] ?? 0;
    const deadline = base + (head[at.int++] ?? 0);
    requests.push({ operation, variant, deadline, parts: unpackParts(frame, head, at) });
  }
  return { batch: head[3] ?? 0, requests };
};

/** The parts are views into the frame, which has no other user. A caller that takes a secret part fills it with zeros after use. */
export const unpackReplies = (frame: ArrayBuffer): readonly (Reply & { parts: Buffer[] })[] => {
  const head = new Int32Array(frame, 0, Math.floor(frame.byteLength / 4));
  const at = { int: headBytes / 4, byte: skipToBytes(head, replyFields) };
  const replies = [];
  for (let left = head[2] ?? 0; left > 0; left--) {
    const status = head[at.int++] ?? 0;
    const code = (head[at.int++] ?? 0) >>> 0;
    const micros = head[at.int++] ?? 0;
    replies.push({ status, code, micros, parts: unpackParts(frame, head, at) });
  }
  return replies;
};
