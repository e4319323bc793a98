import { describe, expect, it } from 'vitest';
import {
  allQueries,
  type DetectionRule,
  linesOf,
  panelsOf,
  type Query,
  readSiem,
  type SavedObject,
  sourceOf,
  stanzasOf,
} from './testing/siem-content.js';
import { cefKeys, elasticFields, mapping, operations, unknownNames, unreadable } from './testing/siem-names.js';

const queries = allQueries();
const languages = [...new Set(queries.map(({ language }) => language))];

describe('the searches for SIEMs', () => {
  it.each(queries.filter(({ text }) => text !== '').map((query) => [query.language, query.name, query] as const))(
    'name only what events have, in %s: %s',
    (_, __, query) => {
      expect(unknownNames(query)).toEqual([]);
    },
  );

  /** Every name that the search could have wrong, with one letter more. */
  const spoiled = ({ language, text, name }: Query): Query[] => {
    const names =
      /(?<![\w.]|AS |eval )(?:tenant_id|seq|event_id|organization\.id|event\.sequence|event\.action|AnkaTenantId|Seq|Operation|deviceCustom\w+|deviceAction)\b/g;
    const places = [...text.matchAll(names), ...text.matchAll(/(?<=")[a-z]+(?:-[a-z]+)*\.[a-z-]+(?=")/g)];
    return places.map(({ 0: found, index }) => ({
      language,
      name,
      text: `${text.slice(0, index)}${found}x${text.slice(index + found.length)}`,
    }));
  };

  it.each(languages)('do not pass with a wrong name, in %s', (language) => {
    const wrong = queries.filter((query) => query.language === language).flatMap(spoiled);
    expect(wrong.length).toBeGreaterThan(5);
    expect(wrong.filter((query) => unknownNames(query).length === 0).map(({ text }) => text)).toEqual([]);
  });

  it.each(['missing', 'two events|number-twice', 'silence', 'tampering'])('tell every SIEM of %s', (what) => {
    const having = queries.filter(({ name }) => new RegExp(what).test(name)).map(({ language }) => language);
    const needed = what === 'tampering' ? ['spl', 'kuery', 'kusto', 'arcsight'] : ['spl', 'esql', 'kusto', 'arcsight'];
    expect(having).toEqual(expect.arrayContaining(needed));
  });

  it('look for operations that the sources name', () => {
    expect(operations.size).toBeGreaterThan(50);
    expect(operations).toContain('key.schedule-destroy');
  });
});

describe('the files for Splunk', () => {
  it('read members that an event has', () => {
    expect(unreadable()).toEqual([]);
    expect(unreadable([['EVAL-x', 'spath(_raw, "usrId")']])).toEqual(['usrId']);
  });

  it.each([
    'default/app.conf',
    'default/macros.conf',
    'default/props.conf',
    'default/savedsearches.conf',
    'metadata/default.meta',
  ])('have settings in %s', (path) => {
    expect(stanzasOf(readSiem(`splunk/ankasecure/${path}`)).size).toBeGreaterThan(0);
  });

  it.each(['no stanza = 1', '[a]\nx', '[a]\nx = 1\nx = 2', '[a]\n[a]'])('would not be read with %j', (text) => {
    expect(() => stanzasOf(text)).toThrow();
  });

  it('would not be read as XML that is not well-formed', () => {
    expect(() => panelsOf('<form><query>a & b</form>')).toThrow();
  });
});

describe('the files for Elastic', () => {
  const saved = linesOf<SavedObject>('elastic/saved-objects.ndjson');
  const rules = linesOf<DetectionRule>('elastic/detection-rules.ndjson');

  it('show and sort by fields that a document has', () => {
    const shown = saved.flatMap(({ attributes: { columns = [], sort = [], timeFieldName = '@timestamp' } }) => [
      ...columns,
      ...sort.map(([field]) => field),
      timeFieldName,
    ]);
    const used = rules.flatMap((rule) => [rule.timestamp_override, ...(rule.threshold?.field ?? [])]);
    expect(elasticFields).toEqual(expect.arrayContaining([...new Set([...shown, ...used])]));
  });

  it('refer to each other', () => {
    for (const object of saved) {
      for (const { id, type } of object.references)
        expect(saved.some((other) => other.id === id && other.type === type)).toBe(true);
      const { indexRefName } = sourceOf(object);
      const panels = JSON.parse(object.attributes.panelsJSON ?? '[]') as { panelIndex: string; panelRefName: string }[];
      const named = panels.map(({ panelIndex, panelRefName }) => `${panelIndex}:${panelRefName}`);
      expect([...named, ...(indexRefName === undefined ? [] : [indexRefName])]).toEqual(
        object.references.map(({ name }) => name),
      );
    }
  });

  it('have one rule of each id', () => {
    expect(new Set(rules.map(({ rule_id: id }) => id)).size).toBe(rules.length);
  });
});

describe('the mapping for ArcSight', () => {
  it('has every key of a record, and its label', () => {
    const [head, ...rows] = mapping;
    expect(head).toEqual(['key', 'label', 'field']);
    const header = ['deviceEventClassId', 'name', 'severity'];
    const keys = rows.flatMap(([key = '', label = '']) => (label === '' ? [key] : [key, `${key}Label`]));
    expect(keys.toSorted()).toEqual([...header, ...cefKeys].toSorted());
  });
});
