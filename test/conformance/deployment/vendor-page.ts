/** The headings of a page below deploy/hsm, in their order. */
export const headings = [
  'Files',
  'Secrets',
  'Container and Kubernetes',
  'Rights of the crypto user',
  'Versions',
  'Limits',
] as const;

export interface VendorPage {
  readonly title: string;
  readonly sections: ReadonlyMap<string, string>;
}

export interface NamedLimit {
  readonly value: string;
  readonly source: string;
}

export const readVendorPage = (text: string): VendorPage => {
  const [head = '', ...parts] = text.split(/^## /m);
  const title = /^# (.+)$/m.exec(head)?.[1];
  if (title === undefined) throw new Error('the page has no title');
  const sections = parts.map((part): [string, string] => {
    const [heading = '', ...rest] = part.split('\n');
    return [heading, rest.join('\n')];
  });
  return { title, sections: new Map(sections) };
};

/** The cells of each row of the tables in `text`, without their heads. */
export const rowsOf = (text: string): readonly (readonly string[])[] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| ') || line.startsWith('|-'))
    .map((line) => line.split('|').slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()))
    .filter((cells, at, all) => !isRule(cells) && !isRule(all[at + 1] ?? []));

const isRule = (cells: readonly string[]): boolean => cells.length > 0 && cells.every((cell) => /^-+$/.test(cell));

/** The limits that a page names by the profile's settings, such as `gcm.maxBytes`. */
export const limitsNamedBy = (page: VendorPage): ReadonlyMap<string, NamedLimit> =>
  new Map(
    rowsOf(page.sections.get('Limits') ?? '').map(([setting = '', value = '', , source = '']) => [
      setting.replaceAll('`', ''),
      { value, source },
    ]),
  );

/** Settings that are numbers of mechanisms or attributes. */
const inHex = /^(gcm\.mechanism|cekWrap|kekWrap|omitAttributes)$/;

const word = (setting: string, value: unknown): string =>
  typeof value === 'number' && inHex.test(setting) ? `0x${value.toString(16)}` : String(value);

const leaves = (value: object, path = ''): readonly (readonly [string, unknown])[] =>
  Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? leaves(inner as object, `${path}${name}.`)
      : [[`${path}${name}`, inner] as const],
  );

const shown = (setting: string, value: unknown): string => {
  if (!Array.isArray(value)) return word(setting, value);
  return value.length === 0 ? 'none' : value.map((each) => word(setting, each)).join(', ');
};

const described = /^(name|evidence|development|hints|library|pinFormat|notes)$/;

/** The settings in which a profile differs from what a row says that says nothing, as a page writes them. */
export const limitsOf = (profile: object, standard: object): ReadonlyMap<string, string> => {
  const usual = new Map(leaves(standard).map(([setting, value]) => [setting, shown(setting, value)]));
  return new Map(
    leaves(profile)
      .filter(([setting]) => !described.test(setting))
      .map(([setting, value]) => [setting, shown(setting, value)] as const)
      .filter(([setting, value]) => usual.get(setting) !== value),
  );
};
