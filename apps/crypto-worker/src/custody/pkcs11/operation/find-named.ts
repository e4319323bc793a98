import type { ObjectName } from '../../object-owner.js';
import { cka } from '../cryptoki/attribute.js';
import { hidesNewObjects } from '../profile/profile.js';
import { KeyMissing, type TokenSession } from '../session/token-session.js';

/** More objects than a platform key ever has generations at once. */
const most = 256;

/** @throws KeyMissing if nothing was found, and the token may hide what another process made */
export const assertAll = (session: TokenSession, found: number): void => {
  if (found === 0 && hidesNewObjects(session.profile)) throw new KeyMissing();
};

/** Whether what is visible now is enough, or nothing may be missed that another process made. */
export const findVariant = { visible: 0, all: 1 } as const;

/** Finds the objects with a name's label, of this release or an earlier one. @returns their CKA_IDs. @throws KeyMissing */
export const findNamed = (session: TokenSession, variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [json] = parts as [Buffer];
  const { label, formerLabel } = JSON.parse(json.toString()) as ObjectName;
  const found = [...new Set([label, formerLabel])].flatMap((text) => session.findLabelled(text, most));
  if (variant === findVariant.all) assertAll(session, found.length);
  return found.map((handle) => session.attribute(handle, cka.ID));
};
