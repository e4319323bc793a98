import { setTimeout as sleep } from 'node:timers/promises';

export interface LateObjectParts {
  /** The library shows other processes' new objects only after C_Initialize, unless it is configured otherwise. */
  readonly hides: boolean;
  /** The shortest time between two initialisations, in milliseconds. */
  readonly pauseMs: number;
  readonly initialise: () => Promise<void>;
}

/**
 * Objects that another worker made and that this process does not see yet. What is missing here is looked for once more after the
 * library was initialised again: otherwise a key would count as gone, or as destroyed, while another worker uses it.
 */
export class LateObjects {
  private readonly parts: LateObjectParts;
  private next: Promise<void> | null = null;
  private lastAt = Number.NEGATIVE_INFINITY;

  constructor(parts: LateObjectParts) {
    this.parts = parts;
  }

  get mayExist(): boolean {
    return this.parts.hides;
  }

  /** Resolves when the library shows everything that was made before this call. */
  show(): Promise<void> {
    this.next ??= this.wait();
    return this.next;
  }

  private async wait(): Promise<void> {
    await sleep(Math.max(0, this.lastAt + this.parts.pauseMs - performance.now()));
    this.next = null;
    this.lastAt = performance.now();
    await this.parts.initialise();
  }
}
