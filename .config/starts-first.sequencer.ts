import { BaseSequencer, type TestSpecification } from 'vitest/node';

const isStart = ({ project }: TestSpecification): boolean => project.name.endsWith('start');

/**
 * Begins with the specs of whole starts. They take longest, and at the end of a run, where the order of names puts them, one
 * worker would wait for the other.
 */
export default class StartsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(isStart), ...sorted.filter((file) => !isStart(file))];
  }
}
