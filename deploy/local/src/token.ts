import type { PrepareToken, TokenName } from './hsm-token.js';
import { prepareKryoptic } from './kryoptic.js';
import { prepareSoftHsm } from './softhsm.js';

interface TokenKind {
  /** The product's own name. */
  readonly title: string;
  readonly prepare: PrepareToken;
}

export const tokenKinds: Readonly<Record<TokenName, TokenKind>> = {
  softhsm: { title: 'SoftHSM', prepare: prepareSoftHsm },
  kryoptic: { title: 'kryoptic', prepare: prepareKryoptic },
};

export const tokenNames = Object.keys(tokenKinds) as readonly TokenName[];

export const isTokenName = (name: string): name is TokenName => Object.hasOwn(tokenKinds, name);

/** The token of each partition. The default is SoftHSM. */
export type TokenChoice = Readonly<Record<string, TokenName>>;

export const tokenOf = (choice: TokenChoice, partition: string): TokenName => choice[partition] ?? 'softhsm';

/** The directory of a partition's token, below the data directory. */
export const tokenFolder = (token: TokenName, partition: string): string =>
  partition === 'default' ? token : `${token}-${partition}`;

/** The label of a partition's token. */
export const tokenLabel = (partition: string): string =>
  partition === 'default' ? 'ankasecure' : `ankasecure-${partition}`;

export type { HsmToken, TokenName } from './hsm-token.js';
