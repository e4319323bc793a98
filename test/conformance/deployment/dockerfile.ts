/** A user such as `10001:10001`, which an orchestrator can see is not root. */
export const numericUser = /^[1-9]\d*:[1-9]\d*$/;

export interface Instruction {
  readonly name: string;
  readonly value: string;
}

export interface Stage {
  readonly name: string;
  /** The name of an earlier stage, or `${ARG}`. */
  readonly from: string;
  readonly instructions: readonly Instruction[];
}

export interface Dockerfile {
  /** The arguments before the first stage, with their defaults. */
  readonly args: ReadonlyMap<string, string>;
  readonly stages: ReadonlyMap<string, Stage>;
}

export const readDockerfile = (text: string): Dockerfile => {
  const args = new Map<string, string>();
  const stages = new Map<string, Stage & { instructions: Instruction[] }>();
  let current: (Stage & { instructions: Instruction[] }) | undefined;
  const lines = text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ')
    .split('\n');
  for (const [, name = '', value = ''] of lines.flatMap((line) => [...line.matchAll(/^([A-Z]+)\s+(.*)$/g)])) {
    const stage = /^(\S+) AS ([a-z-]+)$/.exec(value);
    if (name === 'FROM') {
      if (stage === null) throw new Error(`a stage without a name: ${value}`);
      current = { from: stage[1] ?? '', name: stage[2] ?? '', instructions: [] };
      stages.set(current.name, current);
    } else if (current === undefined) args.set(...split(value));
    else current.instructions.push({ name, value: value.replaceAll(/\s+/g, ' ').trim() });
  }
  return { args, stages };
};

const split = (value: string): [string, string] => {
  const at = value.indexOf('=');
  return at < 0 ? [value, ''] : [value.slice(0, at), value.slice(at + 1)];
};

/** A stage and its parents, the base first. @throws if the chain does not end in an argument */
export const lineage = (file: Dockerfile, name: string): readonly Stage[] => {
  const stage = file.stages.get(name);
  if (stage === undefined) throw new Error(`there is no stage ${name}`);
  if (!stage.from.startsWith('${')) return [...lineage(file, stage.from), stage];
  if (!file.args.has(stage.from.slice(2, -1))) throw new Error(`${name} is built from ${stage.from}, which is no ARG`);
  return [stage];
};

/** All instructions of one kind in an image, the base's first. */
export const inherited = (file: Dockerfile, name: string, instruction: string): readonly string[] =>
  lineage(file, name).flatMap((stage) =>
    stage.instructions.filter((of) => of.name === instruction).map(({ value }) => value),
  );
