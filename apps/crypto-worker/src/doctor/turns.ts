/** Runs work while no other process writes to the token. @throws NoTurn, or what the work throws */
export type InTurn = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** The run was told to end before its turn came. */
export class NoTurn extends Error {}

/** Nobody else asks for turns. */
export const alone: InTurn = (work) => work();

/** What an examination in a process of its own (`over`, `wanted`) and its parent say to each other, a line each. */
export const said = {
  wanted: 'turn wanted',
  over: 'turn over',
  granted: 'turn granted',
  /** The turn did not come in a moment. */
  later: 'no turn yet',
  stop: 'stop',
} as const;

/** The turns of an examination that asks its parent for them. */
export class TurnsOfParent {
  private answer: (isGranted: boolean) => void = () => undefined;
  private isOrphan = false;

  /** @param tell throws if the parent has ended */
  constructor(
    private readonly tell: (line: string) => void,
    private readonly stop: AbortSignal,
  ) {}

  hear(line: string): void {
    if (line === said.granted) this.answer(true);
    else if (line === said.later) this.answer(false);
  }

  /** The parent has ended, so nobody gives turns. What is under way is cleared up at once. */
  orphan(): void {
    this.isOrphan = true;
    this.answer(true);
  }

  readonly inTurn: InTurn = async (work) => {
    while (!(await this.ask())) if (this.stop.aborted) throw new NoTurn('The run ended before its turn to write came.');
    try {
      return await work();
    } finally {
      this.tellSafely(said.over);
    }
  };

  private ask(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    this.answer = resolve;
    this.tellSafely(said.wanted);
    return promise;
  }

  private tellSafely(line: string): void {
    if (this.isOrphan) return this.answer(true);
    try {
      this.tell(line);
    } catch {
      this.orphan();
    }
  }
}
