import { problemPath } from '../../problem/problem.js';

/** The addresses of this server as clients reach them. Every address in an answer comes from here. */
export interface Addresses {
  /** The address of a path of this server. */
  of(path: string): string;
  /** What comes before the code in the `type` of problems. */
  readonly problemTypes: string;
}

/** Members of the section `http`. */
interface Publication {
  readonly basePath?: string | undefined;
  readonly problemTypes?: string | undefined;
}

export const addressesOf = ({ basePath = '', problemTypes }: Publication = {}): Addresses => {
  const of = (path: string): string => `${basePath}${path}`;
  return { of, problemTypes: problemTypes ?? of(problemPath) };
};
