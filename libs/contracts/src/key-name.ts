import { z } from 'zod';
import { exactlyOne } from './rule.js';

/** The two ways in which a request names its key. */
interface Named {
  readonly keyId?: string | undefined;
  readonly alias?: string | undefined;
}

export const namesKeyTwice = ({ keyId, alias }: Named): boolean => keyId !== undefined && alias !== undefined;
export const namesKeyOnce = ({ keyId, alias }: Named): boolean => (keyId === undefined) !== (alias === undefined);
export const nameKeyOnce = 'send either keyId or alias';

/** An object inside a request that names one key. `shape` has both ways. */
export const namingOneKey = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z
    .strictObject(shape)
    .refine((named: Named) => namesKeyOnce(named), nameKeyOnce)
    .meta(exactlyOne('keyId', 'alias'));

export const nameKeyAtMostOnce = 'send keyId or alias, not both';
