import type { Stack } from '@ankasecure/local';
import { startBones } from '../bones/bones.js';
import type { Instruments } from '../measure.js';
import { openPeer, type Peer, peerSetting } from '../peer/peer.js';
import { openLoad } from '../plan.js';
import type { RawToken } from '../raw-token.js';
import type { StagedOperation } from '../stage.js';
import { alternate, type Cell, type Contestant, cellsOf, type Load, nameOfLoad, type Round } from './alternate.js';
import { bonesOf, ours, peerOf, rawOf } from './contestant.js';
import { withManyKeys, withManyTenants } from './many.js';
import { spreadOf } from './spread.js';

/** What the comparisons take, and how often each is repeated. */
export interface Extent {
  readonly seconds: number;
  readonly repetitions: number;
  readonly operations: readonly string[];
  readonly keys: number;
  readonly tenants: number;
}

export const extentOf = (quick: boolean): Extent =>
  quick
    ? { seconds: 0.7, repetitions: 3, operations: ['p256-sign'], keys: 64, tenants: 20 }
    : {
        seconds: 3,
        repetitions: 3,
        operations: ['p256-sign', 'aes-dir-encrypt', 'rsa-pss-sign'],
        keys: 1000,
        tenants: 200,
      };

/** Names in the report, by which its aims find their cells. */
export const us = 'ankasecure';
export const frozen = 'audit frozen';
export const rounds = { pace: 'p256-sign, pace', many: 'p256-sign, many' } as const;
export const oneKey = 'one key';

const closed = (clients: number, batch = 1): Load => ({ shape: { kind: 'closed', clients }, batch });
const loads = { one: closed(1), sixteen: closed(16), sixtyFour: closed(64), batches: closed(4, 100) } as const;
export const loadNames = {
  one: nameOfLoad(loads.one),
  sixteen: nameOfLoad(loads.sixteen),
  sixtyFour: nameOfLoad(loads.sixtyFour),
  batches: nameOfLoad(loads.batches),
} as const;
const openConnections = 128;

/** What the comparisons need besides the instruments. */
export interface Parts {
  readonly stack: Stack;
  readonly raw: RawToken;
  readonly extent: Extent;
  readonly said: (cell: Cell) => void;
}

/** The products and baselines that do the same work. */
const productRound = (
  { generator }: Instruments,
  { raw }: Parts,
  staged: StagedOperation,
  others: readonly Contestant[],
  peer: Peer | undefined,
  product: Contestant,
): Round => ({
  name: staged.operation.name,
  contestants: [
    product,
    rawOf(raw, staged),
    ...others,
    ...(peer === undefined ? [] : [peerOf(generator, peer, staged)]),
  ],
  loads: Object.values(loads),
});

/** The same load with the audit service at work and frozen, at a share of the rate that 64 clients reached. */
const paceRound = (instruments: Instruments, staged: StagedOperation, cells: readonly Cell[]): Round => {
  const where = { round: staged.operation.name, load: loadNames.sixtyFour, contestant: us };
  const most = spreadOf(cellsOf(cells, where).map(({ itemsPerSecond }) => itemsPerSecond)).median;
  return {
    name: rounds.pace,
    contestants: [ours(us, instruments, staged), ours(frozen, instruments, staged, 'frozen')],
    loads: [{ shape: { kind: 'open', perSecond: openLoad * most, connections: openConnections }, batch: 1 }],
  };
};

const manyRound = async (
  instruments: Instruments,
  { stack, extent: { keys, tenants } }: Parts,
  staged: StagedOperation,
): Promise<Round> => ({
  name: rounds.many,
  contestants: [
    ours(oneKey, instruments, staged),
    ours(`${keys} keys`, instruments, await withManyKeys(instruments.stage, staged, keys)),
    ours(`${tenants} tenants`, instruments, await withManyTenants(stack, instruments.stage, staged, tenants)),
  ],
  loads: [loads.sixteen],
});

/** Measures us beside the raw token, the bones and the peer, and beside ourselves under other conditions, in alternation. */
export const measureBaselines = async (instruments: Instruments, parts: Parts): Promise<Cell[]> => {
  const { stack, extent, said } = parts;
  const { generator, stage } = instruments;
  const setting = peerSetting(process.env);
  const peer = setting === undefined ? undefined : await openPeer(setting);
  const bones = await startBones(stack);
  const cells: Cell[] = [];
  const hold = async (round: Round): Promise<void> => {
    cells.push(...(await alternate(round, extent, said)));
  };
  try {
    for (const staged of stage.staged.filter(({ operation }) => extent.operations.includes(operation.name))) {
      const isFirst = staged.operation.name === 'p256-sign';
      const others = isFirst ? [bonesOf(generator, bones, staged, stack.postgres.process.pid)] : [];
      await hold(productRound(instruments, parts, staged, others, peer, ours(us, instruments, staged)));
      if (!isFirst) continue;
      await hold(paceRound(instruments, staged, cells));
      const many = await manyRound(instruments, parts, staged);
      // Lanes find a key in the token once. That is the token's time, not PostgreSQL's.
      for (const contestant of many.contestants) await contestant.run(loads.sixtyFour, 2 * extent.seconds);
      await hold(many);
    }
    return cells;
  } finally {
    await bones.stop();
  }
};
