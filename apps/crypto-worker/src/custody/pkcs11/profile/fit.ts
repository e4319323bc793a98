import type { MechanismList } from '../cryptoki/mechanism.js';
import { type Profile, profiles } from './profile.js';

/** What speaks for a profile on a token. */
export interface Candidate {
  readonly profile: Profile;
  readonly points: number;
  readonly reasons: readonly string[];
  /** Mechanisms of the profile that the token does not list. */
  readonly lacks: readonly string[];
}

interface Sign {
  readonly points: number;
  readonly reason: string;
  /** Names the mechanism that the token lacks if the sign does not speak for the profile. */
  readonly mechanism?: string;
  readonly speaks: (profile: Profile, token: TokenSigns) => boolean;
}

/** What is known of a token. */
export interface TokenSigns {
  /** Library path, manufacturer and model. */
  readonly clues: readonly string[];
  readonly listed: MechanismList;
  /** By the name of a profile: the driver's trials that pass under it. Absent if the token was not logged in to. */
  readonly passed?: ReadonlyMap<string, readonly string[]> | undefined;
}

const listsOne = (mechanisms: readonly number[], { listed }: TokenSigns): boolean =>
  mechanisms.some((mechanism) => listed.has(mechanism));

const wrapsKeys = ({ kekWrap }: Profile, token: TokenSigns): boolean =>
  kekWrap.length === 0 || listsOne(kekWrap, token);

/** The vendor's name counts more than all mechanisms together: many tokens list the same. */
const signs: readonly Sign[] = [
  {
    points: 5,
    reason: 'the library, manufacturer or model names it',
    speaks: ({ hints }, { clues }) => {
      const text = clues.join(' ').toLowerCase();
      return hints.some((hint) => text.includes(hint));
    },
  },
  {
    points: 1,
    reason: 'lists its AES-GCM',
    mechanism: 'AES-GCM',
    speaks: ({ gcm }, { listed }) => listed.has(gcm.mechanism),
  },
  {
    points: 1,
    reason: 'lists its key wrap for content keys',
    mechanism: 'key wrap for content keys',
    speaks: ({ cekWrap }, token) => listsOne(cekWrap, token),
  },
  { points: 1, reason: 'lists its key wrap for KEKs', mechanism: 'key wrap for KEKs', speaks: wrapsKeys },
  // On a tie the row that assumes the least is the safe one.
  { points: 0.5, reason: 'assumes nothing', speaks: ({ name }) => name === 'generic' },
];

/** All profiles, the one that fits best first. */
export const candidatesFor = (token: TokenSigns): readonly Candidate[] =>
  profiles
    .map((profile) => {
      const speaking = signs.filter(({ speaks }) => speaks(profile, token));
      const passed = token.passed?.get(profile.name) ?? [];
      return {
        profile,
        points: speaking.reduce((sum, { points }) => sum + points, passed.length),
        lacks: signs.flatMap((sign) =>
          sign.mechanism === undefined || speaking.includes(sign) ? [] : [sign.mechanism],
        ),
        reasons: [...speaking.map(({ reason }) => reason), ...passed],
      };
    })
    .toSorted((a, b) => b.points - a.points);

/** Members that describe a row and decide nothing. */
const words: readonly string[] = ['name', 'evidence', 'development', 'hints', 'library', 'pinFormat', 'notes'];

export interface Difference {
  readonly property: string;
  readonly used: string;
  readonly fits: string;
}

/** The settings in which two profiles differ. */
export const differencesOf = (used: Profile, fits: Profile): readonly Difference[] =>
  (Object.keys(used) as (keyof Profile)[])
    .filter((property) => !words.includes(property))
    .map((property) => ({ property, used: JSON.stringify(used[property]), fits: JSON.stringify(fits[property]) }))
    .filter((row) => row.used !== row.fits);
