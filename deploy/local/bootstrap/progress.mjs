let screen = process.stdout;

/** Shows steps on standard error, for a program whose standard output is read by another. */
export const useStandardError = () => {
  screen = process.stderr;
};

const width = 58;
/** The interval at which a long step prints a line when the output is not a terminal. */
export const quietMs = 8_000;

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(2)} s`;
const line = (what, since) => `  ${what.padEnd(width)} ${seconds(since).padStart(9)}`;

/**
 * Runs one step and prints one line with its time. On a terminal, the line counts while the step runs.
 * @template Result
 * @param {string | (() => string)} what a function if the text changes while the step runs
 * @param {() => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export const step = async (what, work) => {
  const since = performance.now();
  const live = screen.isTTY === true && !process.env.CI;
  const said = typeof what === 'function' ? what : () => what;
  const show = () => screen.write(live ? `\r\x1b[2K${line(`${said()} …`, since)}` : `${line(`${said()} …`, since)}\n`);
  const timer = setInterval(show, live ? 100 : quietMs);
  const close = (text) => {
    clearInterval(timer);
    screen.write(`${live ? '\r\x1b[2K' : ''}${text}\n`);
  };
  try {
    const result = await work();
    close(line(said(), since));
    return result;
  } catch (error) {
    close(line(`${said()}: failed`, since));
    throw error;
  }
};
