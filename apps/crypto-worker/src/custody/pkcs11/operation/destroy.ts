import type { TokenSession } from '../session/token-session.js';

/** Destroys every object with this CKA_ID. @returns their number, as four bytes */
export const destroy = (session: TokenSession, _variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [id] = parts as [Buffer];
  let count = 0;
  for (let found = session.find(id, null, 8); found.length > 0; found = session.find(id, null, 8)) {
    for (const handle of found) session.destroyObject(handle);
    count += found.length;
  }
  const answer = Buffer.alloc(4);
  answer.writeUInt32LE(count);
  return [answer];
};
