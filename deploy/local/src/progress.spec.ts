import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CompilerProgress } from '../bootstrap/build.mjs';
import { step } from '../bootstrap/progress.mjs';

describe('a step whose output nobody sees on a terminal', () => {
  let said: string[];
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubEnv('CI', 'true');
    said = [];
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      said.push(String(text));
      return true;
    });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it.each([10, 35, 120, 600])('is never silent for ten seconds of its %s', async (lasts) => {
    const [end, finished] = [Promise.withResolvers<void>(), [] as string[]];
    const running = step('compile', () => end.promise).then(() => finished.push('done'));
    for (let second = 10; second <= lasts; second += 10) {
      const before = said.length;
      await vi.advanceTimersByTimeAsync(10_000);
      expect(said.length).toBeGreaterThan(before);
    }
    end.resolve();
    await running;
    expect(said.at(-1)).toMatch(/^ {2}compile +\d+\.\d\d s\n$/);
  });

  it('says one line if it is short', async () => {
    await step('short', () => Promise.resolve());
    expect(said).toHaveLength(1);
  });
});

describe('the compiler’s progress', () => {
  const projects = ['libs/algorithm', 'libs/contracts', 'apps/policy'];
  const head = `8:32:15 PM - Projects in this build: \n${projects.map((name) => `    * ${name}/tsconfig.json`).join('\n')}\n`;
  const begins = (name: string): string =>
    `\n8:32:16 PM - Project '${name}/tsconfig.json' is out of date because output file does not exist\n\n8:32:16 PM - Building project '/x/${name}/tsconfig.json'...\n`;

  it('names the project and its place among all of them, in whatever pieces the compiler talks', () => {
    for (const size of [1, 7, 10_000]) {
      const progress = new CompilerProgress();
      expect(progress.line).toBe('compile');
      const hear = (text: string): void => {
        for (let at = 0; at < text.length; at += size) progress.hear(text.slice(at, at + size));
      };
      hear(head);
      expect(progress.line).toBe('compile');
      projects.forEach((name, index) => {
        hear(begins(name));
        expect(progress.line).toBe(`compile ${name} (${index + 1} of 3)`);
      });
    }
  });

  it('is not part of what is told of a failure', () => {
    const fault = "apps/policy/src/a.ts(1,2): error TS18048: 'details' is possibly 'undefined'.";
    const lines = [...`${head}${begins('apps/policy')}`.split('\n'), fault, '  Its type is: * string'];
    expect(lines.filter(CompilerProgress.tells)).toEqual([fault, '  Its type is: * string']);
  });
});
