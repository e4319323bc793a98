import type { TokenLimits } from '@ankasecure/testing';
import type { FaultRig } from './fault-rig.js';

/** What happens to the token, and how it comes back. */
export interface TokenFault {
  readonly name: string;
  /** Whether the short form has the row too. */
  readonly short: boolean;
  /** How long the token is away, in seconds. 0: it answers again at once, and has forgotten something. */
  readonly awayFor: number;
  readonly strike: (token: FaultRig['token']) => void;
  /** What a worker's probe says while the token is away. */
  readonly unready?: 'hsm';
  /** Requests must be answered again so soon after the token does, in seconds on a machine that has nothing else to do. */
  readonly healedIn: number;
}

const nothing: TokenLimits = {};
const tokenNotPresent = '0xe0';

/** The token as it was before any fault. A restart that ends has taken sessions and handles along. */
export const comeBack = (token: FaultRig['token'], { awayFor }: TokenFault): void => {
  if (awayFor > 0) token.happen('restart');
  token.limit(nothing);
  token.inject({});
};

/**
 * Each fault hits every operation of `token-use.ts` while requests of all of them arrive. Nothing but the workers themselves heals
 * them: no process is restarted.
 */
export const tokenFaults: readonly TokenFault[] = [
  { name: 'restart', short: false, awayFor: 0, strike: (token) => token.happen('restart'), healedIn: 5 },
  {
    name: 'restart that takes seconds',
    short: true,
    awayFor: 4,
    strike: (token) => token.inject({ '*': tokenNotPresent }),
    unready: 'hsm',
    healedIn: 5,
  },
  { name: 'session loss', short: false, awayFor: 0, strike: (token) => token.happen('lose-sessions'), healedIn: 5 },
  { name: 'handle loss', short: true, awayFor: 0, strike: (token) => token.happen('renew-handles'), healedIn: 5 },
  { name: 'login loss', short: true, awayFor: 0, strike: (token) => token.happen('log-out'), healedIn: 5 },
  {
    name: 'hang',
    short: false,
    awayFor: 8,
    strike: (token) => token.inject({ '*': 'hang' }),
    unready: 'hsm',
    healedIn: 5,
  },
  {
    name: 'removal',
    short: true,
    awayFor: 4,
    strike: (token) => token.limit({ removed: true }),
    unready: 'hsm',
    healedIn: 5,
  },
];
