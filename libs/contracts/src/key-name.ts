/** The two ways in which a request names its key. */
interface Named {
  readonly keyId?: string | undefined;
  readonly alias?: string | undefined;
}

export const namesKeyTwice = ({ keyId, alias }: Named): boolean => keyId !== undefined && alias !== undefined;
export const namesKeyOnce = ({ keyId, alias }: Named): boolean => (keyId === undefined) !== (alias === undefined);
export const nameKeyOnce = 'send either keyId or alias';
export const nameKeyAtMostOnce = 'send keyId or alias, not both';
