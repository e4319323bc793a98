import { parseArgs } from 'node:util';
import { operationNames } from './operation.js';

export const usage = `npm run bench -- [--quick] [--baselines] [--only OPERATION]… [--profile] [--json FILE] [--workers N] [--lanes N]
  --quick      about four minutes instead of fifteen, without the measurements that need long
  --baselines  the comparisons in alternation alone: the raw token, the bones, the peer, and ourselves under other conditions
  --only OP    one of ${operationNames.join(', ')}; may be repeated
  --profile    CPU profiles of gateway and crypto-worker beside the JSON file
  --json FILE  where the figures go (default: reports/bench/<time>.json in the clone)
  --workers N  crypto-workers on the token (default 1)
  --lanes N    session-pool-size (default: the local stack's)
With BENCH_PEER=http://host:port and BENCH_PEER_TOKEN, an OpenBao there is measured in the same run. Its Transit keys are created
in its memory. With BENCH_PEER_KEYS=hsm, keys of the names in test/load/peer/transit.ts must exist there already, in a token.`;

export interface Options {
  readonly quick: boolean;
  /** Nothing but the comparisons in alternation. */
  readonly baselines: boolean;
  readonly only: readonly string[];
  readonly profile: boolean;
  readonly json: string | undefined;
  readonly workers: number;
  readonly lanes: number | undefined;
  /** The usage text. If it is set, nothing else is done. */
  readonly help: boolean;
}

const count = (text: string, name: string): number => {
  if (!/^[1-9]\d?$/.test(text)) throw new Error(`--${name} takes a number from 1 to 99.\n${usage}`);
  return Number(text);
};

/** @throws Error with the usage */
export const readOptions = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      baselines: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      profile: { type: 'boolean', default: false },
      json: { type: 'string' },
      workers: { type: 'string', default: '1' },
      lanes: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const unknown = values.only.find((name) => !operationNames.includes(name));
  if (unknown !== undefined) throw new Error(`--only: there is no ${unknown}.\n${usage}`);
  return {
    quick: values.quick,
    baselines: values.baselines,
    only: values.only,
    profile: values.profile,
    json: values.json,
    workers: count(values.workers, 'workers'),
    lanes: values.lanes === undefined ? undefined : count(values.lanes, 'lanes'),
    help: values.help,
  };
};

/** The duration of each measurement in seconds. Services run for long, so the warm-up lasts until their code is compiled. */
export interface Durations {
  readonly warmUp: number;
  readonly rest: number;
  readonly raw: number;
  readonly thread: number;
}

export const durationsOf = ({ quick }: Options): Durations =>
  quick ? { warmUp: 8, rest: 0.7, raw: 0.4, thread: 0.2 } : { warmUp: 30, rest: 3, raw: 1.5, thread: 0.7 };
