/**
 * Milliseconds after which an object that is missing, or is not what it should be, is looked at again. SoftHSM skips an object
 * that another thread of the process is reading from disk, if that thread first saw it half written by another process, and may
 * report attributes of one that is half read.
 */
export const nextLooksMs = [10, 100];

const sleeping = new Int32Array(new SharedArrayBuffer(4));

/** Blocks the lane's thread. */
export const sleep = (ms: number): void => void Atomics.wait(sleeping, 0, 0, ms);
