import type { ObjectName } from '../../object-owner.js';
import { cka } from '../cryptoki/attribute.js';
import type { TokenSession } from '../session/token-session.js';

/** More objects than a platform key ever has generations at once. */
const most = 256;

/** Finds the objects with a name's label, of this release or an earlier one. @returns their CKA_IDs */
export const findNamed = (session: TokenSession, _variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [json] = parts as [Buffer];
  const { label, formerLabel } = JSON.parse(json.toString()) as ObjectName;
  const found = [...new Set([label, formerLabel])].flatMap((text) => session.findLabelled(text, most));
  return found.map((handle) => session.attribute(handle, cka.ID));
};
