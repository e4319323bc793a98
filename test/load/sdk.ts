import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { platformTenantId } from '@ankasecure/contracts';
import { type Stack, startStack } from '@ankasecure/local';
import { AnkaSecure } from '@ankasecure/sdk';

/** Callers that each sign, wait for the signature, and sign again. */
const callers = 64;
const rounds = 7;
/** Signatures of one round, long enough that the start of the callers does not count. */
const perRound = 6_400;

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

interface Contestant {
  readonly name: string;
  readonly anka: AnkaSecure;
  readonly keyId: string;
  readonly rates: number[];
}

const signAll = async ({ anka, keyId }: Contestant): Promise<number> => {
  let left = perRound;
  const since = performance.now();
  const caller = async (): Promise<void> => {
    while (left-- > 0) await anka.sign({ keyId, payload: 'AAAA' });
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return (perRound * 1000) / (performance.now() - since);
};

const contestantsOf = async (stack: Stack): Promise<readonly Contestant[]> => {
  const { baseUrl } = stack;
  const platform = await stack.mint({ tenantId: platformTenantId, subject: 'bench', roles: ['platform-admin'] });
  const body = { slug: 'bench', name: 'Bench of the SDK' };
  const { id: tenantId } = await new AnkaSecure({ baseUrl, auth: platform }).call('createTenant', { body });
  const auth = await stack.mint({ tenantId, subject: 'bench', roles: ['application-admin', 'user'] });
  const gathering = new AnkaSecure({ baseUrl, auth });
  const key = { algorithm: 'EC-P256', label: 'bench', purpose: 'sign' } as const;
  const { id: keyId } = await gathering.call('createKey', { body: key });
  return [
    { name: 'gathered into batches', anka: gathering, keyId, rates: [] },
    { name: 'one request each', anka: new AnkaSecure({ baseUrl, auth, batch: false }), keyId, rates: [] },
  ];
};

/** Measures in alternation, so that both meet the same machine. @returns whether gathering is ahead */
const compare = async (stack: Stack): Promise<boolean> => {
  const contestants = await contestantsOf(stack);
  for (const contestant of contestants) await signAll(contestant);
  for (let round = 0; round < rounds; round++)
    for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed())
      contestant.rates.push(await signAll(contestant));
  for (const { name, rates } of contestants)
    print(
      `${name.padEnd(22)} ${median(rates).toFixed(0).padStart(6)} signatures/s   (${rates.map((rate) => rate.toFixed(0)).join(' ')})`,
    );
  const [gathered = Number.NaN, apart = Number.NaN] = contestants.map(({ rates }) => median(rates));
  print(`${callers} callers of sign, gathered: ${(gathered / apart).toFixed(2)} times the rate of single requests`);
  return gathered > apart;
};

const dataDirectory = mkdtempSync(join(tmpdir(), 'anka-bench-sdk-'));
try {
  const stack = await startStack({ dataDirectory, workers: 1 });
  try {
    process.exitCode = (await compare(stack)) ? 0 : 1;
  } finally {
    await stack.stop();
  }
} finally {
  rmSync(dataDirectory, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
}
