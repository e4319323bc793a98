/** Int32 indices in the memory that all lanes of a module share. */
export const shared = { loginEpoch: 0, moduleEpoch: 1, size: 2 } as const;

/** Int32 indices in the memory that one lane shares with the main thread. `progress`: jobs of the batch begun so far. */
export const own = { progress: 0, cancelledBatch: 1, size: 2 } as const;

export const controlMemory = (size: number): Int32Array<SharedArrayBuffer> =>
  new Int32Array(new SharedArrayBuffer(size * 4));
