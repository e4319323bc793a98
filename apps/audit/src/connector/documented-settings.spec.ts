import { readFileSync } from 'node:fs';
import { connectorSettings } from '@ankasecure/contracts';
import { describe, expect, it } from 'vitest';

const page = readFileSync(new URL('./connector.md', import.meta.url), 'utf8');
const examples = [...page.matchAll(/```json\n([^]*?)```/g)].map(
  ([, text = '']) => JSON.parse(text) as { kind: string },
);

describe('the settings on the page of connectors', () => {
  it('are an example of each kind', () => {
    const kinds = connectorSettings.options.map(({ shape }) => shape.kind.value);
    expect(examples.map(({ kind }) => kind).toSorted()).toEqual(kinds.toSorted());
  });

  it.each(examples.map((example) => [example.kind, example] as const))('are taken for %s', (_, example) => {
    expect(connectorSettings.parse(example)).toMatchObject(example);
  });
});
