import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Contract } from './bus.js';
import { context, replyHead } from './bus.js';
import { contracts } from './contracts.js';
import { errors } from './error.js';

const golden = fileURLToPath(new URL('../contracts.golden.json', import.meta.url));

const describeContract = ({ owner, callers, subject, request, reply }: Contract) => ({
  owner,
  callers,
  subject,
  request: z.toJSONSchema(request, { io: 'input' }),
  reply: z.toJSONSchema(reply, { io: 'output' }),
});

/** Services of two versions meet on the bus during an upgrade, so a change of their contracts must be visible and intended. */
it('the contracts match the golden file (UPDATE_GOLDEN=1 updates it)', () => {
  const described = {
    context: z.toJSONSchema(context),
    replyHead: z.toJSONSchema(replyHead),
    errors,
    contracts: Object.fromEntries(
      Object.entries(contracts).map(([name, contract]) => [name, describeContract(contract)]),
    ),
  };
  const text = `${JSON.stringify(described, null, 2)}\n`;
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(golden, text);
  expect(readFileSync(golden, 'utf8')).toBe(text);
});
