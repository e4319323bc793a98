import { finalStates, type KeyState, keyStates } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';
import { restricting } from '../restore/restoring.js';
import { allowedUses, type Move, moves, onRecord, permissionOf, stateAt } from './key-state.js';

/** The states that SP 800-57 part 1 r5 §7 allows after each state, and DESTROY_SCHEDULED, which comes before DESTROYED. */
const transitions: Readonly<Record<KeyState, readonly KeyState[]>> = {
  PRE_ACTIVE: ['ACTIVE', 'COMPROMISED', 'DESTROY_SCHEDULED'],
  ACTIVE: ['SUSPENDED', 'DEACTIVATED', 'COMPROMISED', 'DESTROY_SCHEDULED'],
  SUSPENDED: ['ACTIVE', 'DEACTIVATED', 'COMPROMISED', 'DESTROY_SCHEDULED'],
  DEACTIVATED: ['COMPROMISED', 'DESTROY_SCHEDULED'],
  COMPROMISED: ['DESTROY_SCHEDULED'],
  DESTROY_SCHEDULED: ['SUSPENDED', 'COMPROMISED', 'DESTROYED'],
  DESTROYED: [],
};

const steps = (Object.entries(moves) as [Move, Partial<Record<KeyState, KeyState>>][]).flatMap(([move, targets]) =>
  (Object.entries(targets) as [KeyState, KeyState][]).map(([from, to]) => ({ move, from, to })),
);

describe('the table of moves', () => {
  it('has no move that SP 800-57 does not allow', () => {
    const illegal = steps.filter(({ from, to }) => !transitions[from].includes(to));
    expect(illegal).toEqual([]);
  });

  it('has a move for every transition of SP 800-57', () => {
    const made = new Set(steps.map(({ from, to }) => `${from} → ${to}`));
    const allowed = keyStates.flatMap((from) => transitions[from].map((to) => `${from} → ${to}`));
    expect(allowed.filter((transition) => !made.has(transition))).toEqual([]);
  });

  it('reaches every state from PRE_ACTIVE, and never leaves DESTROYED', () => {
    const reached = new Set<KeyState>(['PRE_ACTIVE']);
    for (const state of reached) for (const next of transitions[state]) reached.add(next);
    expect([...reached].toSorted()).toEqual([...keyStates].toSorted());
    expect(transitions.DESTROYED).toEqual([]);
  });

  it('lets only an active key protect, and a destroyed key do nothing', () => {
    expect(keyStates.filter((state) => permissionOf(state, 'protect') !== 'no')).toEqual(['ACTIVE']);
    expect(keyStates.filter((state) => permissionOf(state, 'process') === 'yes')).toEqual(['ACTIVE', 'DEACTIVATED']);
    expect(keyStates.filter((state) => permissionOf(state, 'process') === 'at-risk')).toEqual([
      'SUSPENDED',
      'COMPROMISED',
    ]);
    expect(allowedUses.DESTROYED).toEqual({ protect: 'no', process: 'no' });
  });
});

/** The states that a version can reach from `from` by moves other than `except`, with `from` itself. */
const reachable = (from: KeyState, except: readonly Move[]): readonly KeyState[] => {
  const reached = new Set<KeyState>([from]);
  for (const state of reached)
    for (const step of steps) if (step.from === state && !except.includes(step.move)) reached.add(step.to);
  return [...reached].toSorted();
};

describe('states that are final for the audit trail', () => {
  it.each(['COMPROMISED', 'DESTROYED'] as const)(
    'include %s, with the states that the moves allow after it',
    (state) => {
      // A compromised version that is not destroyed after all takes `cancel-destroy-of-compromised`.
      expect(finalStates.key_version?.[state]?.toSorted()).toEqual(reachable(state, ['cancel-destroy']));
    },
  );

  it('are no others', () => {
    expect(Object.keys(finalStates)).toEqual(['key_version']);
    expect(Object.keys(finalStates.key_version ?? {})).toEqual(['COMPROMISED', 'DESTROYED']);
  });

  it('and every other state that restricts a key are entered again from a restored row, and none that allows more', () => {
    const allowing: readonly Move[] = ['resume', 'cancel-destroy'];
    for (const state of keyStates) {
      const entered = reachable(state, allowing).filter((next) => next !== state && next !== 'ACTIVE');
      expect({ [state]: restricting[state].toSorted() }).toEqual({ [state]: entered });
    }
  });
});

describe('the state at a point in time', () => {
  const at = (state: KeyState, activateAt: number | null, deactivateAt: number | null, now: number): KeyState =>
    stateAt({ state, activateAt, deactivateAt }, now);

  it('is the recorded state if there are no dates', () => {
    for (const state of keyStates) expect(at(state, null, null, 1000)).toBe(state);
  });

  it('follows the dates to the millisecond', () => {
    const seen = [999, 1000, 1999, 2000].map((now) => at('PRE_ACTIVE', 1000, 2000, now));
    expect(seen).toEqual(['PRE_ACTIVE', 'ACTIVE', 'ACTIVE', 'DEACTIVATED']);
    expect([1999, 2000].map((now) => at('ACTIVE', null, 2000, now))).toEqual(['ACTIVE', 'DEACTIVATED']);
    expect(at('PRE_ACTIVE', null, 2000, 3000)).toBe('PRE_ACTIVE');
  });

  it('is PRE_ACTIVE again for a version that is resumed before its activation date', () => {
    const lifecycle = { state: 'SUSPENDED', activateAt: 2000, deactivateAt: null } as const;
    const resumed = [1999, 2000].map((now) => onRecord('resume', 'ACTIVE', lifecycle, now));
    expect(resumed).toEqual(['PRE_ACTIVE', 'ACTIVE']);
    expect(onRecord('resume', 'ACTIVE', { ...lifecycle, activateAt: null }, 1)).toBe('ACTIVE');
    expect(onRecord('activate', 'ACTIVE', { ...lifecycle, state: 'PRE_ACTIVE' }, 1)).toBe('ACTIVE');
  });

  it("never undoes a person's decision by a date", () => {
    for (const state of ['SUSPENDED', 'COMPROMISED', 'DESTROY_SCHEDULED', 'DESTROYED'] as const)
      expect(at(state, 1, 2, 1000)).toBe(state);
  });
});
