/** Reads what `tsc -b --verbose` says. */
export declare class CompilerProgress {
  hear: (text: string) => void;
  get line(): string;
  static tells: (line: string) => boolean;
}
