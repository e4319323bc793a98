import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../../../../..', import.meta.url));
const named = process.env['ANKASECURE_VECTORS'] ?? '../shared/vectors';

/** The folder of independent test vectors, which is not part of the project. */
export const vectorFolder = isAbsolute(named) ? named : join(repository, named);
export const vectorsAbsent = !existsSync(vectorFolder);

const read = (path: string): unknown => JSON.parse(readFileSync(join(vectorFolder, path), 'utf8'));

export interface WycheproofCase {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly result: 'valid' | 'invalid' | 'acceptable';
}

/**
 * @typeParam Group the members of the file's groups besides their cases; @typeParam Case the members of its cases besides
 * the common ones
 */
export const wycheproof = <Group, Case>(
  name: string,
): readonly (Group & { readonly tests: readonly (WycheproofCase & Case)[] })[] =>
  (read(`wycheproof/${name}_test.json`) as { testGroups: (Group & { tests: (WycheproofCase & Case)[] })[] }).testGroups;

/** A file of another layout. */
export const readVector = <Content>(path: string): Content => read(path) as Content;

export const rfc7520 = <Example>(name: string): Example => read(`rfc7520/${name}.json`) as Example;

export const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');

/**
 * Counts the cases of a file that ran, and those that the platform refuses because of a stated property (such vectors may
 * still be valid).
 */
export class Tally {
  ran = 0;
  expectedRefused = 0;
  readonly wrong: string[] = [];

  /** @param refusedBy the stated property by which the platform refuses the case */
  judge(test: WycheproofCase, accepted: boolean, refusedBy: string | null = null): void {
    this.ran += 1;
    if (refusedBy !== null) {
      this.expectedRefused += 1;
      if (accepted) this.wrong.push(`${test.tcId} accepted though ${refusedBy}`);
    } else if (test.result !== 'acceptable' && accepted !== (test.result === 'valid')) {
      this.wrong.push(`${test.tcId} (${test.comment}) is ${test.result}`);
    }
  }
}
